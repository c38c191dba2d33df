"""The comments, disputes and invitations of a profile."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.profiles.queries import DisputeRow, ProfileRow
from alongside.platform.database.reads import Read, fetch_all

OF_PROFILE = (bindparam("authority_id", type_=Integer), bindparam("profile_id", type_=Uuid))


class CommentRow(msgspec.Struct, frozen=True):
    """A comment of the school."""

    body: str
    written_at: datetime
    writer: str | None


class InvitationRow(msgspec.Struct, frozen=True):
    """An invitation to a discussion."""

    number: int
    invited_on: date
    answer_by: date
    message: str


COMMENTS = Read(
    text(
        """
    SELECT c.body, c.written_at, p.name
      FROM profile_comment c
      LEFT JOIN person p ON p.authority_id = :authority_id AND p.id = c.written_by
     WHERE c.authority_id = :authority_id AND c.profile_id = :profile_id
     ORDER BY c.written_at DESC, c.id DESC LIMIT 50
    """
    ).bindparams(*OF_PROFILE),
    CommentRow,
)
DISPUTES = Read(
    text(
        """
    SELECT d.id, d.measure, d.reason, d.raised_at, d.answer, d.answered_at
      FROM profile_dispute d
     WHERE d.authority_id = :authority_id AND d.profile_id = :profile_id
     ORDER BY d.raised_at, d.id LIMIT 100
    """
    ).bindparams(*OF_PROFILE),
    DisputeRow,
)
INVITATIONS = Read(
    text(
        """
    SELECT i.number, i.invited_on, i.answer_by, i.message
      FROM profile_invitation i
     WHERE i.authority_id = :authority_id AND i.profile_id = :profile_id ORDER BY i.number
    """
    ).bindparams(*OF_PROFILE),
    InvitationRow,
)


def _of(row: ProfileRow) -> dict[str, object]:
    return {"authority_id": row.authority_id, "profile_id": row.id}


async def comments_of(session: AsyncSession, row: ProfileRow) -> list[CommentRow]:
    """Return the school's comments, newest first."""
    return await fetch_all(session, COMMENTS, _of(row))


async def disputes_of(session: AsyncSession, row: ProfileRow) -> list[DisputeRow]:
    """Return the disputed figures, oldest first."""
    return await fetch_all(session, DISPUTES, _of(row))


async def invitations_of(session: AsyncSession, row: ProfileRow) -> list[InvitationRow]:
    """Return the invitations, the first one first."""
    return await fetch_all(session, INVITATIONS, _of(row))


async def get_dispute(session: AsyncSession, row: ProfileRow, dispute_id: UUID) -> DisputeRow:
    """Return a dispute of a profile. Raises NotFound."""
    found = next((one for one in await disputes_of(session, row) if one.id == dispute_id), None)
    if found is None:
        raise NotFound
    return found
