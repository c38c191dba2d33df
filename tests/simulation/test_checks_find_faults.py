"""Tests that each check of the simulation finds a fault that is planted with triggers disabled."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest

from alongside.features.agreements.visits.actions import plan_visit
from alongside.features.agreements.visits.values import VisitRecord
from alongside.features.authorities.settings_cache import calendar_from
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import is_school_day
from tests.databases import DatabaseCopy, make_known
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_proposal,
    a_running_agreement,
    acting,
    an_offer,
    terms,
)
from tests.features.escalations.builders import an_escalation
from tests.personas import HEAD_OF_PARK, MILL, NORTHSHIRE
from tests.simulation import checks
from tests.simulation.calendar import Days
from tests.simulation.database import Watcher
from tests.simulation.deadlines import OFFER_WIDENS_AFTER, WIDEN_AFTER, deadlines, due_with_pauses
from tests.simulation.faults import Faults

FUNDS, THIS_YEAR, PENCE = {"intervention_2026_27"}, "2026_27", 1000
PROCURED = "UPDATE escalation SET outcome = 'procured', provider_pence = {}, fund = '{}', provider = 'A', decision = 'B'"
TRAINING_DAY = (
    f"INSERT INTO school_training_day (authority_id, school_urn, day) VALUES ({NORTHSHIRE}, {MILL}, '{{}}')"
)

CONVERTED = (
    f"UPDATE school SET status = 'closed', reason_closed = 'Academy Converter' WHERE urn = {MILL};"
    f" INSERT INTO school_link (authority_id, urn, other_urn, kind, link_type) VALUES ({NORTHSHIRE}, {MILL}, 990201, 'successor', 'Successor')"
)
ASKED = (
    "INSERT INTO school_succession (authority_id, old_urn, kind, state, question, candidates, moved)"
    f" VALUES ({NORTHSHIRE}, {MILL}, 'closure', 'open', 'Which?', '{{}}', '{{}}')"
)

PLANTED = (
    ("UPDATE offer SET days_taken = days_taken + 1", "an offer's pool differs from its agreements"),
    ("UPDATE support_agreement SET days_used = 1", "days used differ from the recorded visits"),
    ("UPDATE support_agreement SET state = 'closed'", "a state differs from the audit log: support_agreement"),
    ("UPDATE need SET state = 'withdrawn'", "a running agreement whose need is elsewhere"),
    ("DELETE FROM support_agreement", "a need agreed or in support without an agreement"),
    ("UPDATE audit_entry SET schools = array[123456]", "an audit entry about a school of another authority"),
    ("UPDATE proposal SET respond_by = respond_by + 1", "a proposal is due on the wrong day"),
    ("UPDATE proposal SET respond_days = respond_days + 1", "a proposal's period is wrong"),
    ("UPDATE offer SET state = 'paused'", "a live proposal whose offer is not live"),
    ("UPDATE visit SET record_due_on = record_due_on - 1", "a visit record is due on the wrong day"),
    *(
        (f"UPDATE {post} SET visible_to_authority_from = visible_to_authority_from + 1", f"a posted {post} widens on the wrong day")
        for post in ("need", "offer")
    ),
    (TRAINING_DAY, "a proposal is due on the wrong day"),
    (TRAINING_DAY, "a visit record is due on the wrong day"),
    (CONVERTED, "a role at a converted school about which no administrator is asked"),
    (CONVERTED, "a membership of a converted school about which no administrator is asked"),
    ("UPDATE escalation SET due_at = due_at + interval '1 day'", "an escalation is due at the wrong moment"),
    ("UPDATE escalation_timer SET run_at = run_at + interval '1 day'", "a reminder of an escalation is set for the wrong moment"),
    (PROCURED.format(5, "intervention_2027_28"), "money of a fund that does not exist"),
    (PROCURED.format(5, "intervention_2025_26"), "money of a fund of another financial year"),
    (PROCURED.format(1001, "intervention_2026_27"), "more was procured than a fund has"),
)  # fmt: skip
"""Statements that plant a fault, each with the fault that must be found."""


@pytest.fixture
async def connection(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A superuser connection with triggers disabled, used in place of the simulation's own."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    try:
        yield connection
    finally:
        await connection.close()


async def found(connection: asyncpg.Connection, funds: set[str] = FUNDS) -> set[str]:
    """The kinds of fault that the row checks find, also with the first word of their subject."""
    watcher, faults = cast("Watcher", connection), Faults()
    await checks.books(watcher, NORTHSHIRE, faults)
    await checks.StateReplay().check(watcher, NORTHSHIRE, faults)
    await checks.Spending().check(watcher, NORTHSHIRE, funds, THIS_YEAR, PENCE, faults)
    await deadlines(watcher, NORTHSHIRE, Days(set()), TODAY, faults)
    await checks.left_over(watcher, NORTHSHIRE, datetime.now(UTC), mail_may_leave=False, faults=faults)
    return {*faults.counts, *(f"{kind}: {what.split()[0]}" for kind, what in faults.seen)}


async def test_each_planted_fault_is_found(database: Database, connection: asyncpg.Connection) -> None:
    """Each is planted alone, in a transaction that is rolled back."""
    agreement_id = await a_running_agreement(database)
    await a_proposal(database)
    await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await plan_visit(
            session, acting(HEAD_OF_PARK), agreement_id, VisitRecord(TODAY, terms().days, "Reading")
        )
        await a_need(session, title="Widening", audience="widening")
        await an_offer(session, title="Widening", audience="widening")
    noon, days = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(hours=12), Days(set())
    await connection.execute("UPDATE proposal SET proposed_at = $1", noon)
    for post, school_days in (("need", WIDEN_AFTER["this_term"]), ("offer", OFFER_WIDENS_AFTER)):
        await connection.execute(
            f"UPDATE {post} SET posted_at = $1, widening_since = $2, visible_to_authority_from = $3"
            " WHERE audience = 'widening'",
            noon, TODAY, days.after(TODAY, school_days),
        )  # fmt: skip
    before, missed = await found(connection), []
    for statement, kind in PLANTED:
        change = connection.transaction()
        await change.start()
        await connection.execute(statement.format(days.after(TODAY, 1)))
        funds = FUNDS | ({"intervention_2025_26"} if "2025_26" in statement else set())
        if kind in before or kind not in await found(connection, funds):
            missed.append((statement, kind))
        await change.rollback()
    assert missed == [], before


def test_the_independent_calendar_agrees_with_the_product() -> None:
    """Each day of three years, with a training day of the authority."""
    settings = make_known("northshire")
    calendar: Any = calendar_from(settings)
    inset = set(settings.inset_days)
    day, days = date(2025, 9, 1), Days(inset)
    while day <= date(2028, 7, 21):
        assert days.open(day) == is_school_day(calendar, day), day
        day += timedelta(days=1)


def test_a_pause_moves_a_deadline_and_an_open_pause_removes_it() -> None:
    """A day counts when no pause holds at its end."""
    days = Days(set())
    began = datetime(2026, 11, 24, 12, tzinfo=UTC)
    pause = (datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert due_with_pauses(days, began, 2, []) == days.end_of(date(2026, 11, 26))
    assert due_with_pauses(days, began, 2, [pause]) == days.end_of(date(2026, 11, 27))
    assert due_with_pauses(days, began, 2, [(pause[0], None)]) is None


async def test_what_an_administrator_is_asked_about_is_no_fault(connection: asyncpg.Connection) -> None:
    """Such as an academy that closed in the month in which it took over a school."""
    await connection.execute(CONVERTED)
    assert any("converted school" in one for one in await found(connection))
    await connection.execute(ASKED)
    assert not any("converted school" in one for one in await found(connection))
