"""Proposed changes to a partnership, the one that waits for an answer first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.partnerships.amendment import Amendment
from alongside.partnerships.model import Partnership
from alongside.partnerships.queries import AUTHORITY, one_row, reached, rows_of

AMENDMENT: Any = (
    select(*Amendment.__table__.columns, Partnership.asking_urn, Partnership.giving_urn)
    .join(Partnership, (Partnership.authority_id == AUTHORITY) & (Partnership.id == Amendment.partnership_id))
    .where(Amendment.authority_id == AUTHORITY)
)
AMENDMENTS: Any = (
    AMENDMENT.where(Amendment.partnership_id == bindparam("partnership_id"))
    .order_by((Amendment.state == "proposed").desc(), Amendment.id.desc())
    .limit(literal_column("50"))
)


async def amendments_of(session: AsyncSession, authority_id: int, partnership_id: UUID) -> Sequence[Row[Any]]:
    """All changes proposed in a partnership, 50 at most."""
    return await rows_of(session, AMENDMENTS, authority_id=authority_id, partnership_id=partnership_id)


async def amendment_to(
    session: AsyncSession, person: Person, permission: Permission, amendment_id: UUID
) -> Row[Any]:
    """A proposed change, if this person may do this to its partnership. Raises NotThere."""
    statement = reached(AMENDMENT, person, permission, Partnership).where(Amendment.id == amendment_id)
    return await one_row(session, statement, authority_id=person.authority_id)
