"""SELECTs for public entries, if the authority allows a public directory."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.directory.public_site.models import PublicEntry

A_PAGE = 25

PUBLIC: Any = select(*PublicEntry.__table__.columns).where(
    PublicEntry.authority_id == bindparam("authority_id")
)
NEWEST = (
    PUBLIC.order_by(PublicEntry.listed_at.desc(), PublicEntry.id.desc())
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)
AS_FOUND = (
    PUBLIC.where(PublicEntry.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(func.array_position(bindparam("ids", type_=ARRAY(Uuid)), PublicEntry.id))
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)
ONE_PUBLIC = PUBLIC.where(PublicEntry.id == bindparam("entry_id"))


def is_open(authority_id: int) -> bool:
    """Whether this authority has a public directory; the setting can change at any time."""
    return settings_of(authority_id).directory.widest == "public"


async def public_entries(
    session: AsyncSession,
    authority_id: int,
    *,
    theme: str = "",
    page: int = 1,
    ids: Sequence[UUID] | None = None,
) -> tuple[Sequence[Row[Any]], bool]:
    """A page of public entries, newest first, or of these `ids` in their order; and whether more follow.

    Raises NotFound when the authority has no public directory.
    """
    if not is_open(authority_id):
        raise NotFound
    values: dict[str, Any] = {"authority_id": authority_id, "skipped": (page - 1) * A_PAGE}
    statement = NEWEST if ids is None else AS_FOUND
    if ids is not None:
        values["ids"] = list(ids)
    if theme:
        statement = statement.where(literal(theme) == any_(PublicEntry.themes))
    found = (await session.execute(statement, values)).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def public_entry(session: AsyncSession, authority_id: int, entry_id: UUID) -> Row[Any]:
    """One public entry. Raises NotFound."""
    values = {"authority_id": authority_id, "entry_id": entry_id}
    found: Row[Any] | None = None
    if is_open(authority_id):
        found = (await session.execute(ONE_PUBLIC, values)).one_or_none()
    if found is None:
        raise NotFound
    return found
