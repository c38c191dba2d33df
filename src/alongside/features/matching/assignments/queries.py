"""Queries for the pins and forbids in force, of one need or within a person's scope."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.matching.models import CURRENT, PlanAssignment, PlanRun
from alongside.features.matching.pins import PlanConstraint
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.people.models import Person
from alongside.platform.access.authorisation import filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all, select_one

AUTHORITY: BindParameter[int] = bindparam("authority_id")


class ConstraintRow(msgspec.Struct, frozen=True):
    """A pin or forbid (`kind`) on a pair, with the names of its offer and of who made it."""

    id: UUID
    need_id: UUID
    offer_id: UUID
    kind: str
    reason: str
    made_at: datetime
    school_urn: int
    offer_title: str
    maker: str


CONSTRAINT = (
    select(
        PlanConstraint.id,
        PlanConstraint.need_id,
        PlanConstraint.offer_id,
        PlanConstraint.kind,
        PlanConstraint.reason,
        PlanConstraint.made_at,
        Need.school_urn.label("school_urn"),
        Offer.title.label("offer_title"),
        Person.name.label("maker"),
    )
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == PlanConstraint.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == PlanConstraint.offer_id))
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == PlanConstraint.made_by))
    .where(PlanConstraint.authority_id == AUTHORITY)
    .order_by(PlanConstraint.made_at, PlanConstraint.id)
)
SENT_ASSIGNMENT = (
    select(PlanAssignment.run_id)
    .join(PlanRun, (PlanRun.authority_id == AUTHORITY) & (PlanRun.id == PlanAssignment.run_id))
    .where(
        PlanAssignment.authority_id == AUTHORITY,
        PlanAssignment.need_id == bindparam("need_id"),
        PlanAssignment.proposal_id.is_not(None),
        PlanRun.state.in_((*CURRENT, "superseded")),
    )
    .order_by(PlanRun.id.desc())
    .limit(1)
)


async def constraints_of_need(session: AsyncSession, authority_id: int, need_id: UUID) -> list[ConstraintRow]:
    """The constraints in force for a need, oldest first. The caller checks the scope."""
    statement = CONSTRAINT.where(PlanConstraint.need_id == need_id, PlanConstraint.lifted_at.is_(None))
    return await select_all(session, statement, ConstraintRow, {"authority_id": authority_id})


async def get_constraint(session: AsyncSession, person: Principal, constraint_id: UUID) -> ConstraintRow:
    """A constraint on a need in this person's scope, lifted or not. Raises NotFound."""
    statement = filter_by_scope(
        CONSTRAINT.where(PlanConstraint.id == constraint_id), person, Permission.MAKE_PLAN, Need.school_urn
    )
    found = await select_one(session, statement, ConstraintRow, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found


async def run_that_was_sent(session: AsyncSession, authority_id: int, need_id: UUID) -> UUID | None:
    """The latest plan that sent a proposal for this need; its assignment is the one the school may read."""
    found: UUID | None = await session.scalar(
        SENT_ASSIGNMENT, {"authority_id": authority_id, "need_id": need_id}
    )
    return found
