"""Deadlines follow each school's calendar, move when it changes, and late answers are refused."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec import structs

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal, release_leader
from alongside.features.agreements.answers.actions import (
    ask_more_time,
    counter_propose,
    refuse_proposal,
    refuse_release,
)
from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.visits.actions import plan_visit
from alongside.features.agreements.visits.values import VisitRecord
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import register_settings, version_of
from alongside.features.schools.term_dates.actions import drop_training_day, set_training_day
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import add_school_days, is_school_day
from alongside.worker.deadlines import CalendarWatch, recalculate_deadlines
from alongside.worker.schedule import declared_schedule
from tests.client import Client, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_pair,
    a_proposal,
    a_running_agreement,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.features.needs.form_values import posted_need
from tests.features.needs.stored_rows import set_columns
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, MILL, NORTHSHIRE, PARK

OFFICER = Principal(NORTHSHIRE, Role.CORE_OFFICER, TODAY, name="Ola Officer")
DAYS = 5
"""School days to answer a need of this term."""


def by_authority(days: int, began_on: date = TODAY) -> date:
    return add_school_days(calendar_of(NORTHSHIRE), began_on, days)


async def train(database: Database, urn: int, day: date) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await set_training_day(session, OFFICER, urn, day)


async def recalculate(database: Database, today: date = TODAY) -> int:
    async with database.transaction(NORTHSHIRE) as session:
        return await recalculate_deadlines(session, system(NORTHSHIRE, today), declared_schedule())


async def answer_by(database: Database, proposal_id: UUID) -> Any:
    return (await look(database, "proposal", proposal_id)).respond_by


async def test_a_proposal_is_due_by_the_calendar_of_the_school_that_must_answer(database: Database) -> None:
    """Mill's training day adds a day; Park's calendar does not count while Mill must answer."""
    await train(database, MILL, by_authority(1))
    await train(database, PARK, by_authority(2))
    assert await answer_by(database, await a_proposal(database)) == by_authority(DAYS + 1)


async def test_a_leads_proposal_waits_for_the_school_that_is_open_last(database: Database) -> None:
    """The later of both schools' deadlines counts."""
    for day in (1, 2):
        await train(database, PARK, by_authority(day))
    proposal_id = await a_proposal(database, LEAD_OF_NORTH)
    assert await answer_by(database, proposal_id) == by_authority(DAYS + 2)


async def test_more_time_and_other_terms_follow_the_calendar_of_the_school_too(database: Database) -> None:
    """More time is added to the first deadline; a counter-proposal uses the other school's calendar."""
    await train(database, MILL, by_authority(DAYS + 1))
    await train(database, PARK, by_authority(1))
    proposal_id = await a_proposal(database)
    more = settings_of(NORTHSHIRE).periods.more_time
    async with database.transaction(NORTHSHIRE) as session:
        until = await ask_more_time(session, acting(HEAD_OF_MILL), proposal_id)
    assert until == by_authority(DAYS + more + 1)
    async with database.transaction(NORTHSHIRE) as session:
        await counter_propose(session, acting(HEAD_OF_MILL), proposal_id, terms("3"), 1)
    assert await answer_by(database, proposal_id) == by_authority(DAYS + 1)


async def test_a_visit_record_is_due_by_the_calendars_of_both_schools(database: Database) -> None:
    """The deadline moves when one of them adds a training day."""
    agreement_id = await a_running_agreement(database)
    days = settings_of(NORTHSHIRE).periods.visit_record_due
    await train(database, MILL, by_authority(1))
    async with database.transaction(NORTHSHIRE) as session:
        visit_id = await plan_visit(
            session, acting(HEAD_OF_PARK), agreement_id, VisitRecord(TODAY, terms().days, "Reading")
        )
    assert (await look(database, "visit", visit_id)).record_due_on == by_authority(days + 1)
    await train(database, MILL, by_authority(2))
    assert await recalculate(database) == 1
    assert (await look(database, "visit", visit_id)).record_due_on == by_authority(days + 2)


async def test_a_new_training_day_moves_what_is_due_and_back_again(database: Database) -> None:
    """Every live proposal of that school moves once; those of other schools do not."""
    proposal_id = await a_proposal(database)
    assert await recalculate(database) == 0
    await train(database, PARK, by_authority(1))
    assert await recalculate(database) == 0, "Park has answered already"
    await train(database, MILL, by_authority(1))
    assert await recalculate(database) == 1
    assert await answer_by(database, proposal_id) == by_authority(DAYS + 1)
    async with database.transaction(NORTHSHIRE) as session:
        await drop_training_day(session, OFFICER, MILL, by_authority(1))
    assert await recalculate(database) == 1
    assert await answer_by(database, proposal_id) == by_authority(DAYS)


