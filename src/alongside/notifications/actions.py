"""Telling people, in the transaction of the act: no act without its notice, no notice without its act."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.notifications.model import Notice


async def tell(
    session: AsyncSession,
    person: Person,
    to: Iterable[UUID],
    kind: str,
    text: str,
    path: str,
    *,
    once: str,
) -> None:
    """Let people know that something concerns them; whoever acts is not told of their own act.

    `text` is one plain sentence without judgements, `path` where to look, `once` a key (“need_posted:<id>”): the
    same person is told of the same thing once, however often the act is retried.
    """
    rows = [
        {
            "authority_id": person.authority_id,
            "person_id": one,
            "kind": kind,
            "text": text,
            "path": path,
            "once": once,
        }
        for one in dict.fromkeys(to)
        if one != person.id
    ]
    if rows:
        await session.execute(insert(Notice).values(rows).on_conflict_do_nothing())
