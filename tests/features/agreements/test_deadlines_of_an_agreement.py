"""Reminders before deadlines, notices after them, challenging a match, and asking again."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.endings.actions import challenge_match
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.reminders import remind_of_deadlines
from alongside.features.agreements.visits.actions import plan_visit
from alongside.features.agreements.visits.values import VisitRecord
from alongside.features.authorities import calendar_of
from alongside.features.authorities.settings_cache import register_settings
from alongside.features.dashboards.work_items import work_items_of_school
from alongside.features.offers.scheduled import ask_again_about_offers
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days, school_days_before
from tests.client import Client
from tests.databases import make_known
from tests.features.agreements.builders import (
    TODAY,
    a_pair,
    a_proposal,
    a_running_agreement,
    acting,
    an_agreement,
    books_add_up,
    look,
    notified,
    terms,
)
from tests.features.authorities.tenant_file_text import settings_with
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_NORTH, NORTHSHIRE


async def run(database: Database, today: date) -> None:
    """Run the worker's daily job."""
    async with database.transaction(NORTHSHIRE) as session:
        await remind_of_deadlines(session, system(NORTHSHIRE, today))


async def put(database: Database, sql: str, **values: Any) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(sql), values)


@pytest.fixture
def other_periods(tmp_path: Path) -> Any:
    """Northshire with different clock settings until the test ends."""

    def settle(**periods: int) -> None:
        register_settings(settings_with(tmp_path, {"periods": periods}), 1)

    yield settle
    make_known("northshire")


@pytest.mark.parametrize("before", [1, 3])
async def test_who_has_not_answered_is_reminded_before_the_day(
    database: Database, other_periods: Any, before: int
) -> None:
    """One reminder, the authority's number of school days before, not to the school that has answered."""
    other_periods(remind_before=before)
    proposal_id = await a_proposal(database)
    due = (await look(database, "proposal", proposal_id)).respond_by
    remind_on = school_days_before(calendar_of(NORTHSHIRE), due, before)
    await run(database, remind_on - timedelta(days=1))
    assert "answer_reminder" not in await notified(database, HEAD_OF_MILL)
    for _ in range(2):
        await run(database, remind_on)
    assert (await notified(database, HEAD_OF_MILL)).count("answer_reminder") == 1
    assert "answer_reminder" not in await notified(database, HEAD_OF_PARK), "it proposed, so it has answered"


async def test_an_agreement_is_to_be_signed_in_time(database: Database, other_periods: Any) -> None:
    """The home page shows the date; a reminder is sent before it; the leads are notified after it."""
    other_periods(agreement_due=4)
    made = await an_agreement(database)
    due = add_school_days(calendar_of(NORTHSHIRE), TODAY, 4)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await work_items_of_school(session, acting(HEAD_OF_MILL), calendar_of(NORTHSHIRE))
    assert {one.act: one.dated_on for one in found}["Write the aims and sign"] == due
    await run(database, school_days_before(calendar_of(NORTHSHIRE), due, 1))
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "signature_reminder" in await notified(database, head)
    assert "signature_overdue" not in await notified(database, LEAD_OF_NORTH)
    for late in (1, 2):
        await run(database, due + timedelta(days=late))
    assert (await notified(database, LEAD_OF_NORTH)).count("signature_overdue") == 1
    assert "signature_overdue" not in await notified(database, HEAD_OF_QUAY)
    assert made


async def test_a_review_is_due_some_days_after_the_end(database: Database, other_periods: Any) -> None:
    other_periods(review_due=6)
    made = await a_running_agreement(database)
    ends = (await look(database, "support_agreement", made)).ends_on
    due = add_school_days(calendar_of(NORTHSHIRE), ends, 6)
    await run(database, ends)
    assert "review_reminder" not in await notified(database, HEAD_OF_MILL)
    await run(database, school_days_before(calendar_of(NORTHSHIRE), due, 1))
    assert "review_reminder" in await notified(database, HEAD_OF_MILL)
    await run(database, due + timedelta(days=1))
    assert "review_overdue" in await notified(database, LEAD_OF_NORTH)


async def test_the_record_of_a_visit_is_asked_for_before_it_is_late(database: Database) -> None:
    made = await a_running_agreement(database)
    await put(
        database,
        "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, record_due_on)"
        " VALUES (901, :id, 'planned', :on, 1, 'Reading', :due)",
        id=made,
        on=TODAY,
        due=add_school_days(calendar_of(NORTHSHIRE), TODAY, 5),
    )
    await run(database, TODAY)
    assert "visit_record_reminder" not in await notified(database, HEAD_OF_PARK)
    await run(database, add_school_days(calendar_of(NORTHSHIRE), TODAY, 4))
    assert "visit_record_reminder" in await notified(database, HEAD_OF_PARK)