def with_bank_holiday(day: date) -> AuthoritySettings:
    """The settings of the authority with one more bank holiday."""
    settings = settings_of(NORTHSHIRE)
    holidays = structs.replace(settings.bank_holidays, added=(*settings.bank_holidays.added, day))
    return structs.replace(settings, bank_holidays=holidays)


async def test_no_live_proposal_keeps_a_deadline_on_a_new_bank_holiday(database: Database) -> None:
    """Fifteen proposals with a holiday on their last day: the worker moves all of them."""
    async with database.transaction(NORTHSHIRE) as session:
        made = [
            await propose(
                session,
                acting(HEAD_OF_PARK),
                await a_need(session, title=f"Need {number}"),
                await an_offer(session),
                terms(),
            )
            for number in range(15)
        ]
    watch = CalendarWatch(database, declared_schedule())
    assert await watch.run(NORTHSHIRE, TODAY) == 0
    assert await watch.run(NORTHSHIRE, TODAY) is None
    before, version, holiday = settings_of(NORTHSHIRE), version_of(NORTHSHIRE), by_authority(DAYS)
    try:
        register_settings(with_bank_holiday(holiday), version + 1)
        assert await watch.run(NORTHSHIRE, TODAY) == 15
        for proposal_id in made:
            due = await answer_by(database, proposal_id)
            assert due > holiday and is_school_day(calendar_of(NORTHSHIRE), due)
        await train(database, MILL, due)
        assert await watch.run(NORTHSHIRE, TODAY) == 15
    finally:
        register_settings(before, version)


async def test_the_day_of_widening_moves_with_the_calendar(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """The visibility date moves too, but never into the past."""
    where = await posted_need(client)
    need_id = UUID(where.rpartition("/")[2])
    shown = (await look(database, "need", need_id)).visible_to_authority_from
    today = (await look(database, "need", need_id)).widening_since
    await train(database, MILL, add_school_days(calendar_of(NORTHSHIRE), today, 1))
    assert await recalculate(database, today) == 1
    assert (await look(database, "need", need_id)).visible_to_authority_from == by_authority(1, shown)
    assert "because a calendar changed" in words(await client.get(where, as_=HEAD_OF_MILL))
    await set_columns(copy, "need", where, visible_to_authority_from=today)
    assert await recalculate(database, today) == 0, "everybody sees it already"


async def test_a_late_answer_is_refused_from_the_first_moment(database: Database) -> None:
    """Every answer, also on a Saturday and before the worker has run; withdrawing is still possible."""
    proposal_id = await a_proposal(database)
    last = await answer_by(database, proposal_id)
    late = acting(HEAD_OF_MILL, last + timedelta(days=1))
    answers = (
        lambda session: accept_proposal(session, late, proposal_id, 1),
        lambda session: refuse_proposal(session, late, proposal_id, "dates", ""),
        lambda session: counter_propose(session, late, proposal_id, terms("3"), 1),
        lambda session: ask_more_time(session, late, proposal_id),
    )
    for answer in answers:
        with pytest.raises(ActionRefused, match="The last day to answer was"):
            async with database.transaction(NORTHSHIRE) as session:
                await answer(session)
    async with database.transaction(NORTHSHIRE) as session:
        assert await accept_proposal(session, acting(HEAD_OF_MILL, last), proposal_id, 1)


async def test_a_leader_is_not_released_late(database: Database) -> None:
    """The leader can be neither released nor refused; the worker ends the proposal."""
    proposal_id = await a_proposal(database, LEAD_OF_NORTH, leader_is_head=False, leader_name="Sal Sle")
    from dataclasses import replace

    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
        delegate = replace(acting(HEAD_OF_PARK), role=Role.DELEGATE)
        await accept_proposal(session, delegate, proposal_id, 1)
    late = acting(HEAD_OF_PARK, await answer_by(database, proposal_id) + timedelta(days=1))
    with pytest.raises(ActionRefused, match="The last day to answer was"):
        async with database.transaction(NORTHSHIRE) as session:
            await release_leader(session, late, proposal_id)
    with pytest.raises(ActionRefused, match="The last day to answer was"):
        async with database.transaction(NORTHSHIRE) as session:
            await refuse_release(session, late, proposal_id, "Too busy")
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, late.today)) == 1
    assert "proposal_lapsed" in await notified(database, HEAD_OF_PARK)


LATE = (
    "requesting_accepted_at = now()",
    "supporting_accepted_at = now() + interval '1 hour'",
    "state = 'agreed', requesting_accepted_at = now()",
    "state = 'declined', declined_by = 'requesting'",
    "state = 'to_release'",
    "terms_version = terms_version + 1",
    "requesting_had_more_time = true, respond_by = respond_by + 30",
)


