"""Reminders: scheduled with the action, sent once, to the right people, never at night."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.escalations.reminders import dispatch
from alongside.features.escalations.reminders.actions import arm, cancel
from alongside.features.escalations.reminders.dispatch import REMINDER_QUEUE, dispatch_reminders, fire
from alongside.platform.access.principal import Role, system
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from alongside.platform.jobs.queue import claim, finish
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.escalations.escalations import RAISED_AT, an_escalation
from tests.patience import PATIENCE
from tests.personas import (
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SOUTHSHIRE,
)

DUE = datetime(2027, 3, 11, 17, tzinfo=UTC)
"""A Thursday far ahead of the database's clock."""


@pytest.fixture
async def boss(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A superuser connection to the database."""
    connection = await asyncpg.connect(copy.superuser_url)
    yield connection
    await connection.close()


async def armed(
    database: Database, escalation_id: UUID, database_server: str = "decide", due_at: datetime = DUE
) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.CORE_OFFICER.value))
        person = system(NORTHSHIRE, due_at.date())
        await arm(session, person, escalation_id, database_server, due_at, calendar_of(NORTHSHIRE))


async def bring_forward(boss: asyncpg.Connection, *steps: str) -> None:
    """Have the turn of some steps come now; no test waits for March."""
    await boss.execute(
        "UPDATE escalation_timer SET run_at = now() - interval '1 minute' WHERE step = ANY($1)",
        list(steps),
    )


def at_noon(_: datetime) -> bool:
    return True


async def remind(database: Database) -> int:
    return await dispatch_reminders(database, settings_of(NORTHSHIRE), at_noon)


async def notified(boss: asyncpg.Connection) -> set[tuple[str, str]]:
    """Who was told what, by name."""
    rows = await boss.fetch(
        "SELECT p.name, n.text FROM notification n JOIN person p"
        " ON p.authority_id = n.authority_id AND p.id = n.person_id WHERE n.kind = 'escalation_due'"
    )
    return {(row["name"], row["text"]) for row in rows}


async def test_a_deadline_arms_its_ladder_on_mornings_of_school_days(
    database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss)
    await armed(database, escalation)
    rows = await boss.fetch("SELECT step, run_at, due_at, state FROM escalation_timer ORDER BY run_at")
    assert [(row["step"], f"{row['run_at']:%d %H:%M}") for row in rows] == [
        ("owner_before", "10 07:30"),
        ("owner_on_the_day", "11 07:30"),
        ("core_team", "12 07:30"),
        ("head_of_service", "16 07:30"),
        ("director", "18 07:30"),
    ]
    assert {row["due_at"] for row in rows} == {DUE}


async def test_who_leads_and_has_an_interest_in_the_school_hears_nothing(
    database: Database, boss: asyncpg.Connection
) -> None:
    """The lead who raised an escalation keeps the seat; the deputy, who is a governor there, has none."""
    escalation = await an_escalation(boss, owner_id=OFFICER.person_id, raised_by=LEAD_OF_NORTH.person_id)
    await boss.execute(
        "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind, words)"
        " VALUES ($1, $2, (SELECT school_urn FROM escalation WHERE id = $3), 'governor', '')",
        NORTHSHIRE,
        DEPUTY_OF_NORTH.person_id,
        escalation,
    )
    await armed(database, escalation)
    await bring_forward(boss, "core_team")
    await remind(database)
    names = {name for name, _ in await notified(boss)}
    assert LEAD_OF_NORTH.name in names
    assert DEPUTY_OF_NORTH.name not in names


async def test_each_step_tells_whose_turn_it_is_and_names_neither_school_nor_reason(
    database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss, owner_id=OFFICER.person_id)
    await armed(database, escalation)
    due = "decide what happens next, by 5pm on Thursday 11 March 2027"
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 1
    assert await notified(boss) == {(OFFICER.name, f"An escalation is due: {due}.")}
    await bring_forward(boss, "head_of_service", "core_team", "director")
    assert await remind(database) == 3
    assert await notified(boss) >= {
        (HEAD_OF_SERVICE.name, f"An escalation has passed its date: {due}."),
        (
            LEAD_OF_NORTH.name,
            "The core team is late with an escalation that you raised "
            "(decide what happens next, by 5pm on Thursday 11 March 2027) and has been reminded.",
        ),
    }
    letter = await boss.fetchrow("SELECT * FROM email_outbox WHERE person_id IS NULL")
    assert letter is not None
    assert letter["to_address"] == settings_of(NORTHSHIRE).escalation_reminders.director_mailbox
    assert "Mill" not in letter["body"] + letter["subject"]
    reminders = await boss.fetch("SELECT step FROM escalation_reminder ORDER BY at")
    assert {row["step"] for row in reminders} == {"owner_before", "core_team", "head_of_service", "director"}
    said = await boss.fetchval("SELECT count(*) FROM audit_entry WHERE verb LIKE 'remind_%'")
    assert said == 4
    assert await remind(database) == 0


async def test_the_director_can_tell_two_escalations_apart_and_gets_one_email_for_each_deadline(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Both have the same date. A date that is moved and moved back is no new deadline."""
    escalations = [
        await an_escalation(boss, owner_id=OFFICER.person_id, school_urn=urn) for urn in (MILL, PARK)
    ]
    for one in escalations:
        for due_at in (DUE, DUE + timedelta(days=1), DUE):
            await armed(database, one, due_at=due_at)
            await bring_forward(boss, "director")
            await remind(database)
    emails = await boss.fetch("SELECT due.* FROM email_outbox due WHERE person_id IS NULL")
    assert len({(one["body"], one["path"]) for one in emails}) == len(emails) == 4
    assert {one["path"] for one in emails} == {f"/escalations/{one}" for one in escalations}


async def test_an_escalation_without_an_owner_reminds_the_whole_core_team(
    database: Database, boss: asyncpg.Connection
) -> None:
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_on_the_day")
    await remind(database)
    assert {name for name, _ in await notified(boss)} == {OFFICER.name}


async def test_who_covers_for_an_owner_who_is_away_is_reminded_too(
    database: Database, boss: asyncpg.Connection
) -> None:
    await armed(database, await an_escalation(boss, owner_id=OFFICER.person_id))
    await boss.execute(
        "INSERT INTO leave_cover (authority_id, away_id, cover_id, starts_on, ends_on)"
        " VALUES ($1, $2, $3, current_date - 1, current_date + 1)",
        NORTHSHIRE,
        OFFICER.person_id,
        HEAD_OF_SERVICE.person_id,
    )
    await bring_forward(boss, "owner_on_the_day")
    await remind(database)
    assert {name for name, _ in await notified(boss)} == {OFFICER.name, HEAD_OF_SERVICE.name}


async def test_a_right_that_ended_is_not_reminded(database: Database, boss: asyncpg.Connection) -> None:
    await armed(database, await an_escalation(boss))
    await boss.execute("UPDATE role_assignment SET ends_on = current_date WHERE role = 'head_of_service'")
    await bring_forward(boss, "head_of_service")
    await remind(database)
    assert await notified(boss) == set()


async def test_an_owner_or_cover_who_left_the_core_team_is_not_reminded(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Their escalation reminds the person who is of the core team now."""
    await armed(database, await an_escalation(boss, owner_id=LEAD_OF_NORTH.person_id))
    await armed(database, await an_escalation(boss, owner_id=HEAD_OF_SERVICE.person_id, school_urn=PARK))
    await boss.execute(
        "INSERT INTO leave_cover (authority_id, away_id, cover_id, starts_on, ends_on)"
        " VALUES ($1, $2, $3, current_date - 1, current_date + 1)",
        NORTHSHIRE,
        HEAD_OF_SERVICE.person_id,
        LEAD_OF_NORTH.person_id,
    )
    await bring_forward(boss, "owner_before", "owner_on_the_day")
    await remind(database)
    assert {name for name, _ in await notified(boss)} == {OFFICER.name, HEAD_OF_SERVICE.name}


async def test_at_night_nothing_is_even_claimed(database: Database, boss: asyncpg.Connection) -> None:
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    asked: list[datetime] = []

    def at_night(moment: datetime) -> bool:
        asked.append(moment)
        return False

    assert await dispatch_reminders(database, settings_of(NORTHSHIRE), at_night) == 0
    assert await boss.fetchval("SELECT max(attempt) FROM escalation_timer") == 0
    assert abs(asked[0] - await boss.fetchval("SELECT now()")) < timedelta(minutes=1), "the database's clock"


async def test_cancelled_or_armed_anew_takes_effect_as_last_settled(
    database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss)
    await armed(database, escalation)
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.CORE_OFFICER.value))
        await cancel(session, system(NORTHSHIRE, DUE.date()), escalation)
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 0
    await armed(database, escalation, "plan")
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 1
    [(_, words)] = await notified(boss)
    assert words.startswith("An escalation is due: agree the plan")


async def test_the_same_deadline_armed_again_reminds_nobody_twice(
    database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss)
    await armed(database, escalation)
    await bring_forward(boss, "owner_before")
    await remind(database)
    await armed(database, escalation)
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 0
    await armed(database, escalation, due_at=DUE + timedelta(days=1))
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 1


async def test_an_act_that_fails_arms_nothing(database: Database, boss: asyncpg.Connection) -> None:
    escalation = await an_escalation(boss)

    async def act() -> None:
        async with database.transaction(NORTHSHIRE) as session:
            await set_requester(session, RequesterContext(NORTHSHIRE, Role.CORE_OFFICER.value))
            await arm(
                session, system(NORTHSHIRE, DUE.date()), escalation, "plan", DUE, calendar_of(NORTHSHIRE)
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await act()
    assert await boss.fetchval("SELECT count(*) FROM escalation_timer") == 0


async def test_cancelling_at_the_moment_of_firing_leaves_one_truth(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Twenty races of two sessions: the reminder is given exactly where the timer says that it fired."""
    escalations = [await an_escalation(boss) for _ in range(20)]
    for escalation in escalations:
        await armed(database, escalation)
    await bring_forward(boss, "owner_before")

    async def cancel_all() -> None:
        for escalation in reversed(escalations):
            async with database.transaction(NORTHSHIRE) as session:
                await set_requester(session, RequesterContext(NORTHSHIRE, Role.CORE_OFFICER.value))
                await cancel(session, system(NORTHSHIRE, DUE.date()), escalation)

    await asyncio.gather(remind(database), cancel_all())
    fired = await boss.fetch("SELECT id FROM escalation_timer WHERE state = 'fired'")
    given = await boss.fetch("SELECT timer_id FROM escalation_reminder")
    assert {row["id"] for row in fired} == {row["timer_id"] for row in given}
    states = await boss.fetch("SELECT DISTINCT state FROM escalation_timer WHERE step = 'owner_before'")
    assert {row["state"] for row in states} <= {"fired", "cancelled"}


async def claimed_timer(database: Database) -> Any:
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.SYSTEM.value))
        [timer] = await claim(session, REMINDER_QUEUE, NORTHSHIRE)
        return timer


