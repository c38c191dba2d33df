"""Entries closest in meaning to a search, by the process of the sentence model."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.embeddings import EntryEmbedding
from alongside.features.directory.search.model_client import ModelAway, model
from alongside.features.directory.search.model_messages import Nearest, Vectors
from alongside.platform.database.reads import Read, fetch_all

A_PART = 1_000
"""Entries whose embeddings are read and sent at a time: 0.8 MB."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The number of entries with embeddings, and when the latest was calculated."""

    number: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEmbedding:
    """The embeddings of an entry."""

    entry_id: UUID
    numbers: bytes


OF_AUTHORITY = EntryEmbedding.authority_id == bindparam("authority_id")
STAMP = Read(
    select(func.count(EntryEmbedding.read_at), func.max(EntryEmbedding.read_at)).where(OF_AUTHORITY), Stamp
)
PART = Read(
    select(EntryEmbedding.entry_id, EntryEmbedding.numbers)
    .where(OF_AUTHORITY, EntryEmbedding.numbers.is_not(None), EntryEmbedding.entry_id > bindparam("after"))
    .order_by(EntryEmbedding.entry_id)
    .limit(bindparam("a_part", A_PART)),
    StoredEmbedding,
)


Near = tuple[list[UUID], list[float]]
"""Ids of entries, closest in meaning first, and their similarity."""

Opened = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction in which embeddings are read."""


async def stamp_of(session: AsyncSession, authority_id: int) -> Stamp:
    """Return which embeddings an authority has, by which the model knows whether it holds them."""
    (stamp,) = await fetch_all(session, STAMP, {"authority_id": authority_id})
    return stamp


async def nearest(opened: Opened, authority_id: int, stamp: Stamp, sentence: str) -> Near:
    """The ids of the entries closest in meaning to a sentence, closest first, and their similarity.

    They are from the whole authority: `search.find` drops those that the person may not see. None are found while the
    model is away: the search then uses words only. A transaction is open only while embeddings are read, and not while
    this waits for the model.
    """
    if not stamp.number:
        return [], []

    async def vectors() -> AsyncIterator[Vectors]:
        last = UUID(int=0)
        while rows := await part_after(last):
            last = rows[-1].entry_id
            yield Vectors(b"".join(row.entry_id.bytes for row in rows), b"".join(row.numbers for row in rows))

    async def part_after(last: UUID) -> list[StoredEmbedding]:
        async with opened() as session:
            return await fetch_all(session, PART, {"authority_id": authority_id, "after": last})

    wanted = Nearest(authority_id, f"{stamp.number} {stamp.read_at}", sentence)
    try:
        near = await model().nearest(wanted, vectors)
    except ModelAway:
        return [], []
    ids = [UUID(bytes=near.ids[at : at + 16]) for at in range(0, len(near.ids), 16)]
    return ids, list(near.similarities)
