"""Queries for proposals."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, literal, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import is_head
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.queries import (
    AUTHORITY,
    ON_A_PAGE,
    PAGE,
    Asking,
    Giving,
    hold_pool_and_need,
)
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row, rows_of

LIVE = ("proposed", "to_release")
WAITING_NEEDS = ("open", "proposed")

PROPOSAL: Any = (
    select(
        *Proposal.__table__.columns,
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
        Need.title.label("need_title"),
        Need.state.label("need_state"),
        Need.content_version.label("need_content_now"),
        Need.theme.label("theme"),
        Need.urgency.label("urgency"),
        Offer.title.label("offer_title"),
        Offer.state.label("offer_state"),
        Offer.content_version.label("offer_content_now"),
        Offer.confirmed_on.label("confirmed_on"),
        Offer.leader_name.label("leader_name"),
        Offer.leader_is_head.label("leader_is_head"),
        (Offer.days_total - Offer.days_taken).label("days_left"),
        (Offer.engagements_max - Offer.engagements_taken).label("places_left"),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == Proposal.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == Proposal.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == Proposal.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == Proposal.offer_id))
    .where(Proposal.authority_id == AUTHORITY)
)


async def get_proposal(
    session: AsyncSession, person: Principal, permission: Permission, proposal_id: UUID
) -> Row[Any]:
    """One proposal. Raises NotFound unless the person has `permission` for it."""
    statement = filter_records(PROPOSAL, person, permission, Proposal).where(Proposal.id == proposal_id)
    return await one_row(session, statement, authority_id=person.authority_id)


async def lock_proposal(
    session: AsyncSession, person: Principal, permission: Permission, proposal_id: UUID
) -> Row[Any]:
    """Lock a proposal, its offer and its need until the transaction ends; returns the current rows."""
    seen = await get_proposal(session, person, permission, proposal_id)
    await hold_pool_and_need(session, person.authority_id, seen.offer_id, seen.need_id)
    return await proposal_now(session, person.authority_id, proposal_id)


async def proposal_now(session: AsyncSession, authority_id: int, proposal_id: UUID) -> Row[Any]:
    """Lock a proposal and return its current row. Its offer and need must be locked already."""
    statement = PROPOSAL.where(Proposal.id == proposal_id).with_for_update(key_share=True, of=Proposal)
    return await one_row(session, statement, authority_id=authority_id)


def waits_for(person: Principal) -> Any:
    """SQL condition: this person must answer the proposal."""
    if person.school_urn is None:
        return literal(False)
    asked = and_(Proposal.requesting_urn == person.school_urn, Proposal.requesting_accepted_at.is_(None))
    gives = and_(Proposal.supporting_urn == person.school_urn, Proposal.supporting_accepted_at.is_(None))
    waits = and_(Proposal.state == "proposed", or_(asked, gives))
    if is_head(person):
        waits = or_(waits, and_(Proposal.state == "to_release", Proposal.supporting_urn == person.school_urn))
    return waits


def is_live(today: date) -> Any:
    """SQL condition: the proposal can still be answered; after the last day it has ended, before the job says so."""
    return and_(Proposal.state.in_(LIVE), Proposal.respond_by >= today)


def shown(person: Principal, show: str) -> Any:
    """SQL condition for one list filter: “mine” to answer, “others” to answer, or “ended”."""
    live = is_live(person.today)
    match show:
        case "mine":
            return and_(live, waits_for(person))
        case "others":
            return and_(live, ~waits_for(person))
        case _:
            return ~live


async def proposals_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the proposals in the person's scope, live ones by deadline, and whether there are more."""
    statement = filter_records(PROPOSAL, person, Permission.VIEW_PROPOSAL, Proposal).where(
        shown(person, show)
    )
    order = [Proposal.id.desc()] if show == "ended" else [Proposal.respond_by, Proposal.id]
    statement = statement.order_by(*order).limit(PAGE).offset(bindparam("skip"))
    skip = (page - 1) * ON_A_PAGE
    rows = await rows_of(session, statement, authority_id=person.authority_id, skip=skip)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def proposal_counts(session: AsyncSession, person: Principal) -> dict[str, int]:
    """The number of proposals that wait for this person (mine), wait for others, and have ended."""
    parts = [func.count().filter(shown(person, part)).label(part) for part in ("mine", "others", "ended")]
    statement: Any = select(*parts).select_from(Proposal).where(Proposal.authority_id == AUTHORITY)
    statement = filter_records(statement, person, Permission.VIEW_PROPOSAL, Proposal)
    found = (await session.execute(statement, {"authority_id": person.authority_id})).mappings().one()
    return dict(found)


async def run_out(session: AsyncSession, authority_id: int, today: date) -> Sequence[Row[Any]]:
    """Live proposals whose deadline has passed, or whose need or offer is no longer available: 200 at most."""
    gone = or_(
        Need.state.not_in(WAITING_NEEDS),
        Offer.state == "ended",
        Asking.status.not_in(OPEN_STATUSES),
        Giving.status.not_in(OPEN_STATUSES),
    )
    statement = (
        PROPOSAL.where(Proposal.state.in_(LIVE), or_(Proposal.respond_by < today, gone))
        .order_by(Proposal.id)
        .limit(literal_column("200"))
    )
    return await rows_of(session, statement, authority_id=authority_id)


async def live_proposals_of_offer(
    session: AsyncSession, authority_id: int, offer_id: UUID
) -> Sequence[Row[Any]]:
    """The live proposals of an offer."""
    statement = PROPOSAL.where(Proposal.offer_id == offer_id, Proposal.state.in_(LIVE)).order_by(Proposal.id)
    return await rows_of(session, statement, authority_id=authority_id)


async def live_proposals_of_need(
    session: AsyncSession, authority_id: int, need_id: UUID
) -> Sequence[Row[Any]]:
    """The live proposals for a need."""
    statement = PROPOSAL.where(Proposal.need_id == need_id, Proposal.state.in_(LIVE)).order_by(Proposal.id)
    return await rows_of(session, statement, authority_id=authority_id)
