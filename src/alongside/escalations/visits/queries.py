"""The visits of a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.escalations.asking import ask
from alongside.escalations.queries import AUTHORITY, case_to, of_case
from alongside.escalations.visits.model import CaseVisit

VISIT: Any = select(*CaseVisit.__table__.columns).where(CaseVisit.authority_id == AUTHORITY)
VISITS: Any = (
    VISIT.where(CaseVisit.case_id == bindparam("case_id"))
    .order_by(CaseVisit.visit_on.desc(), CaseVisit.id.desc())
    .limit(literal_column("200"))
)


async def visits_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """The visits of a case, the latest first; a headteacher is shown those that are for the school."""
    return await of_case(session, person, VISITS, case_id)


async def visit_to(
    session: AsyncSession, person: Person, permission: Permission, visit_id: UUID
) -> tuple[Row[Any], Row[Any]]:
    """A visit and its case, if this person may do this to it. Raises NotThere."""
    await ask(session, person)
    found: Row[Any] | None = (
        await session.execute(VISIT.where(CaseVisit.id == visit_id), {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotThere
    return found, await case_to(session, person, permission, found.case_id)
