"""Wishes: the pins and forbids in force, of one need or within somebody's reach."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import within_reach
from alongside.errors import NotThere
from alongside.matching.model import STANDING, PlanPlace, PlanRun
from alongside.matching.wish import Wish
from alongside.needs.model import Need
from alongside.offers.model import Offer
from alongside.people.model import PersonRow

AUTHORITY: Any = bindparam("authority_id")
WISH: Any = (
    select(
        *Wish.__table__.columns,
        Need.school_urn.label("school_urn"),
        Offer.title.label("offer_title"),
        PersonRow.name.label("maker"),
    )
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == Wish.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == Wish.offer_id))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == Wish.made_by))
    .where(Wish.authority_id == AUTHORITY)
    .order_by(Wish.made_at, Wish.id)
)
SENT_PLACE: Any = (
    select(PlanPlace.run_id)
    .join(PlanRun, (PlanRun.authority_id == AUTHORITY) & (PlanRun.id == PlanPlace.run_id))
    .where(
        PlanPlace.authority_id == AUTHORITY,
        PlanPlace.need_id == bindparam("need_id"),
        PlanPlace.proposal_id.is_not(None),
        PlanRun.state.in_((*STANDING, "superseded")),
    )
    .order_by(PlanRun.id.desc())
    .limit(1)
)


async def wishes_of_need(session: AsyncSession, authority_id: int, need_id: UUID) -> Sequence[Row[Any]]:
    """The wishes in force for a need, the oldest first; reach is the caller's to check."""
    statement = WISH.where(Wish.need_id == need_id, Wish.lifted_at.is_(None))
    found: Sequence[Row[Any]] = (await session.execute(statement, {"authority_id": authority_id})).all()
    return found


async def wish_to(session: AsyncSession, person: Person, wish_id: UUID) -> Row[Any]:
    """A wish for a need within this person's reach, lifted or not. Raises NotThere."""
    statement = within_reach(WISH.where(Wish.id == wish_id), person, Permission.MAKE_PLAN, Need.school_urn)
    found: Row[Any] | None = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotThere
    return found


async def run_that_was_sent(session: AsyncSession, authority_id: int, need_id: UUID) -> UUID | None:
    """The latest plan whose partner for a need was asked: what the school itself may read of it."""
    found: UUID | None = await session.scalar(SENT_PLACE, {"authority_id": authority_id, "need_id": need_id})
    return found
