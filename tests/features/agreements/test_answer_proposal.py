"""Answering a proposal: accept, decline, more time, counter-proposal, and release of the leader."""

from dataclasses import replace

import pytest

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.agreements.acceptance.actions import accept_proposal, release_leader
from alongside.features.agreements.answers.actions import (
    ask_more_time,
    counter_propose,
    refuse_proposal,
    refuse_release,
    withdraw_proposal,
)
from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposing.actions import propose
from alongside.features.needs.closing.actions import withdraw_need
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.features.agreements.builders import (
    TODAY,
    a_proposal,
    acting,
    an_offer,
    books_add_up,
    look,
    notified,
    terms,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    PARK,
    QUAY,
    TWIN_HEAD_OF_MILL,
)


async def test_the_second_yes_makes_an_agreement_and_takes_its_days(database: Database) -> None:
    """Proposal, agreement, need and pool change in one transaction; both schools and their lead are notified."""
    proposal_id = await a_proposal(database, days="2.5")
    async with database.transaction(NORTHSHIRE) as session:
        made = await accept_proposal(session, acting(DELEGATE_OF_MILL), proposal_id, 1)
    assert made is not None
    proposal, agreement = (
        await look(database, "proposal", proposal_id),
        await look(database, "support_agreement", made),
    )
    assert (proposal.state, agreement.state, str(agreement.days)) == ("agreed", "preparing", "2.5")
    assert (await look(database, "need", proposal.need_id)).state == "agreed"
    assert str((await look(database, "offer", proposal.offer_id)).days_taken) == "2.5"
    assert "agreement_agreed" in await notified(database, HEAD_OF_PARK)
    assert "agreement_agreed" in await notified(database, LEAD_OF_NORTH)
    await books_add_up(database)


async def test_a_lead_s_proposal_waits_for_both(database: Database) -> None:
    """One acceptance is not enough; the second creates the agreement."""
    proposal_id = await a_proposal(database, LEAD_OF_NORTH)
    assert "proposal_made" in await notified(database, HEAD_OF_MILL)
    async with database.transaction(NORTHSHIRE) as session:
        assert await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1) is None
    with pytest.raises(
        ActionRefused, match="Mill Primary School has accepted already. It now waits for Park"
    ):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    async with database.transaction(NORTHSHIRE) as session:
        assert await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 1) is not None


async def test_a_leader_who_is_no_head_must_be_released(database: Database) -> None:
    """A delegate's acceptance waits for the supporting headteacher, who alone can release the leader."""
    proposal_id = await a_proposal(database, LEAD_OF_NORTH, leader_is_head=False, leader_name="Sal Sle")
    delegate_of_park = replace(acting(DELEGATE_OF_MILL), school_urn=PARK)
    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
        assert await accept_proposal(session, delegate_of_park, proposal_id, 1) is None
    assert (await look(database, "proposal", proposal_id)).state == "to_release"
    assert "release_asked" in await notified(database, HEAD_OF_PARK)
    for other in (acting(HEAD_OF_MILL), delegate_of_park, acting(LEAD_OF_NORTH), acting(HEAD_OF_QUAY)):
        with pytest.raises(NotFound):
            async with database.transaction(NORTHSHIRE) as session:
                await release_leader(session, other, proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        assert await release_leader(session, acting(HEAD_OF_PARK), proposal_id)
    await books_add_up(database)


async def test_a_head_who_accepts_in_person_has_released(database: Database) -> None:
    """The same headteacher is not asked again."""
    proposal_id = await a_proposal(database, LEAD_OF_NORTH, leader_is_head=False)
    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 1)
        assert await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1) is not None


async def test_a_refused_release_ends_it_and_the_need_is_open_again(database: Database) -> None:
    """The reason is in the timeline."""
    proposal_id = await a_proposal(database, LEAD_OF_NORTH, leader_is_head=False)
    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
        await accept_proposal(session, replace(acting(DELEGATE_OF_MILL), school_urn=PARK), proposal_id, 1)
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_release(session, acting(HEAD_OF_PARK), proposal_id, "Needed at home this term")
    proposal = await look(database, "proposal", proposal_id)
    assert proposal.state == "declined"
    assert (await look(database, "need", proposal.need_id)).state == "open"


async def test_a_refusal_has_a_reason_from_the_list(database: Database) -> None:
    """An unknown reason, or a missing explanation, is refused; a valid reason opens the need again."""
    proposal_id = await a_proposal(database)
    for reason in ("just_because", "other"):
        with pytest.raises(ValidationFailed):
            async with database.transaction(NORTHSHIRE) as session:
                await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, reason, " ")
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_MILL), proposal_id, "other", "Our plans have changed")
    proposal = await look(database, "proposal", proposal_id)
    assert (proposal.state, proposal.declined_by, proposal.decline_reason) == (
        "declined",
        "requesting",
        "other",
    )
    assert (await look(database, "need", proposal.need_id)).state == "open"
    assert "proposal_declined" in await notified(database, HEAD_OF_PARK)


async def test_more_time_is_given_once_to_each_side(database: Database) -> None:
    """The deadline moves by the authority's number of school days, only once."""
    proposal_id = await a_proposal(database)
    before = (await look(database, "proposal", proposal_id)).respond_by
    async with database.transaction(NORTHSHIRE) as session:
        until = await ask_more_time(session, acting(HEAD_OF_MILL), proposal_id)
    assert until > before
    with pytest.raises(ActionRefused, match="more time once"):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_more_time(session, acting(HEAD_OF_MILL), proposal_id)
    with pytest.raises(ActionRefused, match="accepted already"):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_more_time(session, acting(HEAD_OF_PARK), proposal_id)


