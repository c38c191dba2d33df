"""Limits on messages and their files: each message is an email to everybody who acts for the other school."""

import msgspec
from sqlalchemy import Integer, Uuid, and_, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, TooManyRequests
from alongside.features.agreements.proposal import Proposal
from alongside.features.messages.models import (
    MOST_BYTES,
    MOST_OF_ONE_PERSON,
    MOST_TO_ONE_SCHOOL,
    Message,
    MessageThread,
)
from alongside.features.messages.thread import Thread
from alongside.features.visit_requests.models import VisitRequest
from alongside.platform.access.principal import Principal
from alongside.platform.database.count_alone import count_alone
from alongside.platform.database.reads import Read, fetch_all


class Written(msgspec.Struct, frozen=True):
    """Messages of one person in the last hour, and of their school to another one in the last day."""

    by_person: int
    to_school: int


class Stored(msgspec.Struct, frozen=True):
    """Bytes of the files of one school."""

    size: int


OF_SCHOOL = (
    Message.authority_id == bindparam("authority_id"),
    Message.school_urn == bindparam("school_urn"),
)
OTHER = bindparam("other_urn", type_=Integer)
WRITTEN = Read(
    select(
        func.count().filter(
            Message.written_by == bindparam("person_id", type_=Uuid),
            Message.written_at > func.now() - text("interval '1 hour'"),
        ),
        func.count().filter(
            or_(
                Proposal.requesting_urn == OTHER,
                Proposal.supporting_urn == OTHER,
                VisitRequest.requesting_urn == OTHER,
                VisitRequest.supporting_urn == OTHER,
            )
        ),
    )
    .select_from(Message)
    .join(
        MessageThread,
        and_(MessageThread.authority_id == Message.authority_id, MessageThread.id == Message.thread_id),
    )
    .outerjoin(
        Proposal,
        and_(Proposal.authority_id == Message.authority_id, Proposal.id == MessageThread.proposal_id),
    )
    .outerjoin(
        VisitRequest,
        and_(
            VisitRequest.authority_id == Message.authority_id,
            VisitRequest.id == MessageThread.visit_request_id,
        ),
    )
    .where(*OF_SCHOOL, Message.written_at > func.now() - text("interval '1 day'")),
    Written,
)
STORED = Read(
    select(func.coalesce(func.sum(func.octet_length(Message.content)), 0)).where(
        *OF_SCHOOL, Message.content.is_not(None)
    ),
    Stored,
)


async def refuse_too_many_messages(session: AsyncSession, person: Principal, thread: Thread) -> None:
    """Raise TooManyRequests if the person or their school has written too many messages lately."""
    values = {
        "authority_id": person.authority_id,
        "school_urn": person.school_urn,
        "person_id": person.id,
        "other_urn": thread.other_urn(person),
    }
    await _count_alone(session, person)
    (written,) = await fetch_all(session, WRITTEN, values)
    if written.by_person >= MOST_OF_ONE_PERSON:
        raise TooManyRequests(
            f"You have written {MOST_OF_ONE_PERSON} messages in the last hour. Wait an hour, then send it again."
        )
    if written.to_school >= MOST_TO_ONE_SCHOOL:
        raise TooManyRequests(
            f"Your school has written {MOST_TO_ONE_SCHOOL} messages to {thread.other_name(person)} in the last day. "
            "Wait a day, then send it again."
        )


async def refuse_too_many_bytes(session: AsyncSession, person: Principal, size: int) -> None:
    """Raise ActionRefused if a further file of this size is more than the person's school may have."""
    values = {"authority_id": person.authority_id, "school_urn": person.school_urn}
    await _count_alone(session, person)
    (stored,) = await fetch_all(session, STORED, values)
    if stored.size + size > MOST_BYTES:
        raise ActionRefused(
            f"The files in your school's messages would be larger than {MOST_BYTES // 1_000_000} MB. "
            "Remove a file first."
        )


async def _count_alone(session: AsyncSession, person: Principal) -> None:
    await count_alone(session, person.authority_id, f"messages of {person.school_urn}")
