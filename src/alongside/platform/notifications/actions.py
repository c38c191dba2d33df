"""Telling people, in the transaction of the act: no act without its notice, no notice without its act."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.notifications.models import TRIES, EmailOutbox, Notification

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
    """Let people know that something concerns them; whoever acts is not told of their own act.

    `text` is one plain sentence without judgements, `path` where to look, `once` a key (“need_posted:<id>”):
    the same person is told of the same thing once, however often the act is retried. Who wants mail at once
    gets a letter in the same statement; who wants one a day finds it in the next digest.
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


async def read_notices(session: AsyncSession, person: Principal) -> int:
    """Mark all that this person was told as read; how many that were."""
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


async def send_again(session: AsyncSession, person: Principal, mail_id: UUID) -> None:
    """Have a letter that was given up tried anew, as often as at first.

    The count of tries goes on, so that a sender who slept over it can mark nothing. Raises NotThere for a
    letter that is not there or was not given up.
    """
    tried = await session.execute(
        update(EmailOutbox)
        .where(
            EmailOutbox.authority_id == person.authority_id,
            EmailOutbox.id == mail_id,
            EmailOutbox.state == "given_up",
        )
        .values(state="waiting", patience=EmailOutbox.attempt + TRIES, due_at=func.now(), last_error=None)
        .returning(EmailOutbox.id)
    )
    if tried.first() is None:
        raise NotFound
    await record_audit(session, person, "send_again", "mail", mail_id)