async def test_nobody_accepts_other_terms_than_they_read(database: Database) -> None:
    """A counter-proposal cancels the other side's acceptance; an answer to the old terms is refused."""
    proposal_id = await a_proposal(database)
    async with database.transaction(NORTHSHIRE) as session:
        await counter_propose(session, acting(HEAD_OF_MILL), proposal_id, terms("4", "Two each term"), 1)
    row = await look(database, "proposal", proposal_id)
    assert (
        row.requesting_accepted_at is not None
        and row.supporting_accepted_at is None
        and str(row.days) == "4.0"
    )
    with pytest.raises(ActionRefused, match="other terms"):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 1)
    async with database.transaction(NORTHSHIRE) as session:
        assert await accept_proposal(session, acting(HEAD_OF_PARK), proposal_id, 2) is not None


async def test_a_counter_proposal_cannot_ask_for_more_than_is_left(database: Database) -> None:
    """The error says how many days are left."""
    proposal_id = await a_proposal(database)
    with pytest.raises(ActionRefused, match="only 6 days of this offer left, and 7 days would be needed"):
        async with database.transaction(NORTHSHIRE) as session:
            await counter_propose(session, acting(HEAD_OF_MILL), proposal_id, terms("7"), 1)


async def test_only_who_said_yes_can_take_it_back(database: Database) -> None:
    """The other side declines, and says why; a lead may not take back what schools proposed."""
    proposal_id = await a_proposal(database)
    for other, sentence in ((HEAD_OF_MILL, "decline it"), (LEAD_OF_NORTH, "Only these schools can")):
        with pytest.raises(ActionRefused, match=sentence):
            async with database.transaction(NORTHSHIRE) as session:
                await withdraw_proposal(session, acting(other), proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_proposal(session, acting(HEAD_OF_PARK), proposal_id)
    row = await look(database, "proposal", proposal_id)
    assert row.state == "withdrawn"
    assert (await look(database, "need", row.need_id)).state == "open"


async def test_what_is_over_stays_over(database: Database) -> None:
    """Every answer to a proposal that has ended is refused with its present state."""
    proposal_id = await a_proposal(database)
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_proposal(session, acting(HEAD_OF_PARK), proposal_id)
    for act in (
        lambda s: accept_proposal(s, acting(HEAD_OF_MILL), proposal_id, 1),
        lambda s: refuse_proposal(s, acting(HEAD_OF_MILL), proposal_id, "other", "No"),
        lambda s: ask_more_time(s, acting(HEAD_OF_MILL), proposal_id),
        lambda s: counter_propose(s, acting(HEAD_OF_MILL), proposal_id, terms(), 1),
        lambda s: release_leader(s, acting(HEAD_OF_PARK), proposal_id),
        lambda s: withdraw_proposal(s, acting(HEAD_OF_PARK), proposal_id),
    ):
        with pytest.raises(ActionRefused) as refused:
            async with database.transaction(NORTHSHIRE) as session:
                await act(session)
        assert refused.value.state == "withdrawn"


async def test_others_find_nothing_to_answer(database: Database) -> None:
    """Another school's head, a lead, and the same role in another authority get NotFound."""
    proposal_id = await a_proposal(database)
    for other in (HEAD_OF_QUAY, LEAD_OF_NORTH, TWIN_HEAD_OF_MILL):
        with pytest.raises(NotFound):
            async with database.transaction(other.authority_id) as session:
                await accept_proposal(session, acting(other), proposal_id, 1)


async def test_an_agreement_supersedes_what_else_was_proposed(database: Database) -> None:
    """The other proposing school is notified."""
    proposal_id = await a_proposal(database)
    need_id = (await look(database, "proposal", proposal_id)).need_id
    async with database.transaction(NORTHSHIRE) as session:
        other_offer = await an_offer(session, QUAY)
        other = await propose(session, acting(HEAD_OF_QUAY), need_id, other_offer, terms())
    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    assert (await look(database, "proposal", other)).state == "superseded"
    assert "proposal_superseded" in await notified(database, HEAD_OF_QUAY)
    with pytest.raises(ActionRefused):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_MILL), other, 1)


async def test_proposals_lapse_when_nobody_answers(database: Database) -> None:
    """Proposals lapse after the last day; the need is open again; a second run changes nothing."""
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, row.respond_by)) == 0
    late = row.respond_by.replace(year=row.respond_by.year + 1)
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, late)) == 1
        assert await lapse_proposals(session, system(NORTHSHIRE, late)) == 0
    assert (await look(database, "proposal", proposal_id)).state == "lapsed"
    assert (await look(database, "need", row.need_id)).state == "open"
    assert "proposal_lapsed" in await notified(database, HEAD_OF_MILL)


async def test_a_proposal_falls_away_with_its_need(database: Database) -> None:
    """Withdrawing a need ends its proposals at once; the scheduled job finds nothing to do."""
    proposal_id = await a_proposal(database)
    row = await look(database, "proposal", proposal_id)
    async with database.transaction(NORTHSHIRE) as session:
        await withdraw_need(session, acting(HEAD_OF_MILL), row.need_id, "no_longer_needed", "")
    with pytest.raises(ActionRefused, match="can no longer be done"):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, TODAY)) == 0
