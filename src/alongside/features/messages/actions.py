"""Write a message, add a file, record a call, change or remove a message, and note that a thread was read."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.messages.limits import refuse_too_many_bytes, refuse_too_many_messages
from alongside.features.messages.models import (
    MINUTES_TO_EDIT,
    MOST_FILES,
    Message,
    MessageReading,
    MessageThread,
)
from alongside.features.messages.queries import get_message
from alongside.features.messages.thread import Thread
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.count_alone import count_alone
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify
from alongside.platform.uploads.file_types import CheckedFile


async def write_message(session: AsyncSession, person: Principal, thread: Thread, body: str) -> None:
    """Write to the other school; the people who act for it are notified."""
    text = f"{thread.own_name(person)} wrote to you about “{thread.title}”."
    await _add(session, person, thread, text, kind="message", body=body)


async def record_call(
    session: AsyncSession, person: Principal, thread: Thread, called_on: date, called_with: str, body: str
) -> None:
    """Record a telephone call in the thread."""
    text = f"{thread.own_name(person)} recorded a call about “{thread.title}”."
    await _add(
        session, person, thread, text, kind="call", body=body, called_on=called_on, called_with=called_with
    )


async def send_file(
    session: AsyncSession, person: Principal, thread: Thread, file: CheckedFile, content: bytes, body: str
) -> None:
    """Send a file to the other school. Raises ActionRefused when the thread has too many."""
    thread_id = await _thread_id(session, person, thread)
    await count_alone(session, person.authority_id, f"files of {thread_id}")
    count = await session.scalar(
        select(func.count()).where(
            Message.authority_id == person.authority_id,
            Message.thread_id == thread_id,
            Message.content.is_not(None),
        )
    )
    if (count or 0) >= MOST_FILES:
        raise ActionRefused(f"There are {MOST_FILES} files here, the most that are kept. Remove one first.")
    await refuse_too_many_bytes(session, person, len(content))
    text = f"{thread.own_name(person)} sent you a file about “{thread.title}”."
    await _add(
        session,
        person,
        thread,
        text,
        kind="file",
        body=body,
        filename=file.name,
        media_type=file.media_type,
        content=content,
    )


async def _add(session: AsyncSession, person: Principal, thread: Thread, text: str, **values: object) -> None:
    require_on(person, Permission.WRITE_MESSAGE, thread)
    await refuse_too_many_messages(session, person, thread)
    thread_id = await _thread_id(session, person, thread)
    made = await session.scalar(
        insert(Message)
        .values(
            authority_id=person.authority_id,
            thread_id=thread_id,
            school_urn=person.school_urn,
            written_by=person.id,
            **values,
        )
        .returning(Message.id)
    )
    assert made is not None
    schools = (thread.requesting_urn, thread.supporting_urn)
    await record_audit(session, person, f"write_{values['kind']}", "message", made, schools=schools)
    await _mark_read(session, person, thread_id)
    people = await people_of_schools(session, person.authority_id, person.today, [thread.other_urn(person)])
    kind = f"message_{values['kind']}"
    await notify(session, person, ids(people), kind, text, thread.url, once=f"message:{made}", asks=True)


async def _thread_id(session: AsyncSession, person: Principal, thread: Thread) -> UUID:
    """Return the id of the stored thread, which the first message creates."""
    await session.execute(
        insert(MessageThread)
        .values(
            authority_id=person.authority_id,
            proposal_id=thread.proposal_id,
            visit_request_id=thread.visit_request_id,
        )
        .on_conflict_do_nothing()
    )
    found = await _stored_thread(session, person, thread)
    assert found is not None
    return found


async def _stored_thread(session: AsyncSession, person: Principal, thread: Thread) -> UUID | None:
    found: UUID | None = await session.scalar(
        select(MessageThread.id).where(
            MessageThread.authority_id == person.authority_id,
            MessageThread.proposal_id.is_not_distinct_from(thread.proposal_id),
            MessageThread.visit_request_id.is_not_distinct_from(thread.visit_request_id),
        )
    )
    return found


async def edit_message(session: AsyncSession, person: Principal, message_id: UUID, body: str) -> None:
    """Change the text of one's own message, within five minutes. Raises ActionRefused later; a trigger does too."""
    found = await get_message(session, person, Permission.WRITE_MESSAGE, message_id)
    if found.message.written_by != person.id:
        raise NotFound
    if not found.message.may_be_edited(person, datetime.now(UTC)):
        raise ActionRefused(
            f"A message can be changed for {MINUTES_TO_EDIT} minutes. Write another message to correct it."
        )
    await session.execute(
        update(Message)
        .where(Message.authority_id == person.authority_id, Message.id == message_id)
        .values(body=body, edited_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await _audit(session, person, "edit_message", message_id, found.thread)


async def remove_message(session: AsyncSession, person: Principal, message_id: UUID) -> None:
    """Remove a message of one's own school: its text and file are deleted, and who removed it is shown."""
    found = await get_message(session, person, Permission.WRITE_MESSAGE, message_id)
    if found.message.school_urn != person.school_urn:
        raise NotFound
    if found.message.removed_at is not None:
        raise ActionRefused("This message is removed already.")
    await session.execute(
        update(Message)
        .where(Message.authority_id == person.authority_id, Message.id == message_id)
        .values(
            body="",
            called_with="",
            filename="",
            content=None,
            removed_at=func.now(),
            removed_by=person.id,
        )
        .execution_options(synchronize_session=False)
    )
    await _audit(session, person, "remove_message", message_id, found.thread)


async def _audit(
    session: AsyncSession, person: Principal, verb: str, message_id: UUID, thread: Thread
) -> None:
    schools = (thread.requesting_urn, thread.supporting_urn)
    await record_audit(session, person, verb, "message", message_id, schools=schools)


async def note_reading(database: Database, person: Principal, thread: Thread) -> None:
    """Note that a person has read a thread, in a transaction of its own, because pages are read without writing."""

    async def note() -> None:
        async with database.transaction(person.authority_id) as session:
            thread_id = await _stored_thread(session, person, thread)
            if thread_id is not None:
                await _mark_read(session, person, thread_id)

    await run_with_retries(note)


async def _mark_read(session: AsyncSession, person: Principal, thread_id: UUID) -> None:
    read = insert(MessageReading).values(
        authority_id=person.authority_id, thread_id=thread_id, person_id=person.id, read_at=func.now()
    )
    await session.execute(
        read.on_conflict_do_update(
            index_elements=["authority_id", "thread_id", "person_id"], set_={"read_at": func.now()}
        )
    )
