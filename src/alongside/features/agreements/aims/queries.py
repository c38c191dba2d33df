"""Queries for the aims of an agreement."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.models import Aim, SupportAgreement
from alongside.features.agreements.parties import Sides
from alongside.features.agreements.queries import AUTHORITY
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one


class AimRow(Sides, frozen=True):
    """An aim, with the state and the version of its agreement."""

    id: UUID
    agreement_id: UUID
    aim: str
    measure: str
    baseline: str
    target: str
    state: str
    agreement_version: int


AIM = (
    select(
        *columns_of(
            AimRow,
            Aim,
            requesting_urn=SupportAgreement.requesting_urn,
            supporting_urn=SupportAgreement.supporting_urn,
            state=SupportAgreement.state,
            agreement_version=SupportAgreement.agreement_version,
        )
    )
    .select_from(Aim)
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Aim.agreement_id),
    )
    .where(Aim.authority_id == AUTHORITY, Aim.agreement_id == bindparam("agreement_id"))
)
AIMS = Read(AIM.order_by(Aim.id), AimRow)
ONE_AIM = Read(AIM.where(Aim.id == bindparam("aim_id")), AimRow)


async def aims_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[AimRow]:
    """The aims of an agreement, oldest first."""
    return await fetch_all(session, AIMS, {"authority_id": authority_id, "agreement_id": agreement_id})


async def get_aim(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID, aim_id: UUID
) -> AimRow:
    """One aim. Raises NotFound unless the person has `permission` for its agreement."""
    values = {"authority_id": person.authority_id, "agreement_id": agreement_id, "aim_id": aim_id}
    aim = await fetch_one(session, ONE_AIM, values)
    if aim is None:
        raise NotFound
    require_on(person, permission, aim)
    return aim
