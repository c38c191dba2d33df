"""Renders an email: one sentence without a judgement, a link, and how to change the email settings."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from jinja2 import Environment
from sqlalchemy import Row

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class EmailOrigin:
    """The authority that emails come from: id, name, address of its site, and address for replies."""

    authority_id: int
    name: str
    address: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """One email, ready to send. `again` is set when an earlier attempt may have delivered it."""

    to_address: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str
    account: str
    again: bool = False


def email_from(environment: Environment, row: Row[tuple[object, ...]], origin: EmailOrigin) -> RenderedEmail:
    """Return the email for a row of the outbox."""
    account = f"{origin.address}/account"
    words = {
        "body": row.body.strip(),
        "link": f"{origin.address}{row.path}" if row.path else None,
        "authority": origin.name,
        "account": account,
    }
    plain = environment.overlay(autoescape=False)
    return RenderedEmail(
        to_address=row.to_address,
        subject=one_line(f"{origin.name}: {row.subject}")[:LONGEST_SUBJECT],
        text=plain.get_template("_emails/letter.txt").render(words),
        html=environment.get_template("_emails/letter.html").render(words),
        message_id=row.message_id,
        reply_to=origin.reply_to,
        account=account,
        again=row.attempt > 1,
    )


def one_line(text: str) -> str:
    """Return text that is safe in a header: without line breaks and other control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def message_from(rendered: RenderedEmail, sender: str) -> EmailMessage:
    """Return the email as an RFC 5322 message. Raises ValueError for an address that no header can hold."""
    message = EmailMessage()
    message["From"] = formataddr(("Alongside", sender))
    message["To"] = rendered.to_address
    message["Subject"] = rendered.subject
    message["Reply-To"] = rendered.reply_to
    message["Message-ID"] = f"<{rendered.message_id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["List-Unsubscribe"] = f"<{rendered.account}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message
