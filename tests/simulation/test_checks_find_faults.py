"""Tests that each check of the simulation finds a fault that is planted with triggers disabled."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest

from alongside.features.authorities.calendar import calendar_from, is_school_day
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, make_known
from tests.features.agreements.builders import a_proposal, a_running_agreement
from tests.features.escalations.builders import an_escalation
from tests.personas import NORTHSHIRE
from tests.simulation import checks
from tests.simulation.calendar import Days
from tests.simulation.database import Watcher
from tests.simulation.faults import Faults


@pytest.fixture
async def watcher(copy: DatabaseCopy) -> AsyncIterator[Watcher]:
    """A superuser connection with triggers disabled, used in place of the simulation's own."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    try:
        yield cast("Watcher", connection)
    finally:
        await connection.close()


async def found(watcher: Watcher, today: date | None = None) -> set[str]:
    """The kinds of fault that the row checks find, also with the first word of their subject."""
    faults, now = Faults(), datetime.now(UTC)
    await checks.books(watcher, NORTHSHIRE, faults)
    await checks.states(watcher, NORTHSHIRE, faults)
    await checks.deadlines(watcher, NORTHSHIRE, Days(set()), today or now.date(), faults)
    await checks.left_over(watcher, NORTHSHIRE, now, mail_may_leave=False, faults=faults)
    return {*faults.counts, *(f"{kind}: {what.split()[0]}" for kind, what in faults.seen)}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE offer SET days_taken = days_taken + 1", "an offer's pool differs from its agreements"),
        ("UPDATE support_agreement SET days_used = 1", "days used differ from the recorded visits"),
        (
            "UPDATE support_agreement SET state = 'closed'",
            "a state differs from the audit log: support_agreement",
        ),
        ("UPDATE need SET state = 'withdrawn'", "a running agreement whose need is elsewhere"),
        ("DELETE FROM support_agreement", "a need agreed or in support without an agreement"),
        (
            "UPDATE audit_entry SET schools = array[123456]",
            "an audit entry about a school of another authority",
        ),
    ],
)
async def test_a_planted_fault_of_an_agreement_is_found(
    database: Database, watcher: Watcher, statement: str, kind: str
) -> None:
    """Faults of days, states and references."""
    await a_running_agreement(database)
    assert kind not in await found(watcher)
    await watcher.execute(f"{statement} WHERE authority_id = {NORTHSHIRE}")
    assert kind in await found(watcher)


async def test_a_planted_fault_of_a_proposal_is_found(database: Database, watcher: Watcher) -> None:
    """A wrong deadline, and an offer that no longer exists."""
    await a_proposal(database)
    made = datetime(2026, 11, 24, 12, tzinfo=UTC)
    await watcher.execute("UPDATE proposal SET proposed_at = $1", made)
    assert not {one for one in await found(watcher, made.date()) if "proposal" in one}
    await watcher.execute("UPDATE proposal SET respond_by = respond_by + 1")
    assert "a proposal is due on the wrong day" in await found(watcher, made.date())
    await watcher.execute("UPDATE offer SET state = 'paused'")
    assert "a live proposal whose offer is not live" in await found(watcher, made.date())


async def test_a_planted_fault_of_an_escalation_is_found(database: Database, watcher: Watcher) -> None:
    """A wrong deadline."""
    await an_escalation(database)
    assert "an escalation is due at the wrong moment" not in await found(watcher)
    await watcher.execute("UPDATE escalation SET due_at = due_at + interval '1 day'")
    assert "an escalation is due at the wrong moment" in await found(watcher)


def test_the_independent_calendar_agrees_with_the_product() -> None:
    """Each day of three years, with a training day of the authority."""
    settings = make_known("northshire")
    calendar: Any = calendar_from(settings)
    inset = set(settings.inset_days)
    day, days = date(2025, 9, 1), Days(inset)
    while day <= date(2028, 7, 21):
        assert days.open(day) == is_school_day(calendar, day), day
        day += timedelta(days=1)
