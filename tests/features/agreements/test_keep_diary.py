"""Visits: planned, recorded within the agreed days, corrected, cancelled, and reminded of when overdue."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alongside.errors import ActionRefused, EditConflict, NotFound, ValidationFailed
from alongside.features.agreements.visits.actions import (
    cancel_visit,
    chase_visit_records,
    correct_visit,
    log_visit,
    plan_visit,
    record_visit,
)
from alongside.features.agreements.visits.values import VisitRecord
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.features.agreements.builders import (
    TODAY,
    a_running_agreement,
    acting,
    an_agreement,
    books_add_up,
    look,
    notified,
)
from tests.features.agreements.test_last_day_of_an_offer import interleaved, outcome_of
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    TWIN_HEAD_OF_MILL,
)


def record(days: str = "0.5", on: date = TODAY) -> VisitRecord:
    """The values of a visit record."""
    return VisitRecord(on, Decimal(days), "Guided reading", "Watched two lessons", "Plan the next one")


async def test_a_recorded_visit_uses_days(database: Database) -> None:
    """The other school is notified."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
        await log_visit(session, acting(DELEGATE_OF_MILL), agreement_id, record("1"))
    assert str((await look(database, "support_agreement", agreement_id)).days_used) == "1.5"
    assert "visit_recorded" in await notified(database, HEAD_OF_MILL)
    await books_add_up(database)


async def test_more_days_than_agreed_are_refused(database: Database) -> None:
    """The error says how many days are left; corrections are checked too."""
    agreement_id = await a_running_agreement(database, days="2")
    async with database.transaction(NORTHSHIRE) as session:
        visit_id = await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("1.5"))
    with pytest.raises(ActionRefused, match="0.5 days of the 2 days agreed can still be recorded"):
        async with database.transaction(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("1"))
    with pytest.raises(ActionRefused):
        async with database.transaction(NORTHSHIRE) as session:
            await correct_visit(session, acting(HEAD_OF_PARK), visit_id, record("2.5"), 1)
    async with database.transaction(NORTHSHIRE) as session:
        await correct_visit(session, acting(HEAD_OF_PARK), visit_id, record("2"), 1)
    await books_add_up(database)


async def test_two_who_record_the_last_day_at_once(database: Database) -> None:
    """One is saved, one refused: two interleaved sessions, and twenty at once."""
    agreement_id = await a_running_agreement(database, days="2")
    first, second = await interleaved(
        database,
        lambda session: log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("1.5")),
        lambda session: log_visit(session, acting(HEAD_OF_MILL), agreement_id, record("1.5")),
    )
    assert first == "done" and "can still be recorded" in second
    answers = Counter(
        await asyncio.gather(
            *(
                outcome_of(
                    database, lambda s: log_visit(s, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
                )
                for _ in range(20)
            )
        )
    )
    assert answers["done"] == 1
    await books_add_up(database)


async def test_a_visit_is_planned_then_recorded_or_cancelled(database: Database) -> None:
    """A planned or cancelled visit uses no days; a recorded one does."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        ahead = TODAY + timedelta(days=30)
        one = await plan_visit(
            session, acting(HEAD_OF_PARK), agreement_id, VisitRecord(ahead, Decimal(1), "Phonics")
        )
        two = await plan_visit(
            session, acting(HEAD_OF_PARK), agreement_id, VisitRecord(ahead, Decimal(1), "Reading")
        )
    assert (await look(database, "support_agreement", agreement_id)).days_used == 0
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await record_visit(session, acting(HEAD_OF_MILL), one, record("1", ahead), 1)
    async with database.transaction(NORTHSHIRE) as session:
        await record_visit(session, acting(HEAD_OF_MILL), one, record("1"), 1)
        await cancel_visit(session, acting(HEAD_OF_PARK), two, "The leader is ill")
    with pytest.raises(EditConflict):
        async with database.transaction(NORTHSHIRE) as session:
            await record_visit(session, acting(HEAD_OF_PARK), one, record("0.5"), 1)
    with pytest.raises(ActionRefused) as refused:
        async with database.transaction(NORTHSHIRE) as session:
            await cancel_visit(session, acting(HEAD_OF_PARK), two, "Again")
    assert refused.value.state == "cancelled"
    await books_add_up(database)


async def test_an_overdue_record_is_asked_for_once(database: Database) -> None:
    """One reminder, five school days after the visit."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        plan = VisitRecord(TODAY, Decimal(1), "Phonics")
        visit_id = await plan_visit(session, acting(HEAD_OF_PARK), agreement_id, plan)
    due = (await look(database, "visit", visit_id)).record_due_on
    assert due == date(2026, 12, 1)
    for today, chased in ((due, 0), (due + timedelta(days=1), 1), (due + timedelta(days=2), 0)):
        async with database.transaction(NORTHSHIRE) as session:
            assert await chase_visit_records(session, system(NORTHSHIRE, today)) == chased
    assert (await notified(database, HEAD_OF_PARK)).count("visit_record_overdue") == 1


async def test_the_diary_opens_with_the_signatures(database: Database) -> None:
    """Visits are refused before both signatures."""
    agreement_id = await an_agreement(database)
    with pytest.raises(ActionRefused, match="not signed yet"):
        async with database.transaction(NORTHSHIRE) as session:
            await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record())


async def test_others_have_no_part_in_the_diary(database: Database) -> None:
    """A lead can read visits but not change them; others get NotFound."""
    agreement_id = await a_running_agreement(database)
    for other in (LEAD_OF_NORTH, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        with pytest.raises(NotFound):
            async with database.transaction(other.authority_id) as session:
                await log_visit(session, acting(other), agreement_id, record())
