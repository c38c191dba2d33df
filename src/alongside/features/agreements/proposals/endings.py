"""Ends proposals when their need or offer ends, in the same transaction, and notifies both sides."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import (
    LEADER,
    NotificationText,
    notify_schools,
    notify_schools_and_leads,
)
from alongside.features.agreements.proposal import FALL_AWAY, Proposal
from alongside.features.agreements.proposals.queries import (
    ProposalRow,
    live_proposals_of_need,
    live_proposals_of_offer,
)
from alongside.features.agreements.queries import need_of
from alongside.features.needs.models import GO_ON_LOOKING, NEED_WORKFLOW, Need
from alongside.features.offers.models import END_OFFER, LAPSE_OFFER, PAUSE_OFFER, REWORD_OFFER
from alongside.features.people.queries import HasId
from alongside.platform.access.principal import Principal, system
from alongside.platform.workflow import Transition, after, apply_transition

ENDED_WITH = {
    "need": "{asking} has closed its need “{need}”, so the proposal of {giving} has ended.",
    END_OFFER.verb: "{giving} has withdrawn its offer “{offer}”, so its proposal for {asking} has ended.",
    PAUSE_OFFER.verb: "{giving} has paused its offer “{offer}”, so its proposal for {asking} has ended. "
    "The offer can be proposed again when it is resumed.",
    LAPSE_OFFER.verb: "{giving} did not confirm its offer “{offer}” in time, so its proposal for {asking} has ended. "
    "The offer can be proposed again when it is confirmed.",
    REWORD_OFFER: "{giving} has changed its offer “{offer}”, so its proposal for {asking} has ended. "
    "The offer can be proposed again as it is now.",
}


async def go_on_looking(session: AsyncSession, person: Principal, row: ProposalRow) -> None:
    """Reopen a need when no live proposal is left for it. The need must be locked.

    `confirmed_on` stays unchanged, because only the school confirms its need.
    """
    need = await need_of(session, person.authority_id, row.need_id)
    if need.state == "proposed" and not await live_proposals_of_need(
        session, person.authority_id, row.need_id
    ):
        await apply_transition(
            session,
            system(person.authority_id, person.today),
            Need,
            need,
            GO_ON_LOOKING,
        )


async def end_unanswered(
    session: AsyncSession, product: Principal, row: ProposalRow, move: Transition
) -> None:
    """End a proposal that nobody answered, and notify both schools and their leads. Its need must be locked."""
    await apply_transition(session, product, Proposal, row, move)
    await go_on_looking(session, product, row)
    text = f"The proposal of {row.supporting_name} for {row.requesting_name} has ended without an answer."
    word = NotificationText("proposal_lapsed", text, f"/proposals/{row.id}", f"proposal_lapsed:{row.id}")
    await notify_schools_and_leads(session, product, row, word)


async def tell_end(session: AsyncSession, person: Principal, row: ProposalRow, kind: str, text: str) -> None:
    """Notify both schools, and their leads when a leader proposed it."""
    word = NotificationText(kind, text, f"/proposals/{row.id}", f"{kind}:{row.id}")
    if row.proposed_as == LEADER:
        await notify_schools_and_leads(session, person, row, word)
    else:
        await notify_schools(session, person, [row.requesting_urn, row.supporting_urn], word)


async def _end(session: AsyncSession, person: Principal, proposals: Sequence[ProposalRow], why: str) -> None:
    """End these proposals and notify both schools of each. Their needs must be locked."""
    product = system(person.authority_id, person.today)
    for row in proposals:
        text = ENDED_WITH[why].format(
            asking=row.requesting_name, giving=row.supporting_name, need=row.need_title, offer=row.offer_title
        )
        await apply_transition(session, product, Proposal, row, FALL_AWAY, note=text)
        await go_on_looking(session, person, row)
        await tell_end(session, person, row, "proposal_ended", text)


async def end_proposals_of_need(session: AsyncSession, person: Principal, need: HasId) -> None:
    """End the live proposals for a closed need."""
    await _end(session, person, await live_proposals_of_need(session, person.authority_id, need.id), "need")


def _end_proposals_of_offer(why: str) -> Callable[[AsyncSession, Principal, HasId], Awaitable[None]]:
    async def end_proposals_of_offer(session: AsyncSession, person: Principal, offer: HasId) -> None:
        """End the live proposals of an offer. Needs are locked in one fixed order to avoid deadlocks."""
        proposals = await live_proposals_of_offer(session, person.authority_id, offer.id)
        await _hold_needs(session, person.authority_id, sorted({row.need_id for row in proposals}))
        locked = await live_proposals_of_offer(session, person.authority_id, offer.id)
        await _end(session, person, locked, why)

    return end_proposals_of_offer


async def _hold_needs(session: AsyncSession, authority_id: int, ids: Sequence[UUID]) -> None:
    await session.execute(
        select(Need.id)
        .where(Need.authority_id == authority_id, Need.id.in_(ids))
        .order_by(Need.id)
        .with_for_update(key_share=True)
    )


for move in NEED_WORKFLOW.moves:
    if move.end in ("withdrawn", "unmet"):
        after("need", move.verb, end_proposals_of_need)
for verb in (END_OFFER.verb, PAUSE_OFFER.verb, LAPSE_OFFER.verb, REWORD_OFFER):
    after("offer", verb, _end_proposals_of_offer(verb))
