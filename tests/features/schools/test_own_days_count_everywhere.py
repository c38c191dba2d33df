"""Periods that a school must keep are counted in its own school days; others in those of the authority."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.proposals.unmet import close_unmet_needs
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.proposing.candidates import need_to_propose_for, offers_for_need
from alongside.features.authorities import calendar_of, settings_of
from alongside.features.data_retention.response_deadline import answer_by
from alongside.features.escalations.raising.suggestions import suggestions
from alongside.features.escalations.reporting.queries import escalations_between, school_days_until
from alongside.features.escalations.state_changes.actions import acknowledge_escalation
from alongside.features.matching.problem_input.builder import build_instance
from alongside.features.needs.closing.reopening import may_reopen_until
from alongside.features.needs.scheduled import ask_to_confirm_needs, lapse_unconfirmed_needs
from alongside.features.offers.confirmation import fresh_since_by_school, is_proposable
from alongside.features.offers.models import Offer
from alongside.features.offers.scheduled import ask_to_confirm_offers, lapse_unconfirmed_offers
from alongside.features.schools.term_dates.actions import set_term
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import TermDates, add_school_days, counts, school_days_before
from tests.client import Client, words
from tests.databases import APP_DAY
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_pair,
    a_running_agreement,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.features.escalations import builders as escalations
from tests.features.matching.builders import a_plan, posts
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)

CALENDAR = calendar_of(NORTHSHIRE)
SETTINGS = settings_of(NORTHSHIRE)


async def run(database: Database, sql: str, **values: Any) -> None:
    """Run SQL directly, without the actions."""
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(sql), values)


async def closed(database: Database, urn: int, after: date, count: int = 1) -> None:
    """Close one school on the first school days after a day."""
    for number in range(1, count + 1):
        day = add_school_days(CALENDAR, after, number)
        await run(database, "INSERT INTO school_training_day VALUES (901, :urn, :day)", urn=urn, day=day)


async def long_spring(database: Database) -> date:
    """Give Mill a spring term of its own that ends later than the authority's. Returns its last day."""
    own = TermDates(
        year="2026-27",
        name="spring",
        starts_on=date(2027, 1, 4),
        ends_on=date(2027, 3, 31),
        break_starts_on=date(2027, 2, 15),
        break_ends_on=date(2027, 2, 19),
    )
    async with database.transaction(NORTHSHIRE) as session:
        await set_term(session, acting(HEAD_OF_MILL), MILL, own)
    return own.ends_on


async def test_a_need_holds_for_the_school_days_of_its_school(client: Client, database: Database) -> None:
    """Mill, closed for two days of its own, confirms two school days later than Park; the page says the day."""
    async with database.transaction(NORTHSHIRE) as session:
        ids = {urn: await a_need(session, urn) for urn in (MILL, PARK)}
    await closed(database, MILL, TODAY, 2)
    last = add_school_days(CALENDAR, TODAY, SETTINGS.periods.need_good_for)
    own = add_school_days(CALENDAR, last, 2)
    assert f"{own:%-d %B %Y}" in words(await client.get(f"/needs/{ids[MILL]}", as_=HEAD_OF_MILL))
    ask_on = school_days_before(CALENDAR, last, 5)
    for day, asked, states in (
        (ask_on, [False, True], ["open", "open"]),
        (add_school_days(CALENDAR, ask_on, 2), [True, True], ["open", "open"]),
        (last + timedelta(days=1), [True, True], ["open", "paused"]),
        (own, [True, True], ["open", "paused"]),
        (own + timedelta(days=1), [True, True], ["paused", "paused"]),
    ):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_to_confirm_needs(session, system(NORTHSHIRE, day))
            await lapse_unconfirmed_needs(session, system(NORTHSHIRE, day))
        heads = (HEAD_OF_MILL, HEAD_OF_PARK)
        assert ["confirm_need" in await notified(database, one) for one in heads] == asked, day
        assert [(await look(database, "need", ids[urn])).state for urn in (MILL, PARK)] == states, day


