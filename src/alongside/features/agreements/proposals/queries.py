"""Queries for proposals."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.locks import HOLD_PAIR_OF_PROPOSAL
from alongside.features.agreements.parties import NamedSides
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.queries import (
    AUTHORITY,
    Asking,
    Giving,
)
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one

LIVE = ("proposed", "to_release")
WAITING_NEEDS = ("open", "proposed")


class ProposalRow(NamedSides, frozen=True):
    """A proposal, as `proposal.Proposal` describes it, with its schools, its need and its offer as they are now."""

    authority_id: int
    id: UUID
    need_id: UUID
    offer_id: UUID
    state: str
    version: int
    days: Decimal
    starts_on: date
    ends_on: date
    message: str
    proposed_by: UUID | None
    proposed_as: str
    respond_by: date
    respond_from: date | None
    respond_days: int | None
    terms_version: int
    requesting_had_more_time: bool
    supporting_had_more_time: bool
    requesting_accepted_at: datetime | None
    supporting_accepted_at: datetime | None
    released_by_head: bool
    declined_by: str | None
    decline_reason: str | None
    not_again_before: date | None
    need_content_version: int
    offer_content_version: int
    interest_reason: str | None
    need_title: str
    need_state: str
    need_content_now: int
    theme: str
    phase: str
    urgency: str
    offer_title: str
    offer_state: str
    offer_content_now: int
    confirmed_on: date | None
    leader_name: str
    leader_is_head: bool
    days_left: Decimal
    places_left: int


PROPOSAL = (
    select(
        *columns_of(
            ProposalRow,
            Proposal,
            requesting_name=Asking.name,
            supporting_name=Giving.name,
            need_title=Need.title,
            need_state=Need.state,
            need_content_now=Need.content_version,
            theme=Need.theme,
            phase=Need.phase,
            urgency=Need.urgency,
            offer_title=Offer.title,
            offer_state=Offer.state,
            offer_content_now=Offer.content_version,
            confirmed_on=Offer.confirmed_on,
            leader_name=Offer.leader_name,
            leader_is_head=Offer.leader_is_head,
            days_left=Offer.days_total - Offer.days_taken,
            places_left=Offer.engagements_max - Offer.engagements_taken,
        )
    )
    .select_from(Proposal)
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == Proposal.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == Proposal.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == Proposal.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == Proposal.offer_id))
    .where(Proposal.authority_id == AUTHORITY)
)
_ONE = PROPOSAL.where(Proposal.id == bindparam("proposal_id"))
ONE_PROPOSAL = Read(_ONE, ProposalRow)
LOCKED_PROPOSAL = Read(_ONE.with_for_update(key_share=True, of=Proposal), ProposalRow)
AMONG_LIVE = Proposal.state.in_([literal_column(f"'{state}'") for state in LIVE])
LIVE_OF_OFFER = Read(
    PROPOSAL.where(Proposal.offer_id == bindparam("offer_id"), AMONG_LIVE).order_by(Proposal.id), ProposalRow
)
LIVE_OF_NEED = Read(
    PROPOSAL.where(Proposal.need_id == bindparam("need_id"), AMONG_LIVE).order_by(Proposal.id), ProposalRow
)
RUN_OUT = Read(
    PROPOSAL.where(
        AMONG_LIVE,
        or_(
            Proposal.respond_by < bindparam("today", type_=Date),
            Need.state.not_in([literal_column(f"'{state}'") for state in WAITING_NEEDS]),
            Offer.state == "ended",
            Asking.status.not_in([literal_column(f"'{status}'") for status in OPEN_STATUSES]),
            Giving.status.not_in([literal_column(f"'{status}'") for status in OPEN_STATUSES]),
        ),
    )
    .order_by(Proposal.id)
    .limit(literal_column("200")),
    ProposalRow,
)


async def get_proposal(
    session: AsyncSession, person: Principal, permission: Permission, proposal_id: UUID
) -> ProposalRow:
    """One proposal. Raises NotFound unless the person has `permission` for it."""
    values = {"authority_id": person.authority_id, "proposal_id": proposal_id}
    row = await fetch_one(session, ONE_PROPOSAL, values)
    if row is None:
        raise NotFound
    require_on(person, permission, row)
    return row


async def lock_proposal(
    session: AsyncSession, person: Principal, permission: Permission, proposal_id: UUID
) -> ProposalRow:
    """Lock a proposal, after its offer and its need, until the transaction ends; returns the current rows."""
    await fetch_all(
        session, HOLD_PAIR_OF_PROPOSAL, {"authority_id": person.authority_id, "row_id": proposal_id}
    )
    values = {"authority_id": person.authority_id, "proposal_id": proposal_id}
    row = await fetch_one(session, LOCKED_PROPOSAL, values)
    if row is None:
        raise NotFound
    require_on(person, permission, row)
    return row


def is_live(today: date) -> ColumnElement[bool]:
    """SQL condition: the proposal can still be answered; after the last day it has ended, before the job says so."""
    return and_(AMONG_LIVE, Proposal.respond_by >= today)


async def run_out(session: AsyncSession, authority_id: int, today: date) -> list[ProposalRow]:
    """Live proposals whose deadline has passed, or whose need or offer is no longer available: 200 at most."""
    return await fetch_all(session, RUN_OUT, {"authority_id": authority_id, "today": today})


async def live_proposals_of_offer(
    session: AsyncSession, authority_id: int, offer_id: UUID
) -> list[ProposalRow]:
    """The live proposals of an offer."""
    return await fetch_all(session, LIVE_OF_OFFER, {"authority_id": authority_id, "offer_id": offer_id})


async def live_proposals_of_need(
    session: AsyncSession, authority_id: int, need_id: UUID
) -> list[ProposalRow]:
    """The live proposals for a need."""
    return await fetch_all(session, LIVE_OF_NEED, {"authority_id": authority_id, "need_id": need_id})
