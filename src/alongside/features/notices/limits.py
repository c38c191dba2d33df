"""Limits on the attachments of notices, and on questions: each is an email to the sender of the notice."""

import msgspec
from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, TooManyRequests
from alongside.features.notices.models import (
    MOST_BYTES,
    MOST_ON_ONE_NOTICE,
    MOST_QUESTIONS,
    Notice,
    NoticeFile,
    NoticeQuestion,
)
from alongside.features.notices.queries import NoticeRow
from alongside.platform.access.principal import Principal
from alongside.platform.database.count_alone import count_alone
from alongside.platform.database.reads import Read, fetch_all


class Asked(msgspec.Struct, frozen=True):
    """Questions of one person in the last hour, and in the last day about one notice."""

    in_all: int
    about_notice: int


ASKED_LATELY = Read(
    select(
        func.count().filter(NoticeQuestion.asked_at > func.now() - text("interval '1 hour'")),
        func.count().filter(NoticeQuestion.notice_id == bindparam("notice_id", type_=Uuid)),
    ).where(
        NoticeQuestion.authority_id == bindparam("authority_id"),
        NoticeQuestion.asked_by == bindparam("person_id", type_=Uuid),
        NoticeQuestion.asked_at > func.now() - text("interval '1 day'"),
    ),
    Asked,
)


async def refuse_too_many_questions(session: AsyncSession, person: Principal, notice: NoticeRow) -> None:
    """Raise TooManyRequests if the person has asked too many questions lately."""
    await count_alone(session, person.authority_id, f"questions of {person.id}")
    (asked,) = await fetch_all(
        session,
        ASKED_LATELY,
        {"authority_id": person.authority_id, "person_id": person.id, "notice_id": notice.id},
    )
    if asked.in_all >= MOST_QUESTIONS:
        raise TooManyRequests(
            f"You have asked {MOST_QUESTIONS} questions in the last hour. Wait an hour, then send it again."
        )
    if asked.about_notice >= MOST_ON_ONE_NOTICE:
        raise TooManyRequests(
            f"You have asked {MOST_ON_ONE_NOTICE} questions about this notice in the last day. "
            "Wait a day, then send it again."
        )


async def refuse_too_many_bytes(
    session: AsyncSession, person: Principal, notice: NoticeRow, size: int
) -> None:
    """Raise ActionRefused if an attachment of this size is more than the sender of the notice may have."""
    held = await session.scalar(
        select(func.coalesce(func.sum(NoticeFile.size), 0))
        .join(
            Notice,
            (Notice.authority_id == NoticeFile.authority_id) & (Notice.id == NoticeFile.notice_id),
        )
        .where(
            NoticeFile.authority_id == person.authority_id,
            NoticeFile.removed_at.is_(None),
            Notice.consortium_id.is_not_distinct_from(notice.consortium_id),
        )
    )
    if (held or 0) + size > MOST_BYTES:
        raise ActionRefused(
            f"The attachments of {notice.sender} would be larger than {MOST_BYTES // 1_000_000} MB. "
            "Remove attachments of older notices first.",
            notice.state,
        )
