"""A letter as it leaves: one sentence, a link, and how to have fewer of them. No judgement stands in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from jinja2 import Environment
from sqlalchemy import Row

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class EmailOrigin:
    """From which authority letters come: its id, its name, where it is reached, and who reads the answers."""

    authority_id: int
    name: str
    address: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    """One letter, ready to leave. `again` when it was tried before, so that it may have arrived already."""

    to_address: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str
    account: str
    again: bool = False


def email_from(environment: Environment, row: Row[tuple[object, ...]], origin: EmailOrigin) -> RenderedEmail:
    """The letter that a row of the outbox means."""
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
    """Text that can stand in a header: without line breaks and other controls."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def message_from(rendered: RenderedEmail, sender: str) -> EmailMessage:
    """The letter as RFC 5322 wants it. Raises ValueError for an address that no header can hold."""
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
