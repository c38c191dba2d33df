"""Sends the emails of the outbox: claims them, sends them, retries with growing pauses, and gives up."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from jinja2 import Environment
from sqlalchemy import Date, Row, bindparam, func, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.retries import DATABASE_ERRORS
from alongside.platform.database.session import Database
from alongside.platform.jobs.queue import LeaseQueue, claim, fail, finish
from alongside.platform.notifications.email_messages import EmailOrigin, email_from
from alongside.platform.notifications.transports import DemoOutboxTransport, PermanentDeliveryError, Transport

EMAIL_QUEUE = LeaseQueue(
    "email_outbox",
    waiting="waiting",
    running="sending",
    done="sent",
    dead="given_up",
    lease_seconds=60,
    where="hours = ANY(:hours)",
)

PATIENCE = 40.0
"""Seconds that one email may take; less than the lease, so that no two senders work on the same one."""

log = structlog.get_logger("alongside.mail")

PUT_ASIDE = text(
    """
    UPDATE email_outbox SET state = 'not_wanted', last_error = NULL FROM person
     WHERE email_outbox.authority_id = :authority_id AND email_outbox.state = 'waiting' AND email_outbox.run_at <= now()
       AND person.authority_id = :authority_id AND person.id = email_outbox.person_id
       AND (person.left_on <= :today OR person.mail_choice = 'none')
    """
).bindparams(bindparam("today", type_=Date))


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
    async with sender.database.transaction(origin.authority_id) as session:
        await session.execute(PUT_ASIDE, {"authority_id": origin.authority_id, "today": today})
        claimed = await claim(session, EMAIL_QUEUE, origin.authority_id, hours=list(hours))
    await asyncio.gather(*(_send(sender, origin, row) for row in claimed))
    return len(claimed)


async def _send(sender: Sender, origin: EmailOrigin, row: Row[Any]) -> None:
    failure = None
    try:
        async with asyncio.timeout(PATIENCE):
            await sender.transport(email_from(sender.environment, row, origin))
    except Exception as problem:  # noqa: BLE001  (whatever the cause, the email stays in the outbox and is retried)
        failure = problem
    for pause in (0.2, 1.0, 3.0, None):
        try:
            async with sender.database.transaction(origin.authority_id) as session:
                await _record(session, sender, origin, row, failure)
        except DATABASE_ERRORS as problem:
            if pause is None:  # the lease expires instead
                log.warning("not marked", mail=str(row.id), error=type(problem).__name__)
                return
            await asyncio.sleep(pause)
        else:
            return


async def _record(
    session: AsyncSession, sender: Sender, origin: EmailOrigin, row: Row[Any], failure: Exception | None
) -> None:
    """Record the result of an attempt: sent, retried after a pause, or given up."""
    if failure is None:
        values: dict[str, object] = {"sent_at": func.now(), "lease_until": None}
        if row.path is None and not isinstance(sender.transport, DemoOutboxTransport):
            values["body"] = ""
        await finish(session, EMAIL_QUEUE, origin.authority_id, row, **values)
        return
    reason = " ".join(str(failure).split()) or type(failure).__name__
    permanent = isinstance(failure, PermanentDeliveryError)
    dead = await fail(session, EMAIL_QUEUE, origin.authority_id, row, reason, permanent=permanent)
    log.warning(
        "given up" if dead else "not sent",
        mail=str(row.id),
        attempt=row.attempt,
        error=type(failure).__name__,
    )
