"""A need without a match becomes unmet, and its lead is pointed to an escalation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.features.agreements.proposals.unmet import close_unmet_needs
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.escalations.raising.suggestions import suggestions
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.worker.schedule import declared_schedule
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import TODAY, a_need, a_proposal, acting, look, notified
from tests.features.needs.stored_rows import set_columns
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH, NORTHSHIRE

LAST = add_school_days(calendar_of(NORTHSHIRE), TODAY, settings_of(NORTHSHIRE).periods.unmet_after)
"""The last day on which a need that is visible to everybody since TODAY stays open."""

NEXT = LAST + timedelta(days=1)


async def closed_on(database: Database, day: date) -> int:
    """The number of needs that the job closes on a day."""
    async with database.transaction(NORTHSHIRE) as session:
        return await close_unmet_needs(session, system(NORTHSHIRE, day))


async def needed(database: Database, **other: Any) -> Any:
    """Post an urgent need of Mill."""
    async with database.transaction(NORTHSHIRE) as session:
        return await a_need(session, urgency="now", posted_at=datetime(2026, 11, 24, 12, tzinfo=UTC), **other)


async def test_nobody_found_in_time_is_unmet_once_and_an_escalation_is_suggested(
    client: Client, database: Database
) -> None:
    need_id = await needed(database)
    assert await closed_on(database, LAST) == 0
    assert await closed_on(database, NEXT) == 1
    assert await closed_on(database, NEXT) == 0
    assert (await look(database, "need", need_id)).state == "unmet"
    assert "need_unmet" in await notified(database, HEAD_OF_MILL)
    assert "need_unmet" in await notified(database, LEAD_OF_NORTH)
    assert "need_unmet" not in await notified(database, LEAD_OF_SOUTH)
    async with database.transaction(NORTHSHIRE) as session:
        assert [one.why for one in await suggestions(session, acting(LEAD_OF_NORTH, NEXT))] == [
            "No school was found for an urgent need"
        ]
    assert "No school was found for an urgent need" in words(
        await client.get("/escalations", as_=LEAD_OF_NORTH)
    )


async def test_a_proposal_and_a_decline_give_it_more_time(database: Database, copy: DatabaseCopy) -> None:
    proposal_id = await a_proposal(database)
    await set_columns(copy, "proposal", str(proposal_id), proposed_at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    await closed_on(database, TODAY)
    assert (await look(database, "proposal", proposal_id)).state == "proposed"
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, "no_days", "")
    assert await closed_on(database, NEXT) == 0
    row = await look(database, "proposal", proposal_id)
    days = settings_of(NORTHSHIRE).periods.unmet_after
    later = add_school_days(calendar_of(NORTHSHIRE), row.respond_by, days)
    assert await closed_on(database, later) == 0
    assert await closed_on(database, later + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("other", "day", "closed"),
    [
        ({"visible_to_authority_from": None, "audience": "consortium"}, NEXT, 1),
        ({"visible_to_authority_from": TODAY + timedelta(days=7)}, NEXT, 0),
        ({"ends_on": TODAY}, TODAY, 0),
        ({"ends_on": TODAY}, TODAY + timedelta(days=1), 1),
        ({"confirmed_on": TODAY + timedelta(days=7)}, NEXT, 0),
    ],
)
async def test_the_time_begins_with_the_last_stage_and_ends_with_the_dates_of_the_need(
    database: Database, other: dict[str, Any], day: date, closed: int
) -> None:
    await needed(database, **other)
    assert await closed_on(database, day) == closed


async def test_only_open_needs_are_closed(database: Database) -> None:
    await needed(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE need SET state = 'paused'"))
    assert await closed_on(database, NEXT) == 0


def test_the_worker_does_it() -> None:
    assert "close_unmet_needs" in {job.name for job in declared_schedule().jobs}
