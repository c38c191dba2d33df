"""The notice and its parts as resources: what their actions share."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.notices.queries import NoticeRow, QuestionRow, get_notice, get_question
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import may_on
from alongside.platform.forms.action import Resource


class QuestionOfNotice(NamedTuple):
    """A question with its notice."""

    notice: NoticeRow
    row: QuestionRow


class FileOfNotice(NamedTuple):
    """An attachment that is to be removed, with its notice."""

    notice: NoticeRow
    file_id: UUID


async def _question(
    session: AsyncSession, person: Principal, permission: Permission, notice_id: UUID, question_id: UUID
) -> QuestionOfNotice:
    notice = await get_notice(session, person, permission, notice_id)
    return QuestionOfNotice(notice, await get_question(session, notice, question_id))


async def _file(
    session: AsyncSession, person: Principal, permission: Permission, notice_id: UUID, notice_file_id: UUID
) -> FileOfNotice:
    return FileOfNotice(await get_notice(session, person, permission, notice_id), notice_file_id)


def _may(person: Principal, permission: Permission, notice: NoticeRow) -> bool:
    """Return whether a person may do this; PostgreSQL loads a notice for its audience and its senders only."""
    return permission is Permission.VIEW_NOTICE or may_on(person, permission, notice)


NOTICE: Resource[NoticeRow] = Resource(
    name="notice",
    path="/notices/{notice_id:uuid}",
    load=get_notice,
    url=lambda notice: f"/notices/{notice.id}",
    caption=lambda _, notice: notice.title,
    may=_may,
)
QUESTION: Resource[QuestionOfNotice] = Resource(
    name="question",
    path="/notices/{notice_id:uuid}/questions/{question_id:uuid}",
    load=_question,
    url=lambda question: f"/notices/{question.notice.id}/questions/{question.row.id}",
    page=lambda question: f"/notices/{question.notice.id}#questions",
    caption=lambda _, question: question.notice.title,
)
FILE: Resource[FileOfNotice] = Resource(
    name="file",
    path="/notices/{notice_id:uuid}/files/{notice_file_id:uuid}",
    load=_file,
    url=lambda file: f"/notices/{file.notice.id}/files/{file.file_id}",
    page=lambda file: f"/notices/{file.notice.id}",
)
