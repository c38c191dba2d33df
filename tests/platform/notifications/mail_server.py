"""A real mail server on this machine, and emails sent to it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP
from sqlalchemy import text

from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify
from alongside.platform.notifications.delivery import Sender, deliver_batch
from alongside.platform.notifications.email_messages import EmailOrigin
from alongside.platform.notifications.models import HOURS
from alongside.platform.notifications.transports import Transport
from tests.databases import pages_environment
from tests.personas import NORTHSHIRE

SCHOOL_DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/London"))
SENDER = "alongside@schools.example"


@dataclass
class MailServer:
    """The messages that a mail server received; `answer` may refuse or delay.

    `inbox` is what a mailbox shows: one email for each Message-ID. It is not a property, because the server library
    reads all attributes for each connection.
    """

    port: int = 0
    copies: list[EmailMessage] = field(default_factory=list)
    inbox: dict[str, EmailMessage] = field(default_factory=dict)
    answer: Any = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        if self.answer is not None:
            refusal = await self.answer(message, self)
            if refusal:
                return str(refusal)
        self.copies.append(message)
        self.inbox[str(message["Message-ID"])] = message
        return "250 taken"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    room = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(room, loop=loop, hostname="127.0.0.1"), "127.0.0.1", 0)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await asyncio.sleep(0)


def origin(authority_id: int = NORTHSHIRE) -> EmailOrigin:
    return EmailOrigin(authority_id, "Northshire", "https://northshire.example", "answers@northshire.example")


def sender_over(database: Database, transport: Transport) -> Sender:
    return Sender(database, pages_environment(), transport)


async def tell_about(
    database: Database,
    people: Iterable[UUID],
    once: str,
    authority_id: int = NORTHSHIRE,
    text_: str = "A need was posted.",
) -> None:
    async with database.transaction(authority_id) as session:
        await notify(
            session,
            system(authority_id, SCHOOL_DAY),
            people,
            "need_posted",
            text_,
            f"/needs/{once}",
            once=once,
        )


async def send_all(sender: Sender, authority_id: int = NORTHSHIRE, hours: tuple[str, ...] = HOURS) -> int:
    """Send until nothing is due."""
    sent = 0
    while count := await deliver_batch(sender, origin(authority_id), hours, SCHOOL_DAY):
        sent += count
    return sent


async def emails(database: Database, authority_id: int = NORTHSHIRE) -> list[Any]:
    async with database.transaction(authority_id, read_only=True) as session:
        return list((await session.execute(text("SELECT * FROM email_outbox ORDER BY id"))).all())


async def change(database: Database, statement: str, authority_id: int = NORTHSHIRE, **values: Any) -> None:
    async with database.transaction(authority_id) as session:
        await session.execute(text(statement), values)
