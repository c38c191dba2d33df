"""The diary of a partnership, and the records that are overdue."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.partnerships.model import Partnership
from alongside.partnerships.queries import AUTHORITY, Asking, Giving, one_row, reached, rows_of
from alongside.partnerships.visit import Visit

VISIT: Any = (
    select(
        *Visit.__table__.columns,
        Partnership.asking_urn,
        Partnership.giving_urn,
        Partnership.state.label("partnership_state"),
        Asking.name.label("asking_name"),
        Giving.name.label("giving_name"),
    )
    .join(Partnership, (Partnership.authority_id == AUTHORITY) & (Partnership.id == Visit.partnership_id))
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == Partnership.asking_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == Partnership.giving_urn))
    .where(Visit.authority_id == AUTHORITY)
)
VISITS: Any = (
    VISIT.where(Visit.partnership_id == bindparam("partnership_id"))
    .order_by(Visit.visit_on.desc(), Visit.id.desc())
    .limit(literal_column("200"))
)


async def visits_of(session: AsyncSession, authority_id: int, partnership_id: UUID) -> Sequence[Row[Any]]:
    """All visits of a partnership, the latest first, 200 at most."""
    return await rows_of(session, VISITS, authority_id=authority_id, partnership_id=partnership_id)


async def visit_to(session: AsyncSession, person: Person, permission: Permission, visit_id: UUID) -> Row[Any]:
    """A visit, if this person may do this to its partnership. Raises NotThere."""
    statement = reached(VISIT, person, permission, Partnership).where(Visit.id == visit_id)
    return await one_row(session, statement, authority_id=person.authority_id)


async def visit_now(session: AsyncSession, authority_id: int, visit_id: UUID) -> Row[Any]:
    """A visit as it is now; its partnership must be held."""
    return await one_row(session, VISIT.where(Visit.id == visit_id), authority_id=authority_id)


async def overdue_records(session: AsyncSession, authority_id: int, today: date) -> Sequence[Row[Any]]:
    """Planned visits of running partnerships whose record is overdue and not yet chased, 200 at most."""
    statement = (
        VISIT.where(
            Visit.state == "planned",
            Visit.record_due_on < today,
            Visit.chased_on.is_(None),
            Partnership.state == "active",
        )
        .order_by(Visit.id)
        .limit(literal_column("200"))
    )
    return await rows_of(session, statement, authority_id=authority_id)
