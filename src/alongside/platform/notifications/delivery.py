"""Sends the emails of the outbox: claims them, sends them, retries with growing pauses, and gives up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from jinja2 import Environment
from sqlalchemy import Date, Row, bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from alongside.platform.database.session import Database
from alongside.platform.notifications.email_messages import EmailOrigin, email_from
from alongside.platform.notifications.transports import DemoOutboxTransport, PermanentDeliveryError, Transport

PAUSES = (1, 5, 30, 120, 480)
"""Minutes before each further attempt; the last value repeats."""

AT_ONCE = 10
"""Emails that one sender claims at a time."""

PATIENCE = 40.0
"""Seconds that one email may take; less than the lease, so that no two senders work on the same one."""

LEASE_SECONDS = 60

log = structlog.get_logger("alongside.mail")

PUT_ASIDE = text(
    """
    UPDATE email_outbox SET state = CASE WHEN email_outbox.state = 'waiting' THEN 'not_wanted' ELSE 'given_up' END,
           lease_until = NULL, last_error = CASE WHEN email_outbox.state = 'waiting' THEN NULL
                                                 ELSE 'Every sender ended before it could say what became of it.' END
      FROM email_outbox AS same LEFT JOIN person ON person.authority_id = same.authority_id AND person.id =
      same.person_id
     WHERE email_outbox.authority_id = :authority_id AND same.authority_id = :authority_id AND same.id = email_outbox.id
       AND ((email_outbox.state = 'waiting' AND email_outbox.due_at <= now()
             AND (person.left_on <= :today OR person.mail_choice = 'none'))
         OR (email_outbox.state = 'sending' AND email_outbox.lease_until < now() AND email_outbox.attempt >=
         email_outbox.patience))
    """
).bindparams(bindparam("today", type_=Date))
CLAIM = text(
    f"""
    WITH picked AS MATERIALIZED (
        SELECT id FROM email_outbox
         WHERE authority_id = :authority_id AND due_at <= now() AND hours = ANY(:hours)
           AND (state = 'waiting' OR state = 'sending' AND lease_until < now())
         ORDER BY due_at, id LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED)
    UPDATE email_outbox SET state = 'sending', attempt = attempt + 1,
           lease_until = now() + interval '{LEASE_SECONDS} seconds'
      FROM picked WHERE email_outbox.authority_id = :authority_id AND email_outbox.id = picked.id
    RETURNING email_outbox.id, to_address, subject, body, path, message_id, attempt, patience
    """  # noqa: S608  (two numbers of our own); a plain IN (… LIMIT …) may be asked again for each row, and claim all
)
MARK_SENT = text(
    """
    UPDATE email_outbox SET state = 'sent', sent_at = now(), lease_until = NULL, last_error = NULL,
           body = CASE WHEN path IS NULL AND NOT :readable THEN '' ELSE body END
     WHERE authority_id = :authority_id AND id = :id AND attempt = :attempt AND state = 'sending'
    RETURNING id
    """
)
MARK_FAILED = text(
    """
    UPDATE email_outbox SET state = :state, lease_until = NULL, last_error = :reason,
           due_at = now() + CAST(:pause AS integer) * interval '1 minute'
     WHERE authority_id = :authority_id AND id = :id AND attempt = :attempt AND state = 'sending'
    """
)


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sender needs: the database, the templates and the transport."""

    database: Database
    environment: Environment
    transport: Transport


async def deliver_batch(sender: Sender, origin: EmailOrigin, hours: Sequence[str], today: date) -> int:
    """Send at most ten emails of an authority that are due and may leave in these hours; returns how many were claimed.

    They are claimed in one transaction, sent outside of any, and marked one by one. If a sender is killed in between,
    the email is sent again after its lease with the same Message-ID. A sender whose lease ran out marks nothing,
    because the number of the attempt has changed.
    """
    values: dict[str, Any] = {"authority_id": origin.authority_id}
    async with sender.database.transaction(origin.authority_id) as session:
        await session.execute(PUT_ASIDE, values | {"today": today})
        claimed = (await session.execute(CLAIM, values | {"hours": list(hours)})).all()
    await asyncio.gather(*(_send(sender, origin, row) for row in claimed))
    return len(claimed)


async def _send(sender: Sender, origin: EmailOrigin, row: Row[Any]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await sender.transport(email_from(sender.environment, row, origin))
    except Exception as problem:  # noqa: BLE001  (whatever the cause, the email stays in the outbox and is retried)
        await _mark(sender, origin, row, *_failed(row, problem))
    else:
        readable = isinstance(sender.transport, DemoOutboxTransport)
        await _mark(sender, origin, row, MARK_SENT, {"readable": readable})


def _failed(row: Row[Any], problem: Exception) -> tuple[Any, dict[str, Any]]:
    """Return the statement that marks a failed attempt: retry after a pause, or give up."""
    last = isinstance(problem, PermanentDeliveryError) or row.attempt >= row.patience
    pause = PAUSES[min(row.attempt, len(PAUSES)) - 1]
    log.warning(
        "given up" if last else "not sent",
        mail=str(row.id),
        attempt=row.attempt,
        error=type(problem).__name__,
        pause=None if last else pause,
    )
    reason = " ".join(str(problem).split()) or type(problem).__name__
    return MARK_FAILED, {"state": "given_up" if last else "waiting", "pause": pause, "reason": reason[:300]}


async def _mark(
    sender: Sender, origin: EmailOrigin, row: Row[Any], statement: Any, more: dict[str, Any]
) -> None:
    """Record the result of an attempt. If the database is unavailable, the lease expires instead."""
    values = {"authority_id": origin.authority_id, "id": row.id, "attempt": row.attempt}
    for pause in (0.2, 1.0, 3.0, None):
        try:
            async with sender.database.transaction(origin.authority_id) as session:
                await session.execute(statement, values | more)
            return
        except (SQLAlchemyError, OSError) as problem:
            if pause is None:
                log.warning("not marked", mail=str(row.id), error=type(problem).__name__)
                return
            await asyncio.sleep(pause)
