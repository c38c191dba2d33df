"""The outbox emptied: claimed by one sender at a time, sent, marked; tried again with growing pauses; given up visibly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from jinja2 import Environment
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.database.session import Database
from alongside.notifications.transports import Letter, Transport

LONDON = ZoneInfo("Europe/London")
PAUSES = (1, 5, 30, 120, 480)
"""Minutes before each further try; after the last, a letter is given up."""

log = structlog.get_logger("alongside.mail")

CLAIM = text(
    """
    UPDATE mail SET state = 'sending', attempt = attempt + 1, lease_until = now() + interval '2 minutes'
     WHERE authority_id = :authority_id AND id IN (
           SELECT id FROM mail
            WHERE authority_id = :authority_id AND state IN ('waiting', 'sending') AND due_at <= now()
              AND (state = 'waiting' OR lease_until < now())
              AND (:all OR person_id IS NULL)
            ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING id, to_address, subject, body, path, message_id, attempt
    """
)
MARK_SENT = text(
    """
    UPDATE mail SET state = 'sent', sent_at = now(), lease_until = NULL, last_error = NULL
     WHERE authority_id = :authority_id AND id = :id AND attempt = :attempt AND state = 'sending' RETURNING id
    """
)
MARK_FAILED = text(
    """
    UPDATE mail SET state = CASE WHEN :pause IS NULL THEN 'given_up' ELSE 'waiting' END, lease_until = NULL,
           due_at = now() + coalesce(CAST(:pause AS integer), 0) * interval '1 minute', last_error = :reason
     WHERE authority_id = :authority_id AND id = :id AND attempt = :attempt AND state = 'sending'
    """
)


class Sender:
    """What is needed to send the letters of one authority."""

    def __init__(self, database: Database, environment: Environment, transport: Transport, sender: str) -> None:
        """`sender` is the address that letters come from."""
        self.database = database
        self.environment = environment
        self.transport = transport
        self.sender = sender

    async def send_due(
        self, authority_id: int, name: str, base: str, reply_to: str, *, window_open: bool
    ) -> int:
        """Send what is due, until nothing is; how many left. Outside the window only invitations leave.

        A sender killed between the hand-over and the mark leaves the letter to be tried once more after its lease,
        under the same Message-ID, so that the receiving server can tell.
        """
        sent = 0
        while True:
            async with self.database.fenced(authority_id) as session:
                claimed = await _claim(session, authority_id, everything=window_open)
            for letter in claimed:
                sent += await self._send(authority_id, letter, name, base, reply_to)
            if not claimed:
                return sent

    async def _send(self, authority_id: int, row: Row[Any], name: str, base: str, reply_to: str) -> bool:
        words = self.environment.get_template("_mail/letter.txt").render(
            body=row.body, link=f"{base}{row.path}", authority=name, account=f"{base}/account"
        )
        letter = Letter(
            to_address=row.to_address,
            subject=f"{name}: {row.subject}"[:150],
            text=words,
            message_id=row.message_id,
            sender=self.sender,
            reply_to=reply_to,
        )
        try:
            await self.transport(letter)
        except Exception as problem:  # noqa: BLE001  (whatever it is, the letter stays and is tried again)
            await self._failed(authority_id, row, problem)
            return False
        async with self.database.fenced(authority_id) as session:
            values = {"authority_id": authority_id, "id": row.id, "attempt": row.attempt}
            marked = (await session.execute(MARK_SENT, values)).first()
        if marked is None:
            log.warning("late", mail=str(row.id), attempt=row.attempt)
        return True

    async def _failed(self, authority_id: int, row: Row[Any], problem: Exception) -> None:
        pause = PAUSES[row.attempt - 1] if row.attempt <= len(PAUSES) else None
        log.warning("not sent", mail=str(row.id), attempt=row.attempt, error=type(problem).__name__, pause=pause)
        async with self.database.fenced(authority_id) as session:
            await session.execute(
                MARK_FAILED,
                {
                    "authority_id": authority_id,
                    "id": row.id,
                    "attempt": row.attempt,
                    "pause": pause,
                    "reason": f"{type(problem).__name__}: {problem}"[:300],
                },
            )


async def _claim(session: AsyncSession, authority_id: int, *, everything: bool) -> Sequence[Row[Any]]:
    return (await session.execute(CLAIM, {"authority_id": authority_id, "all": everything})).all()


DIGEST = text(
    """
    WITH carried AS (
        UPDATE notice SET in_digest = :day
          FROM person
         WHERE notice.authority_id = :authority_id AND notice.in_digest IS NULL AND notice.read_at IS NULL
           AND person.authority_id = :authority_id AND person.id = notice.person_id
           AND person.mail_choice = 'daily' AND person.left_on IS NULL
        RETURNING notice.person_id, person.email, notice.text, notice.id
    )
    INSERT INTO mail (authority_id, person_id, to_address, subject, body, path, message_id)
    SELECT :authority_id, person_id, email, 'what is new for you', string_agg('- ' || text, E'\\n' ORDER BY id),
           '/notices', 'digest-' || :day || '-' || person_id
      FROM carried GROUP BY person_id, email
    """
)


async def write_digests(session: AsyncSession, authority_id: int, now: datetime) -> None:
    """One letter to each person who wants one a day, with what they were told since the last and have not read."""
    day = now.astimezone(LONDON).date()
    await session.execute(DIGEST.bindparams(day=day), {"authority_id": authority_id})
