"""Writes notifications and emails in the transaction of the action that causes them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.jobs.queue import TRIES
from alongside.platform.notifications.models import EmailOutbox, Notification

INSERT_NOTIFICATION = sql(
    """
    WITH told AS (
        INSERT INTO notification (authority_id, person_id, kind, text, path, once)
        SELECT :authority_id, person.id, :kind, :text, :path, :once
          FROM person
         WHERE person.authority_id = :authority_id AND person.id = ANY(:people)
         ORDER BY person.id
        ON CONFLICT DO NOTHING
        RETURNING person_id
    )
    INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, path, hours)
    SELECT :authority_id, person.id, person.email, :text, :text, :path, 'school_hours'
      FROM told JOIN person ON person.authority_id = :authority_id AND person.id = told.person_id
     WHERE person.mail_choice = 'at_once' AND person.email <> ''
       AND (person.left_on IS NULL OR person.left_on > :today)
    """
)


async def notify(
    session: AsyncSession,
    person: Principal,
    to: Iterable[UUID],
    kind: str,
    text: str,
    path: str,
    *,
    once: str,
) -> None:
    """Notify people of something that concerns them; the person who acts is not notified.

    `text` is one plain sentence without judgements, `path` the page to open, `once` a key (“need_posted:<id>”): a
    person gets one notification for each key, even if the action is retried. People who chose email at once get an
    email in the same statement; those who chose a daily digest find it in the next one.
    """
    people = [one for one in dict.fromkeys(to) if one != person.id]
    if people:
        await session.execute(
            INSERT_NOTIFICATION,
            {
                "authority_id": person.authority_id,
                "people": sorted(people),
                "kind": kind,
                "text": text,
                "path": path,
                "once": once,
                "today": person.today,
            },
        )


async def finish_all_notifications(session: AsyncSession, person: Principal) -> int:
    """Mark all notifications of this person as done; returns how many were not."""
    read = await session.execute(
        update(Notification)
        .where(
            Notification.authority_id == person.authority_id,
            Notification.person_id == person.id,
            Notification.read_at.is_(None),
        )
        .values(read_at=func.now())
        .returning(Notification.id)
    )
    return len(read.all())


async def finish_notification(session: AsyncSession, person: Principal, notification_id: UUID) -> None:
    """Mark one notification of this person as done; nothing changes if it is. Raises NotFound for another person's."""
    done = await session.execute(
        update(Notification)
        .where(
            Notification.authority_id == person.authority_id,
            Notification.person_id == person.id,
            Notification.id == notification_id,
        )
        .values(read_at=func.coalesce(Notification.read_at, func.now()))
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