async def test_who_slept_past_the_lease_writes_nothing(database: Database, boss: asyncpg.Connection) -> None:
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    stopped = await claimed_timer(database)
    await boss.execute(
        "UPDATE escalation_timer SET lease_until = now() - interval '1 second' WHERE state = 'claimed'"
    )
    async with database.transaction(NORTHSHIRE) as session:
        assert not await fire(session, NORTHSHIRE, stopped)
    another = await claimed_timer(database)
    assert another.attempt == stopped.attempt + 1
    async with database.transaction(NORTHSHIRE) as session:
        assert not await fire(session, NORTHSHIRE, stopped)
    async with database.transaction(NORTHSHIRE) as session:
        assert await fire(session, NORTHSHIRE, another)
    assert await boss.fetchval("SELECT count(*) FROM escalation_reminder") == 1


async def test_postgresql_itself_refuses_an_old_number_and_a_lease_that_ran_out(
    database: Database, boss: asyncpg.Connection
) -> None:
    """As a worker would write that had forgotten every condition."""
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    await claimed_timer(database)
    careless = "UPDATE escalation_timer SET state = 'fired', fired_at = now(), fired_attempt = {} WHERE state = 'claimed'"
    with pytest.raises(asyncpg.CheckViolationError, match="fired_by_who_claimed_last"):
        await boss.execute(careless.format(0))
    await boss.execute(
        "UPDATE escalation_timer SET lease_until = clock_timestamp() + interval '300 ms' WHERE state = 'claimed'"
    )
    late = boss.transaction()
    await late.start()
    await boss.execute(careless.format(1))
    await asyncio.sleep(0.5)
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError, match="lease"):
        await late.commit()


