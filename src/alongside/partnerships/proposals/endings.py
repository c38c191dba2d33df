"""How proposals end with their need or their offer: at once, in the same transaction, and both sides are told."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person, system
from alongside.needs.model import GO_ON_LOOKING, NEED_WORKFLOW, Need
from alongside.offers.model import END_OFFER, REWORD_OFFER
from alongside.partnerships.proposal import FALL_AWAY, Proposal
from alongside.partnerships.proposals.queries import live_proposals_of_need, live_proposals_of_offer
from alongside.partnerships.queries import need_of
from alongside.partnerships.sides import LEADER, Word, tell_both_and_leaders, tell_schools
from alongside.workflow import after, take

ENDED_WITH = {
    "need": "{asking} has closed its need “{need}”, so the proposal of {giving} has ended.",
    END_OFFER.verb: "{giving} has withdrawn its offer “{offer}”, so its proposal for {asking} has ended.",
    REWORD_OFFER: "{giving} has changed its offer “{offer}”, so its proposal for {asking} has ended. "
    "The offer can be proposed again as it is now.",
}


async def go_on_looking(session: AsyncSession, person: Person, row: Any) -> None:
    """Open a need again when nothing is proposed for it any more; the need must be held.

    Only its school says that it still holds: the day on which it last did stays as it was.
    """
    need = await need_of(session, person.authority_id, row.need_id)
    if need.state == "proposed" and not await live_proposals_of_need(
        session, person.authority_id, row.need_id
    ):
        await take(
            session,
            system(person.authority_id, person.today),
            Need,
            need,
            GO_ON_LOOKING,
        )


async def tell_end(session: AsyncSession, person: Person, row: Any, kind: str, text: str) -> None:
    """Tell both schools, and their leads where a leader had proposed it."""
    word = Word(kind, text, f"/proposals/{row.id}", f"{kind}:{row.id}")
    if row.proposed_as == LEADER:
        await tell_both_and_leaders(session, person, row, word)
    else:
        await tell_schools(session, person, [row.asking_urn, row.giving_urn], word)


async def _end(session: AsyncSession, person: Person, proposals: Sequence[Any], why: str) -> None:
    """End these proposals, whose needs are held, and tell both schools of each."""
    product = system(person.authority_id, person.today)
    for row in proposals:
        text = ENDED_WITH[why].format(
            asking=row.asking_name, giving=row.giving_name, need=row.need_title, offer=row.offer_title
        )
        await take(session, product, Proposal, row, FALL_AWAY, note=text)
        await go_on_looking(session, person, row)
        await tell_end(session, person, row, "proposal_ended", text)


async def end_proposals_of_need(session: AsyncSession, person: Person, need: Any) -> None:
    """End what is proposed for a need that is closed."""
    await _end(session, person, await live_proposals_of_need(session, person.authority_id, need.id), "need")


def _end_proposals_of_offer(why: str) -> Callable[[AsyncSession, Person, Any], Awaitable[None]]:
    async def end_proposals_of_offer(session: AsyncSession, person: Person, offer: Any) -> None:
        """End what is proposed of an offer; its needs are held in one order, as every decision does."""
        proposals = await live_proposals_of_offer(session, person.authority_id, offer.id)
        await _hold_needs(session, person.authority_id, sorted({row.need_id for row in proposals}))
        held = await live_proposals_of_offer(session, person.authority_id, offer.id)
        await _end(session, person, held, why)

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
for verb in (END_OFFER.verb, REWORD_OFFER):
    after("offer", verb, _end_proposals_of_offer(verb))
