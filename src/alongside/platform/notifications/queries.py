"""Reads notifications, and emails by state."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Integer, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.notifications.models import EmailOutbox, Notification

A_PAGE = 25


class NotificationRow(msgspec.Struct, frozen=True):
    """A notification of a person; `read_at` is when it was marked as done."""

    id: UUID
    text: str
    path: str
    at: datetime
    read_at: datetime | None


class EmailRow(msgspec.Struct, frozen=True):
    """An email of the outbox; `body` is empty once an email with a link of its own is sent."""

    id: UUID
    to_address: str
    subject: str
    body: str
    path: str | None
    state: str
    attempt: int
    last_error: str | None
    written_at: datetime
    sent_at: datetime | None


_OWN = (
    Notification.authority_id == bindparam("authority_id"),
    Notification.person_id == bindparam("person_id"),
    Notification.shown_from <= func.now(),
)
NOTIFICATIONS = Read(
    select(*(Notification.__table__.c[name] for name in NotificationRow.__struct_fields__))
    .where(*_OWN)
    .order_by(Notification.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skipped", type_=Integer)),
    NotificationRow,
)
UNREAD = select(func.count()).select_from(Notification).where(*_OWN, Notification.read_at.is_(None))
HELD = (
    select(func.min(Notification.shown_from))
    .where(
        Notification.authority_id == bindparam("authority_id"),
        Notification.path == bindparam("path"),
        Notification.shown_from > func.now(),
    )
    .having(~func.bool_or(Notification.person_id == bindparam("person_id")))
)
_EMAILS = (
    select(*(EmailOutbox.__table__.c[name] for name in EmailRow.__struct_fields__))
    .where(EmailOutbox.authority_id == bindparam("authority_id"))
    .order_by(EmailOutbox.id.desc())
    .limit(literal_column("100"))
)
EMAILS = Read(_EMAILS, EmailRow)
GIVEN_UP = Read(_EMAILS.where(EmailOutbox.state == "given_up"), EmailRow)


def _of(person: Principal) -> dict[str, object]:
    return {"authority_id": person.authority_id, "person_id": person.id}


async def latest_notifications(
    session: AsyncSession, person: Principal, most: int, skipped: int = 0
) -> list[NotificationRow]:
    """Return the newest notifications of this person, `most` at most."""
    return await fetch_all(session, NOTIFICATIONS, _of(person) | {"most": most, "skipped": skipped})


async def notifications_of(
    session: AsyncSession, person: Principal, page: int
) -> tuple[Sequence[NotificationRow], bool]:
    """Return one page (from 1) of this person's notifications, newest first, and whether there are more."""
    found = await latest_notifications(session, person, A_PAGE + 1, (page - 1) * A_PAGE)
    return found[:A_PAGE], len(found) > A_PAGE


async def unread_notifications(session: AsyncSession, person: Principal) -> int:
    """Return how many notifications this person has not marked as done."""
    return int((await session.execute(UNREAD, _of(person))).scalar_one())


async def held_until(session: AsyncSession, person: Principal, path: str) -> datetime | None:
    """Return when others are told of the page at `path`, if that is later than now and this person is not one."""
    found: datetime | None = await session.scalar(HELD, _of(person) | {"path": path})
    return found


async def failed_emails(session: AsyncSession, person: Principal) -> list[EmailRow]:
    """Return the emails that could not be delivered, newest first, at most 100."""
    return await fetch_all(session, GIVEN_UP, {"authority_id": person.authority_id})


async def latest_emails(session: AsyncSession, person: Principal) -> list[EmailRow]:
    """Return the newest 100 emails of the authority, to read in the demonstration."""
    return await fetch_all(session, EMAILS, {"authority_id": person.authority_id})
