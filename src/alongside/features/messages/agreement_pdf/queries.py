"""The files that the two schools of an agreement have sent each other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.messages.models import Message, MessageThread
from alongside.features.people.models import Person
from alongside.platform.database.reads import Read, fetch_all


class SentFile(msgspec.Struct, frozen=True):
    """A file with its size in bytes, who sent it and when."""

    filename: str
    size: int
    sender: str
    sent_at: datetime


FILES = Read(
    select(Message.filename, func.octet_length(Message.content), Person.name, Message.written_at)
    .select_from(MessageThread)
    .join(
        Message,
        (Message.authority_id == MessageThread.authority_id) & (Message.thread_id == MessageThread.id),
    )
    .join(Person, (Person.authority_id == Message.authority_id) & (Person.id == Message.written_by))
    .where(
        MessageThread.authority_id == bindparam("authority_id"),
        MessageThread.proposal_id == bindparam("proposal_id"),
        Message.kind == "file",
        Message.removed_at.is_(None),
    )
    .order_by(Message.id)
    .limit(literal_column("100")),
    SentFile,
)


async def files_of_proposal(
    session: AsyncSession, authority_id: int, proposal_id: UUID
) -> Sequence[SentFile]:
    """The files of the thread about a proposal and its agreement, oldest first, 100 at most."""
    return await fetch_all(session, FILES, {"authority_id": authority_id, "proposal_id": proposal_id})
