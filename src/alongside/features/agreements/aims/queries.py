"""Queries for the aims of an agreement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import Aim, SupportAgreement
from alongside.features.agreements.queries import AUTHORITY
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row, rows_of

AIM: Any = (
    select(
        Aim.id,
        Aim.agreement_id,
        Aim.aim,
        Aim.measure,
        Aim.baseline,
        Aim.target,
        SupportAgreement.requesting_urn,
        SupportAgreement.supporting_urn,
        SupportAgreement.state,
        SupportAgreement.agreement_version,
    )
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Aim.agreement_id),
    )
    .where(Aim.authority_id == AUTHORITY, Aim.agreement_id == bindparam("agreement_id"))
)
AIMS: Any = AIM.order_by(Aim.id)


async def aims_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """The aims of an agreement, oldest first."""
    return await rows_of(session, AIMS, authority_id=authority_id, agreement_id=agreement_id)


async def get_aim(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID, aim_id: UUID
) -> Row[Any]:
    """One aim. Raises NotFound unless the person has `permission` for its agreement."""
    statement = filter_records(AIM, person, permission, SupportAgreement).where(Aim.id == aim_id)
    return await one_row(session, statement, authority_id=person.authority_id, agreement_id=agreement_id)
