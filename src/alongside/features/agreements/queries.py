"""Queries for agreements, and row locks for decisions on them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.features.agreements.models import SupportAgreement
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row

Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
AUTHORITY: Any = bindparam("authority_id")
PAGE: Any = literal_column("26")
ON_A_PAGE = 25
LIVE = ("preparing", "active")

AGREEMENT: Any = (
    select(
        *SupportAgreement.__table__.columns,
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
        Need.title.label("need_title"),
        Need.theme.label("theme"),
        Need.success_criteria.label("success_criteria"),
        Need.state.label("need_state"),
        Offer.title.label("offer_title"),
        Offer.state.label("offer_state"),
        Offer.leader_name.label("leader_name"),
        (Offer.days_total - Offer.days_taken).label("offer_days_left"),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == SupportAgreement.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == SupportAgreement.offer_id))
    .where(SupportAgreement.authority_id == AUTHORITY)
)


async def get_agreement(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID
) -> Row[Any]:
    """One agreement. Raises NotFound unless the person has `permission` for it."""
    statement = filter_records(AGREEMENT, person, permission, SupportAgreement).where(
        SupportAgreement.id == agreement_id
    )
    return await one_row(session, statement, authority_id=person.authority_id)


async def hold_pool_and_need(session: AsyncSession, authority_id: int, offer_id: UUID, need_id: UUID) -> None:
    """Lock this offer and then this need until the transaction ends.

    Every decision locks the offer first, then the need, then its own row. The fixed order prevents
    deadlocks.
    """
    for thing, row_id in ((Offer, offer_id), (Need, need_id)):
        columns: Any = thing
        await session.execute(
            select(columns.id)
            .where(columns.authority_id == authority_id, columns.id == row_id)
            .with_for_update(key_share=True)
        )


async def lock_agreement(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    agreement_id: UUID,
    *,
    pool: bool = False,
) -> Row[Any]:
    """Lock an agreement and, with `pool`, its offer and need; returns the current row."""
    seen = await get_agreement(session, person, permission, agreement_id)
    if pool:
        await hold_pool_and_need(session, person.authority_id, seen.offer_id, seen.need_id)
    statement = AGREEMENT.where(SupportAgreement.id == agreement_id).with_for_update(
        key_share=True, of=SupportAgreement
    )
    return await one_row(session, statement, authority_id=person.authority_id)


async def need_of(session: AsyncSession, authority_id: int, need_id: UUID) -> Row[Any]:
    """The columns of a need for a transition: id, school, state."""
    statement = select(Need.id, Need.school_urn, Need.state).where(
        Need.authority_id == authority_id, Need.id == need_id
    )
    return await one_row(session, statement)


async def agreement_of_proposal(session: AsyncSession, authority_id: int, proposal_id: UUID) -> UUID | None:
    """The agreement that was created from a proposal, if any."""
    statement = select(SupportAgreement.id).where(
        SupportAgreement.authority_id == authority_id, SupportAgreement.proposal_id == proposal_id
    )
    found: UUID | None = await session.scalar(statement)
    return found
