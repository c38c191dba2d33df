"""Queries for amendments."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.amendment import Amendment
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.parties import Sides
from alongside.features.agreements.queries import AUTHORITY
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one


class AmendmentRow(Sides, frozen=True):
    """A proposed change, as `amendment.Amendment` describes it, with the schools of its agreement."""

    id: UUID
    agreement_id: UUID
    state: str
    version: int
    proposed_side: str
    proposed_by: UUID
    days: Decimal
    starts_on: date
    ends_on: date
    aims: list[dict[str, str]]
    agreement_version: int
    reason: str
    proposed_at: datetime


AMENDMENT = (
    select(
        *columns_of(
            AmendmentRow,
            Amendment,
            requesting_urn=SupportAgreement.requesting_urn,
            supporting_urn=SupportAgreement.supporting_urn,
        )
    )
    .select_from(Amendment)
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Amendment.agreement_id),
    )
    .where(Amendment.authority_id == AUTHORITY)
)
AMENDMENTS = Read(
    AMENDMENT.where(Amendment.agreement_id == bindparam("agreement_id"))
    .order_by((Amendment.state == "proposed").desc(), Amendment.id.desc())
    .limit(literal_column("50")),
    AmendmentRow,
)
ONE_AMENDMENT = Read(AMENDMENT.where(Amendment.id == bindparam("amendment_id")), AmendmentRow)


async def amendments_of(
    session: AsyncSession, authority_id: int, agreement_id: UUID
) -> Sequence[AmendmentRow]:
    """All amendments of an agreement, the open one first, 50 at most."""
    values = {"authority_id": authority_id, "agreement_id": agreement_id}
    return await fetch_all(session, AMENDMENTS, values)


async def amendment_to(
    session: AsyncSession, person: Principal, permission: Permission, amendment_id: UUID
) -> AmendmentRow:
    """One amendment. Raises NotFound unless the person has `permission` for its agreement."""
    values = {"authority_id": person.authority_id, "amendment_id": amendment_id}
    amendment = await fetch_one(session, ONE_AMENDMENT, values)
    if amendment is None:
        raise NotFound
    require_on(person, permission, amendment)
    return amendment