@pytest.mark.parametrize("change", LATE)
async def test_the_database_refuses_a_late_answer(
    database: Database, copy: DatabaseCopy, change: str
) -> None:
    """A trigger refuses by PostgreSQL's clock; ending by the system is allowed."""
    proposal_id = await a_proposal(database)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute("UPDATE proposal SET respond_by = DATE '2026-11-20'")
        with pytest.raises(asyncpg.CheckViolationError, match="the time to answer proposal"):
            await connection.execute(f"UPDATE proposal SET {change} WHERE id = $1", proposal_id)
        await connection.execute("UPDATE proposal SET state = 'lapsed' WHERE id = $1", proposal_id)
    finally:
        await connection.close()


async def test_a_page_offers_no_late_answer_and_says_why(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """The home page omits it, the page says that it has ended, and a sent form gets the reason."""
    proposal_id = await a_proposal(database)
    assert "Answer a proposal" in words(await client.get("/home", as_=HEAD_OF_MILL))
    await set_columns(copy, "proposal", f"/{proposal_id}", respond_by=date(2026, 11, 20))
    page = await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_MILL)
    assert "Not answered by 20 November 2026" in words(page)
    assert "acceptance" not in page.text
    assert "Answer a proposal" not in words(await client.get("/home", as_=HEAD_OF_MILL))
    late = await client.post(f"/proposals/{proposal_id}/acceptance", {"version": "1"}, as_=HEAD_OF_MILL)
    assert late.status_code == 409
    assert "The last day to answer was 20 November 2026" in words(late)


async def test_a_late_proposal_has_ended_everywhere_before_the_job_says_so(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """In its tag, the lists, their counts, and what waits longest; nobody can withdraw it, and it can be proposed again."""
    proposal_id = await a_proposal(database)
    await set_columns(copy, "proposal", f"/{proposal_id}", respond_by=date(2026, 11, 20))
    page = words(await client.get(f"/proposals/{proposal_id}", as_=HEAD_OF_PARK))
    assert "Lapsed" in page and "Proposed" not in page.split("What was done")[0]
    assert "Withdraw the proposal" not in page
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH):
        listed = words(await client.get("/proposals?show=others", as_=one))
        assert "for me (0)" in listed and "for others (0)" in listed and "Ended (1)" in listed
        assert "Lapsed" in words(await client.get("/proposals?show=ended", as_=one))
    home = words(await client.get("/consortium", as_=LEAD_OF_NORTH))
    assert "Need without a partner" in home and "Proposal without an answer" not in home
    row = await look(database, "proposal", proposal_id)
    new = await client.get(f"/needs/{row.need_id}/proposals/new", as_=LEAD_OF_NORTH)
    assert str(row.offer_id) in new.text
    async with database.transaction(NORTHSHIRE) as session:
        again = await propose(session, acting(HEAD_OF_PARK), row.need_id, row.offer_id, terms())
    assert (await look(database, "proposal", proposal_id)).state == "lapsed"
    assert (await look(database, "proposal", again)).state == "proposed"
    assert (await look(database, "need", row.need_id)).state == "proposed"
    assert "proposal_lapsed" in await notified(database, HEAD_OF_PARK)


async def test_a_lapse_comes_after_the_recalculation(database: Database) -> None:
    """A last day that became a holiday is moved before the worker looks for what has run out."""
    need_id, offer_id = await a_pair(database)
    async with database.transaction(NORTHSHIRE) as session:
        proposal_id = await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
    last = await answer_by(database, proposal_id)
    await train(database, MILL, last)
    after = by_authority(1, last)
    assert await recalculate(database, after) == 1
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, after)) == 0
    assert await answer_by(database, proposal_id) == after


async def test_a_need_is_open_as_soon_as_its_last_proposal_is_late(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    """Before the daily job: on its page, in the list and in the CSV file."""
    proposal_id = await a_proposal(database)
    where = f"/needs/{(await look(database, 'proposal', proposal_id)).need_id}"
    assert "Support proposed" in words(await client.get(where, as_=HEAD_OF_MILL))
    await set_columns(copy, "proposal", str(proposal_id), respond_by=TODAY - timedelta(days=1))
    for path in (where, "/needs", "/needs.csv"):
        shown = words(await client.get(path, as_=HEAD_OF_MILL))
        assert "Support proposed" not in shown and "Open" in shown, path
    assert "Waiting for a school to offer support" in words(await client.get(where, as_=HEAD_OF_MILL))