async def test_an_offer_holds_for_the_school_days_of_its_school(client: Client, database: Database) -> None:
    """On its page, on the list, for proposals, for plans and for the job, alike."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
        ids = {urn: await an_offer(session, urn) for urn in (PARK, QUAY)}
    await closed(database, PARK, TODAY)
    last = add_school_days(CALENDAR, TODAY, SETTINGS.periods.offer_good_for)
    own = add_school_days(CALENDAR, last, 1)
    assert f"{own:%-d %B %Y}" in words(await client.get(f"/offers/{ids[PARK]}", as_=HEAD_OF_PARK))
    for day, still in ((last, {PARK, QUAY}), (own, {PARK}), (own + timedelta(days=1), set())):
        expected = {ids[urn] for urn in still}
        assert await usable(database, need_id, day) == (expected, expected, expected), day
        client.app.state.app_context.today = lambda now=day: now
        listed = await client.get("/needs-and-offers?kind=offer", as_=HEAD_OF_MILL)
        assert {one for one in ids.values() if str(one) in listed.text} == expected, day
        async with database.transaction(NORTHSHIRE) as session:
            await ask_to_confirm_offers(session, system(NORTHSHIRE, day))
            await lapse_unconfirmed_offers(session, system(NORTHSHIRE, day))
        live = {one.id for one in await look(database, "offer") if one.state == "live"}
        assert live == expected, day
    assert "confirm_offer" in await notified(database, HEAD_OF_PARK)
    assert "confirm_offer" in await notified(database, HEAD_OF_QUAY)


async def usable(database: Database, need_id: UUID, day: date) -> tuple[set[UUID], set[UUID], set[UUID]]:
    """The offers that may be proposed on a day: by the rule, for a need, and in a plan."""
    async with database.transaction(NORTHSHIRE) as session:
        fresh = await fresh_since_by_school(session, NORTHSHIRE, day)
        rule = select(Offer.id).where(Offer.authority_id == NORTHSHIRE, is_proposable(day, fresh))
        person = acting(LEAD_OF_NORTH, day)
        need = await need_to_propose_for(session, person, need_id)
        return (
            set(await session.scalars(rule)),
            {one.id for one in await offers_for_need(session, person, need)},
            {
                one.id
                for one in (await build_instance(session, NORTHSHIRE, day, None)).offers
                if one.confirmed
            },
        )


async def test_a_proposal_is_accepted_while_the_offer_holds_for_its_school(database: Database) -> None:
    need_id, offer_id = await a_pair(database)
    last = add_school_days(CALENDAR, TODAY, SETTINGS.periods.offer_good_for)
    later = add_school_days(CALENDAR, last, 1)
    with pytest.raises(ActionRefused, match="not confirmed this offer recently"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_PARK, later), need_id, offer_id, terms())
    await closed(database, PARK, TODAY)
    async with database.transaction(NORTHSHIRE) as session:
        assert await propose(session, acting(HEAD_OF_PARK, later), need_id, offer_id, terms())


async def test_a_closed_need_is_reopened_until_the_end_of_its_schools_own_term(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        ids = {urn: await a_need(session, urn) for urn in (MILL, PARK)}
    await run(database, "UPDATE need SET state = 'withdrawn'")
    async with database.transaction(NORTHSHIRE) as session:
        before = [await until(session, ids[urn]) for urn in (MILL, PARK)]
    own = await long_spring(database)
    async with database.transaction(NORTHSHIRE) as session:
        assert [await until(session, ids[urn]) for urn in (MILL, PARK)] == [own, before[1]]
    assert before[0] == before[1] != own


async def until(session: Any, need_id: UUID) -> date:
    """The last day on which a need that was closed today can be reopened."""
    need = (await session.execute(text("SELECT * FROM need WHERE id = :id"), {"id": need_id})).one()
    return await may_reopen_until(session, acting(HEAD_OF_MILL), need)


@pytest.mark.parametrize("urn", [MILL, PARK])
async def test_a_match_is_challenged_within_the_school_days_of_both(database: Database, urn: int) -> None:
    need_id, offer_id = await a_pair(database)
    await closed(database, urn, TODAY)
    async with database.transaction(NORTHSHIRE) as session:
        proposal_id = await propose(session, acting(LEAD_OF_NORTH), need_id, offer_id, terms())
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
        made = await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 1)
    days = SETTINGS.periods.challenge_window
    assert (await look(database, "support_agreement", made)).challenge_until == add_school_days(
        CALENDAR, TODAY, days + 1
    )


async def test_a_plan_proposes_dates_in_the_terms_of_the_school_that_asks(
    client: Client, database: Database
) -> None:
    """What is shown before sending is what is proposed: Mill's support ends with Mill's own spring term."""
    own = await long_spring(database)
    made = await posts(database)
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/send", as_=LEAD_OF_NORTH))
    assert f"{own:%-d %B %Y}" in page and "25 March 2027" in page
    sent = await client.post(
        f"{where}/send", {"need": [str(made["mill"]), str(made["park"])]}, as_=LEAD_OF_NORTH
    )
    assert sent.status_code == 303, words(sent)
    ends = {one.requesting_urn: one.ends_on for one in await look(database, "proposal")}
    assert ends == {MILL: own, PARK: date(2027, 3, 25)}


async def test_an_action_is_late_by_the_school_days_of_its_school(database: Database) -> None:
    """Mill's visit is late for as many school days as the authority says, in which Mill was open."""
    made = await a_running_agreement(database)
    late_after = SETTINGS.escalation_suggestions.action_late
    visit_on = school_days_before(CALENDAR, TODAY, late_after)
    await run(
        database,
        "INSERT INTO visit (authority_id, agreement_id, state, visit_on, days, focus, record_due_on)"
        " VALUES (901, :id, 'planned', :on, 1, 'Reading', :on)",
        id=made,
        on=visit_on - timedelta(days=3),
    )

    async def suggested(day: date) -> bool:
        async with database.transaction(NORTHSHIRE) as session:
            return MILL in {one.urn for one in await suggestions(session, acting(LEAD_OF_NORTH, day))}

    first = visit_on
    while not await suggested(first):
        first += timedelta(days=1)
    await closed(database, MILL, visit_on)
    assert not await suggested(first)
    assert await suggested(add_school_days(CALENDAR, first, 1))