async def test_a_transaction_in_which_nothing_happens_lets_its_timer_go(
    database: Database, boss: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between mark and commit, a worker is cut off by PostgreSQL, and another gives the reminder."""
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    stopped = await claimed_timer(database)
    at_once = text(str(dispatch.LET_GO_WHEN_STOPPED).replace(f"'{REMINDER_QUEUE.lease_seconds}s'", "'200ms'"))
    monkeypatch.setattr(dispatch, "LET_GO_WHEN_STOPPED", at_once)

    async def sleep_over_it() -> None:
        async with database.transaction(NORTHSHIRE) as session:
            assert await fire(session, NORTHSHIRE, stopped)
            await asyncio.sleep(1)

    with pytest.raises(DBAPIError):
        await sleep_over_it()
    monkeypatch.undo()
    await boss.execute("UPDATE escalation_timer SET lease_until = now() WHERE state = 'claimed'")
    assert await remind(database) == 1
    assert await boss.fetchval("SELECT count(*) FROM escalation_reminder") == 1


async def test_a_worker_that_was_stopped_within_a_statement_lets_its_timer_go(
    database: Database, boss: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the messages that prepare a statement and run it, PostgreSQL waits as for a statement that is running."""
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    stopped = await claimed_timer(database)
    at_once = text(str(dispatch.LET_GO_WHEN_STOPPED).replace(f"'{REMINDER_QUEUE.lease_seconds}s'", "'200ms'"))
    monkeypatch.setattr(dispatch, "LET_GO_WHEN_STOPPED", at_once)

    async def stop_within_a_statement() -> None:
        async with database.transaction(NORTHSHIRE) as session:
            assert await fire(session, NORTHSHIRE, stopped)
            raw = (await (await session.connection()).get_raw_connection()).driver_connection
            assert raw is not None
            await raw._protocol.prepare("half", "SELECT 1", PATIENCE, state=None, record_class=asyncpg.Record)
            await asyncio.sleep(1)

    with pytest.raises(DBAPIError):
        await stop_within_a_statement()
    monkeypatch.undo()
    await boss.execute("UPDATE escalation_timer SET lease_until = now() WHERE state = 'claimed'")
    assert await remind(database) == 1
    assert await boss.fetchval("SELECT count(*) FROM escalation_reminder") == 1


async def test_the_twins_authority_has_timers_of_its_own(
    database: Database, boss: asyncpg.Connection
) -> None:
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    assert await dispatch_reminders(database, settings_of(SOUTHSHIRE), at_noon) == 0
    async with database.transaction(SOUTHSHIRE) as session:
        await set_requester(session, RequesterContext(SOUTHSHIRE, Role.SYSTEM.value))
        assert not (await session.execute(text("SELECT * FROM escalation_timer"))).all()


async def test_a_number_that_is_no_longer_ours_marks_nothing(
    database: Database, boss: asyncpg.Connection
) -> None:
    await armed(database, await an_escalation(boss))
    await bring_forward(boss, "owner_before")
    claimed = await claimed_timer(database)
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.SYSTEM.value))
        another = SimpleNamespace(id=claimed.id, attempt=claimed.attempt + 1)
        assert not await finish(session, REMINDER_QUEUE, NORTHSHIRE, another)


