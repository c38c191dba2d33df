"""Saved views of lists; only their owner can see or remove them."""

from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.models import SavedView
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read


class View(msgspec.Struct, frozen=True):
    """A saved view of a list: its name and the query string."""

    id: UUID
    name: str
    query: str


VIEWS = Read(
    select(SavedView.id, SavedView.name, SavedView.query)
    .where(SavedView.authority_id == bindparam("authority_id"), SavedView.person_id == bindparam("person_id"))
    .order_by(SavedView.name)
    .limit(literal_column("50")),
    View,
)


async def save_view(session: AsyncSession, person: Principal, name: str, query: str) -> None:
    """Save a view; it replaces one of the same name."""
    await session.execute(
        insert(SavedView)
        .values(authority_id=person.authority_id, person_id=person.id, name=name, query=query)
        .on_conflict_do_update(index_elements=["authority_id", "person_id", "name"], set_={"query": query})
    )


async def remove_view(session: AsyncSession, person: Principal, view_id: UUID) -> bool:
    """Remove a saved view; False when this person has no such view."""
    gone = await session.execute(
        delete(SavedView)
        .where(
            SavedView.authority_id == person.authority_id,
            SavedView.person_id == person.id,
            SavedView.id == view_id,
        )
        .returning(SavedView.id)
    )
    return gone.first() is not None
