"""Queries for threads, messages, contacts and unread messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.proposal import Proposal
from alongside.features.messages.models import Message, MessageReading, MessageThread
from alongside.features.messages.thread import Contact, Thread, ThreadMessage
from alongside.features.needs.models import Need
from alongside.features.people.models import Person
from alongside.features.people.queries import people_of_schools
from alongside.features.schools.models import School
from alongside.features.visit_requests.queries import get_visit_request
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.access.records import record_filter, require_on
from alongside.platform.database.reads import Read, fetch_all, fetch_one, select_one

ON_A_PAGE = 25
"""Messages on one page of a thread."""

Asking = aliased(School, name="asking")
Giving = aliased(School, name="giving")
Remover = aliased(Person, name="remover")


class ProposalOfThread(msgspec.Struct, frozen=True):
    """What a thread shows of its proposal; `agreement_id` once both schools have accepted."""

    id: UUID
    state: str
    requesting_urn: int
    supporting_urn: int
    requesting_name: str
    supporting_name: str
    title: str
    agreement_id: UUID | None


PROPOSAL = (
    select(
        Proposal.id,
        Proposal.state,
        Proposal.requesting_urn,
        Proposal.supporting_urn,
        Asking.name.label("requesting_name"),
        Giving.name.label("supporting_name"),
        Need.title,
        SupportAgreement.id.label("agreement_id"),
    )
    .join(Asking, (Asking.authority_id == Proposal.authority_id) & (Asking.urn == Proposal.requesting_urn))
    .join(Giving, (Giving.authority_id == Proposal.authority_id) & (Giving.urn == Proposal.supporting_urn))
    .join(Need, (Need.authority_id == Proposal.authority_id) & (Need.id == Proposal.need_id))
    .outerjoin(
        SupportAgreement,
        (SupportAgreement.authority_id == Proposal.authority_id)
        & (SupportAgreement.proposal_id == Proposal.id),
    )
    .where(Proposal.authority_id == bindparam("authority_id"))
)


async def thread_of_proposal(
    session: AsyncSession, person: Principal, permission: Permission, proposal_id: UUID
) -> Thread:
    """The thread about a proposal and its agreement. Raises NotFound unless the person acts for one of the schools."""
    return await _proposal(session, person, permission, Proposal.id == proposal_id)


async def thread_of_agreement(
    session: AsyncSession, person: Principal, permission: Permission, agreement_id: UUID
) -> Thread:
    """The same thread, by the agreement."""
    return await _proposal(session, person, permission, SupportAgreement.id == agreement_id)


async def _proposal(
    session: AsyncSession, person: Principal, permission: Permission, chosen: ColumnElement[bool]
) -> Thread:
    mine = PROPOSAL.where(chosen, record_filter(person, permission, Proposal))
    found = await select_one(session, mine, ProposalOfThread, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    path, name = (
        (f"/proposals/{found.id}", "Proposal")
        if found.agreement_id is None
        else (f"/agreements/{found.agreement_id}", "Support agreement")
    )
    return Thread(
        proposal_id=found.id,
        visit_request_id=None,
        requesting_urn=found.requesting_urn,
        supporting_urn=found.supporting_urn,
        requesting_name=found.requesting_name,
        supporting_name=found.supporting_name,
        title=found.title,
        agreed=found.agreement_id is not None,
        record_url=path,
        record_name=name,
    )


async def thread_of_visit(
    session: AsyncSession, person: Principal, permission: Permission, visit_request_id: UUID
) -> Thread:
    """The thread about a visit request. Raises NotFound unless the person acts for one of the schools."""
    row = await get_visit_request(session, person, Permission.VIEW_VISIT_REQUEST, visit_request_id)
    require_on(person, permission, row)
    return Thread(
        proposal_id=None,
        visit_request_id=row.id,
        requesting_urn=row.requesting_urn,
        supporting_urn=row.supporting_urn,
        requesting_name=row.requesting_name,
        supporting_name=row.supporting_name,
        title=row.subject,
        agreed=row.state in ("agreed", "took_place"),
        record_url=f"/visit-requests/{row.id}",
        record_name="Visit",
    )


_MESSAGES = (
    select(
        Message.id,
        Message.kind,
        Message.school_urn,
        Message.written_by,
        Message.written_at,
        Message.body,
        Message.edited_at,
        Message.called_on,
        Message.called_with,
        Message.filename,
        func.octet_length(Message.content),
        Message.removed_at,
        Person.name.label("writer"),
        School.name.label("school"),
        Remover.name.label("remover"),
    )
    .join(
        MessageThread,
        (MessageThread.authority_id == Message.authority_id) & (MessageThread.id == Message.thread_id),
    )
    .join(Person, (Person.authority_id == Message.authority_id) & (Person.id == Message.written_by))
    .join(School, (School.authority_id == Message.authority_id) & (School.urn == Message.school_urn))
    .outerjoin(Remover, (Remover.authority_id == Message.authority_id) & (Remover.id == Message.removed_by))
    .where(Message.authority_id == bindparam("authority_id"))
)
OF_THREAD = MessageThread.proposal_id.is_not_distinct_from(
    bindparam("proposal_id")
) & MessageThread.visit_request_id.is_not_distinct_from(bindparam("visit_request_id"))
MESSAGES = Read(
    _MESSAGES.where(OF_THREAD)
    .order_by(Message.id.desc())
    .limit(literal_column(str(ON_A_PAGE + 1)))
    .offset(bindparam("skip")),
    ThreadMessage,
)
ONE_MESSAGE = Read(_MESSAGES.where(Message.id == bindparam("message_id")), ThreadMessage)


async def messages_of(
    session: AsyncSession, person: Principal, thread: Thread, page: int
) -> tuple[Sequence[ThreadMessage], bool]:
    """One page of the messages of a thread, newest first, and whether there are more."""
    skip = (page - 1) * ON_A_PAGE
    rows = await fetch_all(session, MESSAGES, _values(person, thread) | {"skip": skip})
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


def _values(person: Principal, thread: Thread) -> dict[str, object]:
    return {
        "authority_id": person.authority_id,
        "proposal_id": thread.proposal_id,
        "visit_request_id": thread.visit_request_id,
    }


@dataclass(frozen=True, slots=True)
class MessageInThread:
    """A message and its thread."""

    message: ThreadMessage
    thread: Thread


class _ThreadIds(msgspec.Struct, frozen=True):
    proposal_id: UUID | None
    visit_request_id: UUID | None


THREAD_OF_MESSAGE = Read(
    select(MessageThread.proposal_id, MessageThread.visit_request_id)
    .join(
        Message,
        (Message.authority_id == MessageThread.authority_id) & (Message.thread_id == MessageThread.id),
    )
    .where(Message.authority_id == bindparam("authority_id"), Message.id == bindparam("message_id")),
    _ThreadIds,
)


async def get_message(
    session: AsyncSession, person: Principal, permission: Permission, message_id: UUID
) -> MessageInThread:
    """A message with its thread. Raises NotFound unless the person acts for one of the schools."""
    values = {"authority_id": person.authority_id, "message_id": message_id}
    found = await fetch_one(session, THREAD_OF_MESSAGE, values)
    if found is None:
        raise NotFound
    if found.visit_request_id is not None:
        thread = await thread_of_visit(session, person, permission, found.visit_request_id)
    elif found.proposal_id is not None:
        thread = await thread_of_proposal(session, person, permission, found.proposal_id)
    else:
        raise NotFound
    message = await fetch_one(session, ONE_MESSAGE, values)
    if message is None:
        raise NotFound
    return MessageInThread(message, thread)


class MessageFile(msgspec.Struct, frozen=True):
    """The file of a message."""

    filename: str
    media_type: str
    content: bytes | None


MESSAGE_FILE = Read(
    select(Message.filename, Message.media_type, Message.content).where(
        Message.authority_id == bindparam("authority_id"), Message.id == bindparam("message_id")
    ),
    MessageFile,
)


async def file_of_message(session: AsyncSession, person: Principal, message_id: UUID) -> MessageFile:
    """The file of a message, whose access the caller has checked. Raises NotFound if it has none."""
    values = {"authority_id": person.authority_id, "message_id": message_id}
    found = await fetch_one(session, MESSAGE_FILE, values)
    if found is None or found.content is None:
        raise NotFound
    return found


async def contacts_of(session: AsyncSession, person: Principal, thread: Thread) -> Sequence[Contact]:
    """The headteachers of the other school, and once both have accepted its delegates, with email addresses."""
    found = await people_of_schools(session, person.authority_id, person.today, [thread.other_urn(person)])
    named = [one for one in found if thread.agreed or one.role == Role.HEADTEACHER]
    return sorted(
        (Contact(one.id, one.name, one.role, one.email if thread.agreed else "") for one in named),
        key=lambda one: (one.role != Role.HEADTEACHER, one.name, one.id),
    )


class _Count(msgspec.Struct, frozen=True):
    number: int


UNREAD = Read(
    select(func.count())
    .select_from(Message)
    .join(
        MessageThread,
        (MessageThread.authority_id == Message.authority_id) & (MessageThread.id == Message.thread_id),
    )
    .outerjoin(
        MessageReading,
        (MessageReading.authority_id == Message.authority_id)
        & (MessageReading.thread_id == Message.thread_id)
        & (MessageReading.person_id == bindparam("person_id")),
    )
    .where(
        Message.authority_id == bindparam("authority_id"),
        OF_THREAD,
        Message.school_urn != bindparam("school_urn"),
        MessageReading.read_at.is_(None) | (Message.written_at > MessageReading.read_at),
    ),
    _Count,
)


async def has_unread(session: AsyncSession, person: Principal, thread: Thread) -> bool:
    """Whether the other school has written since this person last read the thread."""
    values = _values(person, thread) | {"person_id": person.id, "school_urn": person.school_urn}
    found = await fetch_one(session, UNREAD, values)
    return found is not None and found.number > 0
