"""Scheduled job for proposals: lapses unanswered ones and drops those without a need or an offer."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import FALL_AWAY, LAPSE
from alongside.features.agreements.proposals.endings import end_unanswered
from alongside.features.agreements.proposals.queries import run_out
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.platform.access.principal import Principal


async def lapse_proposals(session: AsyncSession, person: Principal) -> int:
    """End proposals that were not answered in time or have lost need or offer. `person` is the system.

    At most 200 in one transaction, so call it until it returns 0.
    """
    due = await run_out(session, person.authority_id, person.today)
    for thing, ids in ((Offer, {row.offer_id for row in due}), (Need, {row.need_id for row in due})):
        await session.execute(
            select(thing.id)
            .where(thing.authority_id == person.authority_id, thing.id.in_(sorted(ids)))
            .order_by(thing.id)
            .with_for_update(key_share=True)
        )
    due = [row for row in await run_out(session, person.authority_id, person.today) if row in due]
    for row in due:
        move = LAPSE if row.respond_by < person.today else FALL_AWAY
        await end_unanswered(session, person, row, move)
    return len(due)