@pytest.mark.parametrize("days", [3, 8])
async def test_the_record_of_a_visit_is_due_as_the_authority_says(
    database: Database, other_periods: Any, days: int
) -> None:
    other_periods(visit_record_due=days)
    made = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        planned = VisitRecord(date(2027, 1, 12), Decimal(1), "Phonics")
        visit_id = await plan_visit(session, acting(HEAD_OF_PARK), made, planned)
    due = (await look(database, "visit", visit_id)).record_due_on
    assert due == add_school_days(calendar_of(NORTHSHIRE), date(2027, 1, 12), days)


async def a_match(database: Database) -> UUID:
    """A match that the lead proposed and both schools accepted."""
    need_id, offer_id = await a_pair(database)
    async with database.transaction(NORTHSHIRE) as session:
        proposal_id = await propose(session, acting(LEAD_OF_NORTH), need_id, offer_id, terms())
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
        made = await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 1)
    assert made is not None
    return made


async def test_either_school_challenges_a_match_within_the_window(
    database: Database, other_periods: Any
) -> None:
    """Until the last day the days return and the need is open again; later it is refused, by a trigger too."""
    other_periods(challenge_window=2)
    made = await a_match(database)
    last = add_school_days(calendar_of(NORTHSHIRE), TODAY, 2)
    assert (await look(database, "support_agreement", made)).challenge_until == last
    late = acting(HEAD_OF_PARK, last + timedelta(days=1))
    with pytest.raises(ActionRefused, match="could challenge this match until"):
        async with database.transaction(NORTHSHIRE) as session:
            await challenge_match(session, late, made, "Not our strength")
    sql = "UPDATE support_agreement SET state = 'ended_early', challenged_on = :day WHERE id = :id"
    with pytest.raises(Exception, match="challenged_in_time"):
        await put(database, sql, day=last + timedelta(days=1), id=made)
    async with database.transaction(NORTHSHIRE) as session:
        await challenge_match(session, acting(HEAD_OF_PARK, last), made, "Not our strength")
    row = await look(database, "support_agreement", made)
    assert (row.state, row.challenged_on) == ("ended_early", last)
    assert (await look(database, "need", row.need_id)).state == "open"
    assert "match_challenged" in await notified(database, LEAD_OF_NORTH)
    assert "match_challenged" in await notified(database, HEAD_OF_MILL)
    await books_add_up(database)


async def test_a_match_of_the_schools_own_is_not_challenged(database: Database) -> None:
    made = await an_agreement(database)
    assert (await look(database, "support_agreement", made)).challenge_until is None
    with pytest.raises(ActionRefused, match="proposed this match themselves"):
        async with database.transaction(NORTHSHIRE) as session:
            await challenge_match(session, acting(HEAD_OF_MILL), made, "No")


async def test_the_page_says_at_once_that_a_match_cannot_be_challenged(client: Client) -> None:
    """The page says so before anybody types a reason."""
    made = await an_agreement(client.app.state.app_context.database)
    page = await client.get(f"/agreements/{made}/challenge", as_=HEAD_OF_MILL)
    assert page.status_code == 409
    assert "You can end it early" in page.text
    assert "<textarea" not in page.text


async def test_the_page_offers_the_challenge_and_keeps_what_was_typed(client: Client) -> None:
    database = client.app.state.app_context.database
    made = await a_match(database)
    await put(database, "UPDATE support_agreement SET challenge_until = '2090-01-01'")
    shown = await client.get(f"/agreements/{made}", as_=HEAD_OF_MILL)
    assert "Challenge this match" in shown.text and "1 January 2090" in shown.text
    empty = await client.post(f"/agreements/{made}/challenge", {"note": " "}, as_=HEAD_OF_MILL)
    assert empty.status_code == 422
    done = await client.post(
        f"/agreements/{made}/challenge", {"note": "A conflict", "call": "Monday at 8am"}, as_=HEAD_OF_MILL
    )
    assert done.status_code == 303
    assert "Challenge this match" not in (await client.get(f"/agreements/{made}", as_=HEAD_OF_MILL)).text


async def test_a_school_that_said_not_this_year_is_asked_again_on_its_day(database: Database) -> None:
    """Once, not before that day, and on its home page."""
    await a_pair(database)
    await put(database, "UPDATE offer SET appetite = 'no', ask_again_on = :day", day=TODAY)

    async def ask(today: date) -> int:
        async with database.transaction(NORTHSHIRE) as session:
            return await ask_again_about_offers(session, system(NORTHSHIRE, today))

    assert await ask(TODAY - timedelta(days=1)) == 0
    for _ in range(2):
        assert await ask(TODAY) == 1
    assert (await notified(database, HEAD_OF_PARK)).count("ask_again") == 1
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await work_items_of_school(session, acting(HEAD_OF_PARK), calendar_of(NORTHSHIRE))
    assert {one.act: one.dated_on for one in found}["Say whether you can offer this again"] == TODAY