async def test_a_reminder_stands_in_the_story_of_its_escalation_but_not_for_the_school(
    client: Client, database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss, owner_id=OFFICER.person_id, notified_at=RAISED_AT)
    await armed(database, escalation)
    await bring_forward(boss, "owner_before")
    await remind(database)
    line = "The owner was reminded: decide what happens next, by 5pm on Thursday 11 March 2027"
    assert line in words(await client.get(f"/escalations/{escalation}", as_=OFFICER))
    seen = await client.get(f"/escalations/{escalation}", as_=HEAD_OF_MILL)
    assert seen.status_code == 200
    assert "reminded" not in words(seen)


async def test_after_a_stopped_worker_the_owner_gets_one_email_and_a_passed_date_is_called_so(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Both reminders of the owner have come, and so has the date itself."""
    escalation = await an_escalation(boss, owner_id=OFFICER.person_id)
    await armed(database, escalation)
    await bring_forward(boss, "owner_before", "owner_on_the_day")
    await boss.execute("UPDATE escalation_timer SET due_at = now() - interval '1 day'")
    assert await remind(database) == 2
    rows = await boss.fetch("SELECT text FROM notification WHERE kind = 'escalation_due'")
    assert len(rows) == 1
    assert rows[0]["text"].startswith("An escalation has passed its date")
    sent = await boss.fetch("SELECT body FROM email_outbox WHERE person_id = $1", OFFICER.person_id)
    assert len(sent) == 1


async def test_an_escalation_without_an_owner_does_not_tell_the_core_team_the_same_twice(
    database: Database, boss: asyncpg.Connection
) -> None:
    escalation = await an_escalation(boss, owner_id=None)
    await armed(database, escalation)
    await bring_forward(boss, "owner_on_the_day", "core_team")
    await boss.execute("UPDATE escalation_timer SET due_at = now() - interval '1 day'")
    assert await remind(database) == 2
    told_officer = await boss.fetch("SELECT text FROM notification WHERE person_id = $1", OFFICER.person_id)
    assert len(told_officer) == 1


async def test_a_reminder_that_fails_is_tried_again_later_and_at_last_set_aside(
    database: Database, boss: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds up no other reminder, and a change of the deadline gives it new attempts."""
    escalation = await an_escalation(boss)
    await armed(database, escalation)
    await bring_forward(boss, "owner_before")

    async def fails(*_: Any) -> bool:
        raise OSError("the line was cut")

    monkeypatch.setattr(dispatch, "fire", fails)
    assert await remind(database) == 1
    query = "SELECT state, attempt, last_error, run_at > now() AS later FROM escalation_timer WHERE step = 'owner_before'"
    assert dict((await boss.fetch(query))[0]) == {
        "state": "armed",
        "attempt": 1,
        "last_error": "OSError",
        "later": True,
    }
    assert await remind(database) == 0
    await boss.execute("UPDATE escalation_timer SET attempt = max_attempts - 1 WHERE step = 'owner_before'")
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 1
    assert (await boss.fetch(query))[0]["state"] == "failed"
    monkeypatch.undo()
    await armed(database, escalation, due_at=DUE + timedelta(days=7))
    await bring_forward(boss, "owner_before")
    assert await remind(database) == 1
    assert (await boss.fetch(query))[0]["state"] == "fired"
