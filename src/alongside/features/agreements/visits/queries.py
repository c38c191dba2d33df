"""Queries for visits and overdue records."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AUTHORITY, Asking, Giving
from alongside.features.agreements.visit import Visit
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row, rows_of

VISIT: Any = (
    select(
        *Visit.__table__.columns,
        SupportAgreement.requesting_urn,
        SupportAgreement.supporting_urn,
        SupportAgreement.state.label("agreement_state"),
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
    )
    .join(
        SupportAgreement,
        (SupportAgreement.authority_id == AUTHORITY) & (SupportAgreement.id == Visit.agreement_id),
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .where(Visit.authority_id == AUTHORITY)
)
VISITS: Any = (
    VISIT.where(Visit.agreement_id == bindparam("agreement_id"))
    .order_by(Visit.visit_on.desc(), Visit.id.desc())
    .limit(literal_column("200"))
)


async def visits_of(session: AsyncSession, authority_id: int, agreement_id: UUID) -> Sequence[Row[Any]]:
    """All visits of an agreement, newest first, 200 at most."""
    return await rows_of(session, VISITS, authority_id=authority_id, agreement_id=agreement_id)


async def visit_to(
    session: AsyncSession, person: Principal, permission: Permission, visit_id: UUID
) -> Row[Any]:
    """One visit. Raises NotFound unless the person has `permission` for its agreement."""
    statement = filter_records(VISIT, person, permission, SupportAgreement).where(Visit.id == visit_id)
    return await one_row(session, statement, authority_id=person.authority_id)


async def visit_now(session: AsyncSession, authority_id: int, visit_id: UUID) -> Row[Any]:
    """The current row of a visit. Its agreement must be locked."""
    return await one_row(session, VISIT.where(Visit.id == visit_id), authority_id=authority_id)


async def overdue_records(session: AsyncSession, authority_id: int, today: date) -> Sequence[Row[Any]]:
    """Planned visits of running agreements with an overdue record and no reminder yet, 200 at most."""
    statement = (
        VISIT.where(
            Visit.state == "planned",
            Visit.record_due_on < today,
            Visit.chased_on.is_(None),
            SupportAgreement.state == "active",
        )
        .order_by(Visit.id)
        .limit(literal_column("200"))
    )
    return await rows_of(session, statement, authority_id=authority_id)
