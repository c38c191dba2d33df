"""Commands on notices: write, send, correct and withdraw them, ask and answer, and record who opened them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound
from alongside.features.authorities import settings_of
from alongside.features.notices.access_policy import identify_requester
from alongside.features.notices.audience import audience_of, school_phases
from alongside.features.notices.limits import refuse_too_many_bytes, refuse_too_many_questions
from alongside.features.notices.models import (
    DISCARD_NOTICE,
    DRAFT_NOTICE,
    MOST_FILES,
    SEND_NOTICE,
    WITHDRAW_NOTICE,
    Notice,
    NoticeCorrection,
    NoticeFile,
    NoticeQuestion,
    NoticeReading,
)
from alongside.features.notices.notifying import notify_audience
from alongside.features.notices.queries import NoticeRow, QuestionRow, files_of, sends
from alongside.platform.access.authorisation import require_for_consortium
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.count_alone import count_alone
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify
from alongside.platform.uploads.file_types import CheckedFile
from alongside.platform.workflow import apply_transition

LABELS = {
    "title": "Title",
    "body": "Text",
    "ends_on": "Show the notice until",
    "event_on": "Date of the event",
    "event_location": "Place",
}
"""The values that an edit conflict compares."""


def _addressed(person: Principal, key: str, with_delegates: bool) -> dict[str, object]:
    """Return the columns of an audience; leads send to the schools of a consortium that they lead."""
    audience = audience_of(key)
    sender = audience.consortium_id if person.role in CONSORTIUM_ROLES else None
    require_for_consortium(person, Permission.POST_NOTICE, sender)
    return {
        "consortium_id": sender,
        "audience": audience.kind,
        "phase": audience.phase,
        "audience_consortium_id": audience.consortium_id,
        "with_delegates": with_delegates and audience.kind == "heads",
    }


async def draft_notice(
    session: AsyncSession, person: Principal, values: Mapping[str, object], key: str, with_delegates: bool
) -> UUID:
    """Write a draft for the audience of a choice. Raises NotFound for an audience that this person may not choose."""
    addressed = _addressed(person, key, with_delegates)
    await identify_requester(session, person)
    notice_id = (
        await session.execute(
            insert(Notice)
            .values(
                authority_id=person.authority_id,
                posted_by=person.id,
                state=DRAFT_NOTICE.end,
                **addressed,
                **values,
            )
            .returning(Notice.id)
        )
    ).scalar_one()
    await record_audit(session, person, DRAFT_NOTICE.verb, "notice", notice_id)
    return notice_id


async def edit_draft(
    session: AsyncSession,
    person: Principal,
    notice: NoticeRow,
    values: Mapping[str, object],
    key: str,
    with_delegates: bool,
    version: int,
) -> None:
    """Change a draft. Raises ActionRefused once it was sent, EditConflict if it has changed since `version`."""
    _refuse_unless(notice, "draft", "This notice was sent. Correct it instead.")
    addressed = _addressed(person, key, with_delegates)
    if addressed["consortium_id"] != notice.consortium_id:
        raise NotFound
    await _write(session, person, notice, {**values, **addressed}, version)
    await record_audit(session, person, "edit_notice_draft", "notice", notice.id)


async def send_notice(session: AsyncSession, person: Principal, notice: NoticeRow, version: int) -> None:
    """Send a draft to its audience.

    Raises ActionRefused if its last day is over, or if the draft has changed since `version`.
    """
    if notice.state == "draft" and version != notice.version:
        raise ActionRefused(
            "This draft has changed since you read it, so it was not sent. Read it again, then send it.",
            notice.state,
        )
    if notice.ends_on < person.today:
        raise ActionRefused("The last day of this notice is over. Edit it first.", notice.state)
    phases = school_phases(settings_of(person.authority_id), notice.phase) if notice.phase else []
    await apply_transition(
        session,
        person,
        Notice,
        notice,
        SEND_NOTICE,
        posted_at=func.now(),
        posted_by=person.id,
        school_phases=phases,
    )
    await notify_audience(session, person, notice, "sent", f"notice:{notice.id}")


async def discard_notice(session: AsyncSession, person: Principal, notice: NoticeRow) -> None:
    """Discard a draft, with its attachments."""
    await remove_files(session, person, notice)
    await apply_transition(session, person, Notice, notice, DISCARD_NOTICE)


async def withdraw_notice(session: AsyncSession, person: Principal, notice: NoticeRow, why: str) -> None:
    """Withdraw a notice: its audience reads that, with the reason, instead of the text."""
    await apply_transition(
        session,
        person,
        Notice,
        notice,
        WITHDRAW_NOTICE,
        note=why,
        withdrawn_at=func.now(),
        withdrawn_because=why,
    )
    await notify_audience(session, person, notice, "withdrew", f"notice_withdrawn:{notice.id}")


async def correct_notice(
    session: AsyncSession,
    person: Principal,
    notice: NoticeRow,
    values: Mapping[str, object],
    note: str,
    version: int,
) -> None:
    """Correct a sent notice with a note that its audience reads; the text before it is kept.

    Raises ActionRefused unless it is sent, EditConflict if it has changed since `version`.
    """
    _refuse_unless(notice, "posted", "Only a notice that was sent can be corrected.")
    await _write(session, person, notice, values, version)
    made = await session.execute(
        insert(NoticeCorrection)
        .values(
            authority_id=person.authority_id,
            notice_id=notice.id,
            note=note,
            title_before=notice.title,
            body_before=notice.body,
            made_by=person.id,
        )
        .returning(NoticeCorrection.id)
    )
    await record_audit(session, person, "correct_notice", "notice", notice.id, note=note)
    await notify_audience(session, person, notice, "corrected", f"notice_corrected:{made.scalar_one()}")


async def _write(
    session: AsyncSession, person: Principal, notice: NoticeRow, values: Mapping[str, object], version: int
) -> None:
    if version != notice.version:
        raise _conflict(notice, values)
    written = await session.execute(
        update(Notice)
        .where(Notice.authority_id == person.authority_id, Notice.id == notice.id, Notice.version == version)
        .values(version=version + 1, **values)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    if written.first() is None:
        raise _conflict(notice, values)


def _conflict(notice: NoticeRow, values: Mapping[str, object]) -> EditConflict:
    compared = ((label, values[name], getattr(notice, name)) for name, label in LABELS.items())
    differences = [(label, str(mine or ""), str(now or "")) for label, mine, now in compared if mine != now]
    return EditConflict(differences, notice.version)


def _refuse_unless(notice: NoticeRow, state: str, why: str) -> None:
    if notice.state != state:
        raise ActionRefused(why, notice.state)


async def add_file(
    session: AsyncSession, person: Principal, notice: NoticeRow, known: CheckedFile, body: bytes
) -> None:
    """Attach a file. Raises ActionRefused above the limit, or if the notice was withdrawn."""
    if notice.state not in ("draft", "posted"):
        raise ActionRefused("This notice was withdrawn, so nothing can be attached.", notice.state)
    await count_alone(session, person.authority_id, f"attachments of {notice.consortium_id}")
    if len(await files_of(session, notice)) >= MOST_FILES:
        raise ActionRefused(f"A notice has {MOST_FILES} attachments at most. Remove one first.", notice.state)
    await refuse_too_many_bytes(session, person, notice, len(body))
    added = await session.execute(
        insert(NoticeFile)
        .values(
            authority_id=person.authority_id,
            notice_id=notice.id,
            filename=known.name,
            media_type=known.media_type,
            size=len(body),
            body=body,
            added_by=person.id,
        )
        .returning(NoticeFile.id)
    )
    await record_audit(session, person, "add_notice_file", "notice", notice.id, note=str(added.scalar_one()))


async def remove_file(session: AsyncSession, person: Principal, notice: NoticeRow, file_id: UUID) -> None:
    """Remove an attachment: its content is deleted. Raises NotFound."""
    removed = await session.execute(
        update(NoticeFile)
        .where(
            NoticeFile.authority_id == person.authority_id,
            NoticeFile.notice_id == notice.id,
            NoticeFile.id == file_id,
            NoticeFile.removed_at.is_(None),
        )
        .values(removed_at=func.now(), body=None)
        .returning(NoticeFile.id)
    )
    if removed.first() is None:
        raise NotFound
    await record_audit(session, person, "remove_notice_file", "notice", notice.id, note=str(file_id))


async def remove_files(session: AsyncSession, person: Principal, notice: NoticeRow) -> None:
    """Remove all attachments of a notice that nobody can read any more."""
    await session.execute(
        update(NoticeFile)
        .where(
            NoticeFile.authority_id == person.authority_id,
            NoticeFile.notice_id == notice.id,
            NoticeFile.removed_at.is_(None),
        )
        .values(removed_at=func.now(), body=None)
        .execution_options(synchronize_session=False)
    )


async def ask_question(session: AsyncSession, person: Principal, notice: NoticeRow, question: str) -> None:
    """Ask a question about a notice; its sender is notified.

    Raises ActionRefused for one that is not shown now, TooManyRequests for too many questions.
    """
    if notice.state != "posted":
        raise ActionRefused(
            "You can ask about a notice once it is sent, until it is withdrawn.", notice.state
        )
    if notice.ends_on < person.today:
        raise ActionRefused("This notice has ended, so you can no longer ask about it.", notice.state)
    await refuse_too_many_questions(session, person, notice)
    asked = await session.execute(
        insert(NoticeQuestion)
        .values(authority_id=person.authority_id, notice_id=notice.id, question=question, asked_by=person.id)
        .returning(NoticeQuestion.id)
    )
    question_id = asked.scalar_one()
    await record_audit(session, person, "ask_about_notice", "notice", notice.id)
    if notice.posted_by is not None:
        text = f"Somebody asked a question about your notice “{notice.title}”. Answer it for all its readers"
        once = f"notice_question:{question_id}"
        await notify(
            session,
            person,
            [notice.posted_by],
            "notice_question",
            f"{text}.",
            f"/notices/{notice.id}",
            once=once,
        )


async def answer_question(
    session: AsyncSession, person: Principal, notice: NoticeRow, question: QuestionRow, answer: str
) -> None:
    """Answer a question, or change the answer; the person who asked is notified."""
    if notice.state != "posted":
        raise ActionRefused("This notice was withdrawn, so its questions are closed.", notice.state)
    await session.execute(
        update(NoticeQuestion)
        .where(
            NoticeQuestion.authority_id == person.authority_id,
            NoticeQuestion.notice_id == notice.id,
            NoticeQuestion.id == question.id,
        )
        .values(answer=answer, answered_by=person.id, answered_at=func.now())
    )
    await record_audit(session, person, "answer_notice_question", "notice", notice.id)
    text = f"Your question about the notice “{notice.title}” is answered."
    once = f"notice_answer:{question.id}"
    await notify(
        session, person, [question.asked_by], "notice_answer", text, f"/notices/{notice.id}", once=once
    )


async def record_reading(database: Database, person: Principal, notice: NoticeRow) -> None:
    """Record that a person in the audience opened a notice, in a transaction of its own: pages are READ ONLY."""
    if notice.opened or notice.state != "posted" or sends(person, notice) or person.id is None:
        return

    async def record() -> None:
        async with database.transaction(person.authority_id) as session:
            await identify_requester(session, person)
            opened = upsert(NoticeReading).values(
                authority_id=person.authority_id, notice_id=notice.id, person_id=person.id
            )
            await session.execute(opened.on_conflict_do_nothing())

    await run_with_retries(record)
