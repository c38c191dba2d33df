"""The attachments of a case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import NotThere
from alongside.escalations.asking import ask
from alongside.escalations.files.model import CaseFile
from alongside.escalations.queries import AUTHORITY, case_to, of_case
from alongside.people.model import PersonRow

LINE = (
    CaseFile.id,
    CaseFile.case_id,
    CaseFile.name,
    CaseFile.kind,
    CaseFile.size,
    CaseFile.for_school,
    CaseFile.added_at,
    CaseFile.removed_at,
)
FILES: Any = (
    select(*LINE, PersonRow.name.label("adder"))
    .join(PersonRow, (PersonRow.authority_id == AUTHORITY) & (PersonRow.id == CaseFile.added_by))
    .where(CaseFile.authority_id == AUTHORITY, CaseFile.case_id == bindparam("case_id"))
    .order_by(CaseFile.id)
    .limit(literal_column("200"))
)
ROOM: Any = select(func.count(), func.coalesce(func.sum(CaseFile.size), 0)).where(
    CaseFile.authority_id == AUTHORITY,
    CaseFile.case_id == bindparam("case_id"),
    CaseFile.removed_at.is_(None),
)


async def files_of(session: AsyncSession, person: Person, case_id: UUID) -> Sequence[Row[Any]]:
    """The attachments of a case, without their content; a headteacher is shown those that are for the school."""
    return await of_case(session, person, FILES, case_id)


async def file_to(
    session: AsyncSession, person: Person, permission: Permission, file_id: UUID, *, content: bool = False
) -> tuple[Row[Any], Row[Any]]:
    """An attachment and its case, if this person may do this to it. Raises NotThere, also when it was taken away."""
    await ask(session, person)
    columns = (*LINE, CaseFile.content) if content else LINE
    statement: Any = select(*columns).where(
        CaseFile.authority_id == AUTHORITY, CaseFile.id == file_id, CaseFile.removed_at.is_(None)
    )
    found: Row[Any] | None = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotThere
    return found, await case_to(session, person, permission, found.case_id)


async def room_taken(session: AsyncSession, person: Person, case_id: UUID) -> tuple[int, int]:
    """How many attachments a case has, and how many bytes they are."""
    values = {"authority_id": person.authority_id, "case_id": case_id}
    count, size = (await session.execute(ROOM, values)).one()
    return count, size
