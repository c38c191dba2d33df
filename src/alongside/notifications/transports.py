"""How a letter leaves: not at all (the demonstration's readable outbox), by SMTP, or by GOV.UK Notify."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import urlsplit

import aiosmtplib
import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey

TIMEOUT = 10.0
NOTIFY = "https://api.notifications.service.gov.uk"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, ready to leave."""

    to_address: str
    subject: str
    text: str
    message_id: str
    sender: str
    reply_to: str


Transport = Callable[[Letter], Awaitable[None]]
"""Hands a letter on, or raises; what it raises is kept as the reason."""


async def keep_readable(letter: Letter) -> None:
    """The demonstration: a letter counts as sent when it can be read in the outbox."""


def smtp(address: str) -> Transport:
    """By SMTP: `smtp://[user:password@]host[:port]`, with STARTTLS where the server offers it."""
    place = urlsplit(address)

    async def send(letter: Letter) -> None:
        message = EmailMessage()
        message["From"], message["To"] = letter.sender, letter.to_address
        message["Subject"], message["Reply-To"] = letter.subject, letter.reply_to
        message["Message-ID"] = f"<{letter.message_id}@{letter.sender.rpartition('@')[2]}>"
        message["Date"] = formatdate()
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        await aiosmtplib.send(
            message,
            hostname=place.hostname or "localhost",
            port=place.port or 25,
            username=place.username,
            password=place.password,
            timeout=TIMEOUT,
        )

    return send


def notify(key: str, template_id: str, base: str = NOTIFY) -> Transport:
    """By GOV.UK Notify, with the letter's id as the reference.

    `key` is the API key as Notify shows it: name, service id and secret, the last two 36 characters each. The template
    takes ((subject)) and ((body)). Source: GOV.UK Notify REST API documentation, authentication.
    """
    service, secret = key[-73:-37], key[-36:]

    async def send(letter: Letter) -> None:
        claims = {"iss": service, "iat": int(time.time())}
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(secret))
        async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(
                f"{base}/v2/notifications/email",
                headers={"Authorization": f"Bearer {token}"},
                json={
                    "email_address": letter.to_address,
                    "template_id": template_id,
                    "personalisation": {"subject": letter.subject, "body": letter.text},
                    "reference": letter.message_id,
                },
            )
        answer.raise_for_status()

    return send


def transport_of(mail: str) -> Transport:
    """The transport that a setting names: `readable`, `smtp://…` or `notify:<key>:<template id>`."""
    if mail.startswith("notify:"):
        _, key, template_id = mail.split(":", 2)
        return notify(key, template_id)
    return smtp(mail) if mail.startswith("smtp:") else keep_readable
