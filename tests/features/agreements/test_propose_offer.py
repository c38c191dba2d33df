"""Proposing an offer for a need: permissions, conditions and effects."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused, NotFound
from alongside.features.agreements.proposals.listing import proposal_counts
from alongside.features.agreements.proposals.pages import ON_A_PROPOSAL
from alongside.features.agreements.proposals.queries import get_proposal
from alongside.features.agreements.proposals.status import awaiting_answer_from
from alongside.features.agreements.proposing.actions import propose
from alongside.features.agreements.proposing.candidates import (
    need_to_propose_for,
    needs_for_offer,
    offer_to_propose,
    offers_for_need,
)
from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database
from alongside.platform.forms.action import buttons_for
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_pair,
    a_proposal,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.personas import (
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
    TWIN_HEAD_OF_MILL,
)


async def test_proposing_for_one_s_own_school_is_a_yes(database: Database) -> None:
    """The other school must answer by a school day, and the need's state is “proposed”."""
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    assert row.supporting_accepted_at is not None and row.requesting_accepted_at is None
    assert row.respond_by > TODAY
    assert (await look(database, "need", row.need_id)).state == "proposed"
    assert await notified(database, HEAD_OF_MILL) == ["proposal_made"]
    assert await notified(database, HEAD_OF_PARK) == []


async def test_the_asking_head_can_propose_as_well(database: Database) -> None:
    """The supporting school must answer."""
    row = await look(database, "proposal", await a_proposal(database, HEAD_OF_MILL))
    assert row.requesting_accepted_at is not None and row.supporting_accepted_at is None
    assert "proposal_made" in await notified(database, HEAD_OF_PARK)


async def test_the_page_says_whose_turn_it_is(database: Database) -> None:
    """Each person sees only the actions that they can do now."""
    proposal_id = await a_proposal(database)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        row = await get_proposal(session, acting(HEAD_OF_MILL), Permission.VIEW_PROPOSAL, proposal_id)
        assert awaiting_answer_from(acting(HEAD_OF_MILL), row).startswith(
            "Waiting for Mill Primary School until "
        )
        buttons = {
            one.name: [button.label for button in buttons_for(acting(one), row, ON_A_PROPOSAL)]
            for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH)
        }
        assert buttons == {
            HEAD_OF_MILL.name: ["Accept", "Propose other days or dates", "Ask for more time", "Decline"],
            HEAD_OF_PARK.name: ["Propose other days or dates", "Withdraw the proposal"],
            LEAD_OF_NORTH.name: [],
        }
        mine = await proposal_counts(session, acting(HEAD_OF_MILL))
        theirs = await proposal_counts(session, acting(HEAD_OF_PARK))
        strangers = await proposal_counts(session, acting(HEAD_OF_QUAY))
    assert (mine["mine"], theirs["others"]) == (1, 1)
    assert set(strangers.values()) == {0}


async def test_who_has_no_school_in_it_may_not_propose(database: Database) -> None:
    """Another head, another consortium's lead and another authority get NotFound. The officer can propose."""
    need_id, offer_id = await a_pair(database)
    for other in (HEAD_OF_QUAY, HEAD_OF_FORD, LEAD_OF_SOUTH, TWIN_HEAD_OF_MILL):
        with pytest.raises(NotFound):
            async with database.transaction(other.authority_id) as session:
                await propose(session, acting(other), need_id, offer_id, terms())
    async with database.transaction(NORTHSHIRE) as session:
        assert await propose(session, acting(OFFICER), need_id, offer_id, terms())


async def test_what_is_shown_to_a_consortium_only_is_not_there_for_others(database: Database) -> None:
    """A need within the north cannot be answered from the south."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session, visible_to_authority_from=None)
        offer_id = await an_offer(session, QUAY)
    with pytest.raises(NotFound):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_QUAY), need_id, offer_id, terms())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE offer SET state = 'paused'", "paused or withdrawn"),
        ("UPDATE offer SET confirmed_on = '2025-01-08'", "not confirmed this offer recently"),
        ("UPDATE offer SET confirmed_on = NULL", "not confirmed this offer recently"),
        ("UPDATE offer SET state = 'exhausted'", "has meanwhile promised all days"),
        ("UPDATE offer SET days_taken = 5", "only 1 day of this offer left, and 2 days would be needed"),
        ("UPDATE offer SET engagements_taken = engagements_max", "as many schools at once as it can"),
        ("UPDATE need SET state = 'agreed'", "has meanwhile agreed other support"),
        ("UPDATE need SET state = 'paused'", "not looking for support"),
    ],
)
async def test_what_cannot_be_is_refused_with_who_and_why(
    database: Database, change: str, sentence: str
) -> None:
    """An unconfirmed, paused or exhausted offer, and a need that is not open."""
    need_id, offer_id = await a_pair(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(change))
    with pytest.raises(ActionRefused, match=sentence):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
    assert await look(database, "proposal") == []


async def test_a_school_does_not_support_itself(database: Database) -> None:
    """Also when the core team proposes it."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), await an_offer(session, MILL)
    with pytest.raises(ActionRefused, match="same school"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(OFFICER), need_id, offer_id, terms())


async def test_a_pair_is_proposed_once_at_a_time(database: Database) -> None:
    """The error of the second links to the first."""
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    with pytest.raises(ActionRefused, match="proposed for this need already"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_MILL), row.need_id, row.offer_id, terms())


async def test_a_head_answers_a_need_with_offers_of_the_school(database: Database) -> None:
    """The headteacher chooses among all candidates, those with the same theme and nearest first."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
        near, far = await an_offer(session), await an_offer(session, QUAY)
        stale = await an_offer(session, QUAY, confirmed_on=TODAY - timedelta(days=700))
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        need = await need_to_propose_for(session, acting(HEAD_OF_MILL), need_id)
        for_mill = [row.id for row in await offers_for_need(session, acting(HEAD_OF_MILL), need)]
        for_quay = [row.id for row in await offers_for_need(session, acting(HEAD_OF_QUAY), need)]
        found = await offers_for_need(session, acting(LEAD_OF_NORTH), need)
        offer = await offer_to_propose(session, acting(HEAD_OF_MILL), far)
        needs = [row.id for row in await needs_for_offer(session, acting(HEAD_OF_MILL), offer)]
        none = await needs_for_offer(session, acting(HEAD_OF_PARK), offer)
    assert for_mill == [near, far] and for_quay == [far] and stale not in for_mill
    assert round(found[0].miles or 0, 1) == 0.6 and found[0].same_theme
    assert needs == [need_id] and none == []
