"""The worker job that calculates embeddings of listed entries."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.models import DirectoryEntry
from alongside.features.directory.search.embeddings import EntryEmbedding, can_read
from alongside.features.directory.search.model_client import ModelAway, model
from alongside.platform.database.reads import select_all
from alongside.platform.queue_handler import QueueHandler, Turn, WorkerContext

A_BATCH = 8
"""Entries per transaction: about one second's work."""


class PendingEntry(msgspec.Struct, frozen=True):
    """An entry whose meaning is not calculated yet, with the texts that are embedded."""

    entry_id: UUID
    title: str
    problem: str
    what_we_did: str
    evidence: str


UNREAD = (
    select(
        EntryEmbedding.entry_id,
        DirectoryEntry.title,
        DirectoryEntry.problem,
        DirectoryEntry.what_we_did,
        DirectoryEntry.evidence,
    )
    .join(
        DirectoryEntry,
        (DirectoryEntry.authority_id == EntryEmbedding.authority_id)
        & (DirectoryEntry.id == EntryEmbedding.entry_id),
    )
    .where(EntryEmbedding.authority_id == bindparam("authority_id"), EntryEmbedding.numbers.is_(None))
    .order_by(EntryEmbedding.entry_id)
    .limit(literal_column(str(A_BATCH)))
    .with_for_update(of=EntryEmbedding, skip_locked=True)
)


async def embed_pending_entries(session: AsyncSession, authority_id: int) -> int:
    """Calculate the embeddings of a batch of entries; return how many, 0 where the model is not installed
    or does not answer.

    If the worker stops half-way, the entries stay in the queue; several workers take different entries.
    """
    if not can_read():
        return 0
    rows = await select_all(session, UNREAD, PendingEntry, {"authority_id": authority_id})
    if not rows:
        return 0
    try:
        numbers = await model().embed(tuple(text for row in rows for text in _texts(row)))
    except ModelAway:
        return 0
    length = len(numbers) // len(rows)
    for place, row in enumerate(rows):
        await session.execute(
            update(EntryEmbedding)
            .where(EntryEmbedding.authority_id == authority_id, EntryEmbedding.entry_id == row.entry_id)
            .values(numbers=numbers[place * length : (place + 1) * length], read_at=datetime.now(UTC))
        )
    return len(rows)


def _texts(row: PendingEntry) -> tuple[str, str]:
    """The texts that are embedded: title with problem, and the whole entry, cut at the model's limit."""
    head = f"{row.title}. {row.problem}"
    return head, f"{head} {row.what_we_did} {row.evidence}"


async def embed_entries(context: WorkerContext, authority_id: int) -> int:
    """Calculate the embeddings of a batch of entries, if a model is installed; return how many."""
    if not can_read():
        return 0
    async with context.database.transaction(authority_id) as session:
        return await embed_pending_entries(session, authority_id)


QUEUE_HANDLERS = (QueueHandler(embed_entries, Turn.IDLE),)
