"""Reads notifications, and emails by state."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.notifications.models import EmailOutbox, Notification

A_PAGE = 25

NOTICES: Select[Any] = (
    select(
        *(
            column
            for column in Notification.__table__.columns
            if column.name not in ("authority_id", "person_id")
        )
    )
    .where(
        Notification.authority_id == bindparam("authority_id"),
        Notification.person_id == bindparam("person_id"),
    )
    .order_by(Notification.id.desc())
)
A_PAGE_OF_NOTICES: Select[Any] = NOTICES.limit(literal_column(str(A_PAGE + 1))).offset(bindparam("skipped"))
LATEST = NOTICES.limit(bindparam("most", type_=Integer, literal_execute=True))
UNREAD = (
    select(func.count())
    .select_from(Notification)
    .where(
        Notification.authority_id == bindparam("authority_id"),
        Notification.person_id == bindparam("person_id"),
        Notification.read_at.is_(None),
    )
)

EMAILS: Select[Any] = (
    select(
        *(
            column
            for column in EmailOutbox.__table__.columns
            if column.name not in ("authority_id", "person_id")
        )
    )
    .where(EmailOutbox.authority_id == bindparam("authority_id"))
    .order_by(EmailOutbox.id.desc())
    .limit(literal_column("100"))
)
GIVEN_UP = EMAILS.where(EmailOutbox.state == "given_up")


def _of(person: Principal) -> dict[str, Any]:
    return {"authority_id": person.authority_id, "person_id": person.id}


async def latest_notifications(session: AsyncSession, person: Principal, most: int) -> Sequence[Row[Any]]:
    """Return the newest notifications of this person, `most` at most."""
    found: Sequence[Row[Any]] = (await session.execute(LATEST, _of(person) | {"most": int(most)})).all()
    return found


async def notices_to(session: AsyncSession, person: Principal, page: int) -> tuple[Sequence[Row[Any]], bool]:
    """Return one page (from 1) of this person's notifications, newest first, and whether there are more."""
    found = (await session.execute(A_PAGE_OF_NOTICES, _of(person) | {"skipped": (page - 1) * A_PAGE})).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def unread_notifications(session: AsyncSession, person: Principal) -> int:
    """Return how many unread notifications this person has."""
    return int((await session.execute(UNREAD, _of(person))).scalar_one())


async def failed_emails(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Return the emails that could not be delivered, newest first, at most 100."""
    found: Sequence[Row[Any]] = (await session.execute(GIVEN_UP, {"authority_id": person.authority_id})).all()
    return found


async def latest_emails(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Return the newest 100 emails of the authority, to read in the demonstration."""
    found: Sequence[Row[Any]] = (await session.execute(EMAILS, {"authority_id": person.authority_id})).all()
    return found
