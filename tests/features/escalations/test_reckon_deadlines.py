"""Deadlines and reminders are recalculated the morning after a school declares a training day."""

from typing import Any

from alongside.features.authorities import calendar_of
from alongside.features.escalations.reminders.recalculate import recalculate_escalation_deadlines
from alongside.features.schools.term_dates.actions import set_training_day
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import LONDON, add_school_days
from tests.features.escalations.builders import TODAY, an_escalation, look
from tests.personas import MILL, NORTHSHIRE, PARK


async def reckon(database: Database) -> int:
    async with database.transaction(NORTHSHIRE) as session:
        return await recalculate_escalation_deadlines(session, system(NORTHSHIRE, TODAY))


async def train(database: Database, urn: int, day: Any) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        officer = Principal(NORTHSHIRE, Role.CORE_OFFICER, TODAY, name="Ola Officer")
        await set_training_day(session, officer, urn, day)


async def test_a_training_day_moves_what_is_due_after_it_and_its_reminders(database: Database) -> None:
    escalation_id = await an_escalation(database)
    assert await reckon(database) == 0, "nothing has changed"
    before = (await look(database, escalation_id)).due_at
    first = add_school_days(calendar_of(NORTHSHIRE), TODAY, 1)
    await train(database, PARK, first)
    assert await reckon(database) == 0, "another school's days are its own"
    await train(database, MILL, first)
    assert await reckon(database) == 1
    after = (await look(database, escalation_id)).due_at
    assert after.astimezone(LONDON).date() == add_school_days(
        calendar_of(NORTHSHIRE), before.astimezone(LONDON).date(), 1
    )
    timers = await look(database, escalation_id, "escalation_timer")
    assert {timer.due_at for timer in timers if timer.state == "armed"} == {after}
    assert await reckon(database) == 0


async def test_a_training_day_after_the_deadline_moves_the_later_reminders_alone(database: Database) -> None:
    """The core team would be reminded on a day on which the school is closed, though the deadline stays."""
    escalation_id = await an_escalation(database)
    due = (await look(database, escalation_id)).due_at
    due_on = due.astimezone(LONDON).date()
    next_day, later = (add_school_days(calendar_of(NORTHSHIRE), due_on, number) for number in (1, 2))

    async def reminded_on(step: str) -> Any:
        timers = await look(database, escalation_id, "escalation_timer")
        return next(one.run_at.astimezone(LONDON).date() for one in timers if one.step == step)

    assert await reminded_on("core_team") == next_day
    await train(database, MILL, next_day)
    assert await reckon(database) == 1
    assert (await look(database, escalation_id)).due_at == due
    assert await reminded_on("core_team") == later
    assert await reminded_on("owner_on_the_day") == due_on
    assert await reckon(database) == 0
