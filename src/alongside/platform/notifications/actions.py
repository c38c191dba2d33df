"""Writes notifications and emails in the transaction of the action that causes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, func, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.jobs.queue import TRIES
from alongside.platform.notifications.models import EmailOutbox, Notification

NOTHING_TO_DO = "You do not need to do anything."

INSERT_NOTIFICATIONS = sql(
    """
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:subjects AS text[]), CAST(:texts AS text[]),
                             CAST(:bodies AS text[])) AS w (person_id, subject, text, body)
    ), told AS (
        INSERT INTO notification (authority_id, person_id, kind, text, path, once, shown_from)
        SELECT :authority_id, person.id, :kind, wanted.text, :path, :once, coalesce(:not_before, now())
          FROM wanted JOIN person ON person.authority_id = :authority_id AND person.id = wanted.person_id
         ORDER BY person.id
        ON CONFLICT DO NOTHING
        RETURNING person_id
    )
    INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, path, hours, run_at)
    SELECT :authority_id, person.id, person.email, wanted.subject, wanted.body, :path, 'school_hours',
           coalesce(:not_before, now())
      FROM told JOIN person ON person.authority_id = :authority_id AND person.id = told.person_id
      JOIN wanted ON wanted.person_id = told.person_id
     WHERE person.mail_choice = 'at_once' AND person.email <> ''
       AND (person.left_on IS NULL OR person.left_on > :today)
    """
).bindparams(bindparam("not_before", type_=DateTime(timezone=True)), bindparam("today", type_=Date))


class Message(NamedTuple):
    """What one person is told: the line on their page, and the subject and text of the email.

    The text names what they must do and by when, or says that they need not do anything.
    """

    to: UUID
    text: str
    subject: str
    body: str


async def notify(
    session: AsyncSession,
    person: Principal,
    to: Iterable[UUID],
    kind: str,
    text: str,
    path: str,
    *,
    once: str,
    asks: bool = False,
) -> None:
    """Notify people of something that concerns them; the person who acts is not notified.

    `text` is one plain sentence without judgements, `path` the page to open, `once` a key (“need_posted:<id>”): a
    person gets one notification for each key, even if the action is retried. People who chose email at once get an
    email in the same statement; those who chose a daily digest find it in the next one. With `asks` the text names
    what they must do and by when; otherwise the email says that they need not do anything.
    """
    body = text if asks else f"{text} {NOTHING_TO_DO}"
    messages = [Message(one, text, text, body) for one in dict.fromkeys(to)]
    await notify_each(session, person, messages, kind, path, once=once)


async def notify_each(
    session: AsyncSession,
    person: Principal,
    messages: Iterable[Message],
    kind: str,
    path: str,
    *,
    once: str,
    not_before: datetime | None = None,
) -> None:
    """Notify people as `notify` does, each in words of their own; the first message to a person counts.

    `not_before` is when they are told, if that is later than now.
    """
    first: dict[UUID, Message] = {}
    for one in messages:
        if one.to != person.id:
            first.setdefault(one.to, one)
    wanted = [first[person_id] for person_id in sorted(first)]
    if wanted:
        await session.execute(
            INSERT_NOTIFICATIONS,
            {
                "authority_id": person.authority_id,
                "people": [one.to for one in wanted],
                "subjects": [one.subject for one in wanted],
                "texts": [one.text for one in wanted],
                "bodies": [one.body for one in wanted],
                "kind": kind,
                "path": path,
                "once": once,
                "not_before": not_before,
                "today": person.today,
            },
        )


async def release_held(session: AsyncSession, person: Principal, path: str) -> int:
    """Tell people now what waits for a later time about the page at `path`; returns how many were waiting."""
    shown = await session.execute(
        update(Notification)
        .where(
            Notification.authority_id == person.authority_id,
            Notification.path == path,
            Notification.shown_from > func.now(),
        )
        .values(shown_from=func.now())
        .returning(Notification.id)
    )
    await session.execute(
        update(EmailOutbox)
        .where(
            EmailOutbox.authority_id == person.authority_id,
            EmailOutbox.path == path,
            EmailOutbox.state == "waiting",
            EmailOutbox.attempt == 0,
            EmailOutbox.run_at > func.now(),
        )
        .values(run_at=func.now())
    )
    return len(shown.all())


async def finish_all_notifications(session: AsyncSession, person: Principal) -> int:
    """Mark all notifications that this person was told of as done; returns how many were not."""
    read = await session.execute(
        update(Notification)
        .where(
            Notification.authority_id == person.authority_id,
            Notification.person_id == person.id,
            Notification.read_at.is_(None),
            Notification.shown_from <= func.now(),
        )
        .values(read_at=func.now())
        .returning(Notification.id)
    )
    return len(read.all())


async def reopen_notification(session: AsyncSession, person: Principal, notification_id: UUID) -> None:
    """Mark one notification of this person as not done. Raises NotFound for another person's."""
    await _mark(session, person, notification_id, None)


async def finish_notification(session: AsyncSession, person: Principal, notification_id: UUID) -> None:
    """Mark one notification of this person as done; nothing changes if it is. Raises NotFound for another person's."""
    await _mark(session, person, notification_id, func.coalesce(Notification.read_at, func.now()))


async def _mark(
    session: AsyncSession, person: Principal, notification_id: UUID, read_at: ColumnElement[datetime] | None
) -> None:
    done = await session.execute(
        update(Notification)
        .where(
            Notification.authority_id == person.authority_id,
            Notification.person_id == person.id,
            Notification.id == notification_id,
        )
        .values(read_at=read_at)
        .returning(Notification.id)
    )
    if done.first() is None:
        raise NotFound


async def send_again(session: AsyncSession, person: Principal, mail_id: UUID) -> None:
    """Send an email again that was given up, with the same number of attempts as at first.

    The count of attempts continues, so that a sender whose lease ran out can no longer mark the email. Raises NotFound
    for an email that does not exist or was not given up.
    """
    tried = await session.execute(
        update(EmailOutbox)
        .where(
            EmailOutbox.authority_id == person.authority_id,
            EmailOutbox.id == mail_id,
            EmailOutbox.state == "given_up",
        )
        .values(state="waiting", max_attempts=EmailOutbox.attempt + TRIES, run_at=func.now(), last_error=None)
        .returning(EmailOutbox.id)
    )
    if tried.first() is None:
        raise NotFound
    await record_audit(session, person, "send_again", "email_outbox", mail_id)
