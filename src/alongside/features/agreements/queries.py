"""Queries for agreements, and row locks for decisions on them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.agreements.locks import HOLD_PAIR_OF_AGREEMENT
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.parties import REQUESTING, SUPPORTING, NamedSides, party_of
from alongside.features.needs.models import Need
from alongside.features.offers.models import Offer
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one

Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
AUTHORITY: BindParameter[int] = bindparam("authority_id", type_=Integer)
PAGE: ColumnElement[int] = literal_column("26")
ON_A_PAGE = 25
LIVE = ("preparing", "active")


class AgreementRow(NamedSides, frozen=True):
    """An agreement, as `models.SupportAgreement` describes it, with its schools, its need and its offer."""

    authority_id: int
    id: UUID
    proposal_id: UUID
    need_id: UUID
    offer_id: UUID
    state: str
    version: int
    days: Decimal
    days_used: Decimal
    starts_on: date
    ends_on: date
    agreed_at: datetime
    agreed_on: date
    requesting_signed_at: datetime | None
    requesting_signed_by: UUID | None
    supporting_signed_at: datetime | None
    supporting_signed_by: UUID | None
    agreement_version: int
    outcome: str | None
    ended_because: str | None
    challenge_until: date | None
    challenged_on: date | None
    delayed_side: str | None
    shown_from: datetime | None
    need_title: str
    need_state: str
    theme: str
    success_criteria: str
    offer_title: str
    leader_name: str


class NeedState(msgspec.Struct, frozen=True):
    """What a transition of a need reads of it."""

    id: UUID
    school_urn: int
    state: str


AGREEMENT = (
    select(
        *columns_of(
            AgreementRow,
            SupportAgreement,
            requesting_name=Asking.name,
            supporting_name=Giving.name,
            need_title=Need.title,
            need_state=Need.state,
            theme=Need.theme,
            success_criteria=Need.success_criteria,
            offer_title=Offer.title,
            leader_name=Offer.leader_name,
        )
    )
    .select_from(SupportAgreement)
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == SupportAgreement.need_id))
    .join(Offer, (Offer.authority_id == AUTHORITY) & (Offer.id == SupportAgreement.offer_id))
    .where(SupportAgreement.authority_id == AUTHORITY)
)
_ONE = AGREEMENT.where(SupportAgreement.id == bindparam("agreement_id"))
ONE_AGREEMENT = Read(_ONE, AgreementRow)
LOCKED_AGREEMENT = Read(_ONE.with_for_update(key_share=True, of=SupportAgreement), AgreementRow)


def _as_it_is(found: UUID) -> UUID:
    return found


OF_PROPOSAL = Read(
    select(SupportAgreement.id).where(
        SupportAgreement.authority_id == AUTHORITY, SupportAgreement.proposal_id == bindparam("proposal_id")
    ),
    _as_it_is,
)
ONE_NEED_STATE = Read(
    select(*columns_of(NeedState, Need)).where(
        Need.authority_id == AUTHORITY, Need.id == bindparam("need_id")
    ),
    NeedState,
)


async def get_agreement(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID
) -> AgreementRow:
    """One agreement, as the person may see it. Raises NotFound unless they have `permission` for it."""
    row = await _agreement(session, person, permission, ONE_AGREEMENT, agreement_id)
    return as_shown(person, row)


def is_unaware(person: Principal, row: AgreementRow) -> bool:
    """Whether the message of the ending has not gone out yet to the school that this person acts for."""
    if row.shown_from is None or row.delayed_side != party_of(person, row):
        return False
    return row.shown_from > datetime.now(UTC)


def as_shown(person: Principal, row: AgreementRow) -> AgreementRow:
    """An agreement as a person reads it: for a school that is told of the ending later, as it was before."""
    if not is_unaware(person, row):
        return row
    signed = row.requesting_signed_at is not None and row.supporting_signed_at is not None
    before = "active" if signed else "preparing"
    return msgspec.structs.replace(row, state=before, outcome=None, ended_because=None, challenged_on=None)


def shown_state(person: Principal) -> ColumnElement[str]:
    """The state of an agreement as a person reads it, as SQL: see `as_shown`."""
    table = SupportAgreement
    if person.school_urn is None:
        return table.state.expression
    own = ((table.delayed_side == REQUESTING) & (table.requesting_urn == person.school_urn)) | (
        (table.delayed_side == SUPPORTING) & (table.supporting_urn == person.school_urn)
    )
    signed = table.requesting_signed_at.is_not(None) & table.supporting_signed_at.is_not(None)
    return case(
        ((table.shown_from > func.now()) & own & signed, "active"),
        ((table.shown_from > func.now()) & own, "preparing"),
        else_=table.state,
    )


async def _agreement(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    read: Read[AgreementRow],
    agreement_id: UUID,
) -> AgreementRow:
    row = await fetch_one(session, read, {"authority_id": person.authority_id, "agreement_id": agreement_id})
    if row is None:
        raise NotFound
    require_on(person, permission, row)
    return row


async def lock_agreement(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    agreement_id: UUID,
    *,
    pool: bool = False,
) -> AgreementRow:
    """Lock an agreement and, with `pool`, first its offer and need; returns the current row."""
    if pool:
        values = {"authority_id": person.authority_id, "row_id": agreement_id}
        await fetch_all(session, HOLD_PAIR_OF_AGREEMENT, values)
    return await _agreement(session, person, permission, LOCKED_AGREEMENT, agreement_id)


async def need_of(session: AsyncSession, authority_id: int, need_id: UUID) -> NeedState:
    """The columns of a need for a transition: id, school, state."""
    found = await fetch_one(session, ONE_NEED_STATE, {"authority_id": authority_id, "need_id": need_id})
    if found is None:
        raise NotFound
    return found


async def agreement_of_proposal(session: AsyncSession, authority_id: int, proposal_id: UUID) -> UUID | None:
    """The agreement that was created from a proposal, if any."""
    values = {"authority_id": authority_id, "proposal_id": proposal_id}
    return await fetch_one(session, OF_PROPOSAL, values)