async def test_figures_count_the_days_by_which_the_escalation_was_due(database: Database) -> None:
    """A day on which only Mill was closed does not count as a day that the core team took."""
    escalation_id = await escalations.an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await acknowledge_escalation(session, acting(OFFICER), escalation_id)
    today = APP_DAY

    async def taken() -> list[int]:
        async with database.transaction(NORTHSHIRE) as session:
            found = await escalations_between(
                session, acting(OFFICER), today - timedelta(days=60), today + timedelta(days=2)
            )
        for one in found:
            began = datetime.combine(TODAY - timedelta(days=7), time(12), UTC)
            one.reached |= {"raised": began, "acknowledged": began + timedelta(days=7)}
        return school_days_until(found, "acknowledged")

    (before,) = await taken()
    await closed(database, MILL, TODAY - timedelta(days=7))
    assert await taken() == [before - 1]


async def test_the_authority_acts_by_its_own_calendar(database: Database) -> None:
    """Unmet needs and subject access requests take no notice of one school's days."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    await closed(database, MILL, TODAY, 3)
    last = add_school_days(CALENDAR, TODAY, SETTINGS.periods.unmet_after)
    async with database.transaction(NORTHSHIRE) as session:
        assert await close_unmet_needs(session, system(NORTHSHIRE, last + timedelta(days=1))) == 1
    assert (await look(database, "need", need_id)).state == "unmet"
    day = answer_by(CALENDAR, TODAY)
    assert day == date(2026, 12, 24) and not counts(CALENDAR, day)
