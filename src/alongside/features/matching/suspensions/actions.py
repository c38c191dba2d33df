"""Commands to suspend a school as a supporter and to end the suspension."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.matching.constraints import SupplierSuspension
from alongside.features.matching.suspensions.queries import get_suspension
from alongside.features.schools.choices import require_school
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def suspend_supplier(
    session: AsyncSession, person: Principal, urn: int, reason: str, until_on: date | None
) -> None:
    """Leave a school's offers out of plans; existing agreements continue.

    A suspension past its end date is replaced. Raises ActionRefused if the school is already suspended.
    """
    require(person, Permission.SUSPEND_SUPPLIER, urn)
    await require_school(session, person.authority_id, urn)
    await session.execute(
        update(SupplierSuspension)
        .where(
            SupplierSuspension.authority_id == person.authority_id,
            SupplierSuspension.school_urn == urn,
            SupplierSuspension.lifted_at.is_(None),
            SupplierSuspension.until_on < person.today,
        )
        .values(lifted_at=func.now())
    )
    made = await session.scalar(
        insert(SupplierSuspension)
        .values(
            authority_id=person.authority_id,
            school_urn=urn,
            reason=reason,
            until_on=until_on,
            set_by=person.id,
        )
        .on_conflict_do_nothing()
        .returning(SupplierSuspension.id)
    )
    if made is None:
        raise ActionRefused("This school is already suspended. End that suspension first.")
    await record_audit(session, person, "set_suspension", "school_support_suspension", made)


async def end_suspension(session: AsyncSession, person: Principal, suspension_id: UUID) -> None:
    """End a suspension, so that plans may use the school's offers again."""
    row = await get_suspension(session, person, Permission.SUSPEND_SUPPLIER, suspension_id)
    lifted = await session.execute(
        update(SupplierSuspension)
        .where(
            SupplierSuspension.authority_id == person.authority_id,
            SupplierSuspension.id == row.id,
            SupplierSuspension.lifted_at.is_(None),
        )
        .values(lifted_at=func.now())
        .returning(SupplierSuspension.id)
    )
    if lifted.first() is None:
        raise ActionRefused("This suspension has already ended.")
    await record_audit(session, person, "lift_suspension", "school_support_suspension", row.id)
