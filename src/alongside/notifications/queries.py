"""What somebody was told; which letters wait, went out or could not be delivered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.notifications.model import Notice

A_PAGE = 25

NOTICES = (
    select(Notice.id, Notice.kind, Notice.text, Notice.path, Notice.at, Notice.read_at)
    .where(Notice.authority_id == bindparam("authority_id"), Notice.person_id == bindparam("person_id"))
    .order_by(Notice.id.desc())
)
A_PAGE_OF_NOTICES: Select[Any] = NOTICES.limit(literal_column(str(A_PAGE + 1))).offset(bindparam("skipped"))
LATEST = NOTICES.limit(bindparam("most", literal_execute=True))
UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(
        Notice.authority_id == bindparam("authority_id"),
        Notice.person_id == bindparam("person_id"),
        Notice.read_at.is_(None),
    )
)


def _of(person: Person) -> dict[str, Any]:
    return {"authority_id": person.authority_id, "person_id": person.id}


async def latest_notices(session: AsyncSession, person: Person, most: int) -> Sequence[Row[Any]]:
    """The newest things that this person was told, `most` at most."""
    return (await session.execute(LATEST, _of(person) | {"most": int(most)})).all()


async def notices_to(session: AsyncSession, person: Person, page: int) -> tuple[Sequence[Row[Any]], bool]:
    """One page (from 1) of what this person was told, newest first, and whether there is more."""
    found = (await session.execute(A_PAGE_OF_NOTICES, _of(person) | {"skipped": (page - 1) * A_PAGE})).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def unread_notices(session: AsyncSession, person: Person) -> int:
    """How many things this person was told and has not read: the number beside “Notices” on a desk."""
    return int((await session.execute(UNREAD, _of(person))).scalar_one())
