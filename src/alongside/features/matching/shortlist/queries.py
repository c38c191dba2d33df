"""Queries for a shortlist: the offers that a person may see, and those already proposed."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals.queries import LIVE
from alongside.features.agreements.proposing.candidates import seen_by
from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all

AUTHORITY: BindParameter[int] = bindparam("authority_id")


class ListedOffer(msgspec.Struct, frozen=True):
    """An offer with its school, its leader and the days that are not promised."""

    id: UUID
    title: str
    leader_name: str
    school_urn: int
    school: str
    days_left: Decimal


OFFERS = (
    select(
        Offer.id,
        Offer.title,
        Offer.leader_name,
        Offer.school_urn,
        School.name.label("school"),
        (Offer.days_total - Offer.days_taken).label("days_left"),
    )
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Offer.school_urn))
    .where(Offer.authority_id == AUTHORITY, Offer.id.in_(bindparam("ids", expanding=True)))
)
ASKED = select(Proposal.offer_id).where(
    Proposal.authority_id == AUTHORITY,
    Proposal.need_id == bindparam("need_id"),
    Proposal.state.in_(LIVE),
    Proposal.respond_by >= bindparam("today"),
)


async def offers_seen(
    session: AsyncSession, person: Principal, ids: Sequence[UUID]
) -> dict[UUID, ListedOffer]:
    """The offers with these ids that this person may see, by id."""
    if not ids:
        return {}
    values = {"authority_id": person.authority_id, "ids": list(ids)}
    found = await select_all(session, OFFERS.where(seen_by(person, Offer)), ListedOffer, values)
    return {row.id: row for row in found}


async def offers_being_asked(session: AsyncSession, person: Principal, need_id: UUID) -> frozenset[UUID]:
    """The offers that are proposed for a need and not answered yet."""
    values = {"authority_id": person.authority_id, "need_id": need_id, "today": person.today}
    return frozenset((await session.scalars(ASKED, values)).all())
