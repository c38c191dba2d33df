"""The state of an offer that follows from its days: exhausted, or live again."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.offers import queries
from alongside.features.offers.models import EXHAUST_OFFER, REFILL_OFFER, Offer
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.reads import fetch_one
from alongside.platform.workflow import apply_transition


async def balance_offer(session: AsyncSession, person: Principal, offer_id: UUID) -> None:
    """Set the state from the days left: exhausted when none are left, live when there are days again.

    Call it after days were taken or returned, in the same transaction. The system is recorded as the actor.
    """
    values = {"authority_id": person.authority_id, "offer_id": offer_id}
    offer = await fetch_one(session, queries.ONE_OFFER, values)
    assert offer is not None
    itself = system(person.authority_id, person.today)
    if offer.state == "live" and offer.days_left <= 0:
        await apply_transition(session, itself, Offer, offer, EXHAUST_OFFER)
    elif offer.state == "exhausted" and offer.days_left > 0:
        await apply_transition(session, itself, Offer, offer, REFILL_OFFER)
