"""Queries for amendments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.amendment import Amendment
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AUTHORITY
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row, rows_of

AMENDMENT: Any = (
    select(*Amendment.__table__.columns, SupportAgreement.requesting_urn, SupportAgreement.supporting_urn)
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Amendment.agreement_id),
    )
    .where(Amendment.authority_id == AUTHORITY)
)
AMENDMENTS: Any = (
    AMENDMENT.where(Amendment.agreement_id == bindparam("agreement_id"))
    .order_by((Amendment.state == "proposed").desc(), Amendment.id.desc())
    .limit(literal_column("50"))
)


async def amendments_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """All amendments of an agreement, the open one first, 50 at most."""
    return await rows_of(session, AMENDMENTS, authority_id=authority_id, agreement_id=agreement_id)


async def amendment_to(
    session: AsyncSession, person: Principal, permission: Permission, amendment_id: UUID
) -> Row[Any]:
    """One amendment. Raises NotFound unless the person has `permission` for its agreement."""
    statement = filter_records(AMENDMENT, person, permission, SupportAgreement).where(
        Amendment.id == amendment_id
    )
    return await one_row(session, statement, authority_id=person.authority_id)
