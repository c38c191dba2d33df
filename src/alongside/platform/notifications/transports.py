"""Email transports: none (the readable outbox of the demonstration), SMTP, and GOV.UK Notify."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey

from alongside.errors import AlongsideError, ConfigurationError
from alongside.platform.notifications.email_messages import RenderedEmail, message_from

TIMEOUT = 10.0
"""Seconds that a server has for each answer."""

NOTIFY = "https://api.notifications.service.gov.uk"
MISUSED = {401, 403, 429}
"""Status codes of Notify below 500 that concern our account and not the email, so that a later attempt may work."""

Transport = Callable[[RenderedEmail], Awaitable[None]]
"""Sends an email or raises; the error is stored as the reason."""


class DeliveryError(AlongsideError):
    """The email was not accepted; a later attempt may work."""


class PermanentDeliveryError(DeliveryError):
    """The email will never be accepted, so it is not retried."""


@dataclass(frozen=True, slots=True)
class DemoOutboxTransport:
    """The transport of the demonstration: an email counts as sent once it can be read in the outbox."""

    async def __call__(self, rendered: RenderedEmail) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """SMTP: `smtp://[user:password@]host[:port]`, with STARTTLS where it is offered, or `smtps://`.

    With `?tls=required`, neither an email nor a password is sent to a server without STARTTLS or without a certificate
    for its name; `&ca=` is a file with the certificates that are trusted instead of the system's.

    If either side stops between the server's acceptance and our record of it, the email is sent again with the same
    Message-ID, by which mail servers recognise a second copy. SMTP has no way to ask.
    """

    address: str
    sender: str

    async def __call__(self, rendered: RenderedEmail) -> None:
        """Send the email."""
        place = urlsplit(self.address)
        settings = parse_qs(place.query)
        required = settings.get("tls") == ["required"]
        try:
            message = message_from(rendered, self.sender)
            await aiosmtplib.send(
                message,
                hostname=place.hostname or "localhost",
                port=place.port,
                username=unquote(place.username) if place.username else None,
                password=unquote(place.password) if place.password else None,
                use_tls=place.scheme == "smtps",
                start_tls=True if required and place.scheme == "smtp" else None,
                cert_bundle=settings.get("ca", [None])[0],
                timeout=TIMEOUT,
            )
        except ValueError as problem:
            raise PermanentDeliveryError("This address cannot be written to.") from problem
        except aiosmtplib.SMTPRecipientsRefused as problem:
            refused = problem.recipients[0]
            kind = PermanentDeliveryError if refused.code >= 500 else DeliveryError
            raise kind(f"{refused.code} {refused.message}") from problem
        except aiosmtplib.SMTPResponseException as problem:
            raise DeliveryError(f"{problem.code} {problem.message}") from problem


@dataclass(frozen=True, slots=True)
class Notify:
    """GOV.UK Notify, with the email's id as the reference; before a retry Notify is asked whether it already has the
    email.

    `key` is the API key as Notify shows it: name, service id and secret, the last two 36 characters each. The template
    takes ((subject)) and ((body)). Source: GOV.UK Notify REST API documentation.
    """

    key: str
    template_id: str
    base: str = NOTIFY

    async def __call__(self, rendered: RenderedEmail) -> None:
        """Send the email, unless Notify already has it."""
        claims = {"iss": self.key[-73:-37], "iat": int(time.time())}
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(self.key[-36:]))
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=self.base, headers=headers, timeout=TIMEOUT) as client:
            if rendered.again and await _known(client, rendered.message_id):
                return
            answer = await client.post(
                "/v2/notifications/email",
                json={
                    "email_address": rendered.to_address,
                    "template_id": self.template_id,
                    "personalisation": {"subject": rendered.subject, "body": rendered.text},
                    "reference": rendered.message_id,
                },
            )
        if 400 <= answer.status_code < 500 and answer.status_code not in MISUSED:
            raise PermanentDeliveryError(f"GOV.UK Notify answered {answer.status_code}.")
        answer.raise_for_status()


async def _known(client: httpx2.AsyncClient, reference: str) -> bool:
    """Return whether Notify has an email with this reference."""
    answer = await client.get("/v2/notifications", params={"reference": reference})
    answer.raise_for_status()
    return bool(answer.json().get("notifications"))


def transport_of(mail: str, sender: str) -> Transport:
    """Return the transport of a setting: `readable`, `smtp://…` or `notify:<key>?template=<id>[&api=<address>]`.

    Raises ConfigurationError when the key or the template of Notify is missing.
    """
    if mail.startswith("notify:"):
        key, _, rest = mail.removeprefix("notify:").partition("?")
        more = parse_qs(rest)
        if len(key) < 73 or "template" not in more:
            raise ConfigurationError(
                "ALONGSIDE_MAIL: give Notify as notify:<API key>?template=<template id>."
            )
        return Notify(key, more["template"][0], more.get("api", [NOTIFY])[0])
    return Smtp(mail, sender) if mail.startswith(("smtp:", "smtps:")) else DemoOutboxTransport()
