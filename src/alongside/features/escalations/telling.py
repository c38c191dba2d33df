"""What people are told of an escalation: one text for each kind of recipient, with who acts next and by when.

Subjects name nothing: neither the school nor the reason, and not even that there is an escalation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from alongside.platform.notifications.actions import NOTHING_TO_DO, Message
from alongside.platform.web.formatting import format_deadline


class Recipient(StrEnum):
    """The kinds of people who are told of an escalation."""

    OWNER = "officer who owns it"
    OFFICER = "officer"
    LEAD = "consortium lead"
    HEAD = "head of the school concerned"
    READER = "named reader or member of the board"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is after an event: what they must do, in the imperative and in the third person, and by when."""

    by: Recipient
    act: str
    does: str
    due: str


ACTS = {
    "acknowledge": ("Acknowledge it", "acknowledges it"),
    "decide": ("Decide what happens next", "decides what happens next"),
    "plan": ("Agree the plan", "agrees the plan"),
    "review": ("Review it", "reviews it"),
}
"""What the officer does at each stage with a due date."""

OF = {
    Recipient.OWNER: "an escalation that you own",
    Recipient.OFFICER: "an escalation",
    Recipient.LEAD: "an escalation of your consortium",
    Recipient.HEAD: "the escalation about your school",
    Recipient.READER: "an escalation that you were asked to read",
}

EVENTS: Mapping[str, str] = {
    "escalation_raised": "{it} has been raised.",
    "escalation_acknowledged": "The core team has acknowledged {it}.",
    "escalation_decided": "The core team has decided what happens next in {it}.",
    "escalation_planned": "The plan of {it} is agreed.",
    "escalation_reviewed": "The core team has reviewed {it}.",
    "escalation_waits": "The clock of {it} is paused.",
    "escalation_resumed": "The clock of {it} is running again.",
    "escalation_returning": "The criteria of {it} are met, so the consortium is asked to take the school back.",
    "escalation_not_yet": "The consortium says it is too early to take the school back in {it}.",
    "escalation_stepped_up": "{it} has gone to the next stage.",
    "escalation_stepped_down": "{it} has been de-escalated.",
    "escalation_closed": "{it} is closed. You can read its outcome.",
    "escalation_withdrawn": "The consortium that raised {it} has withdrawn it.",
    "escalation_merged": "{it} has been merged into another.",
    "escalation_reopened": "{it} has been reopened.",
    "escalation_step": "A statutory step has been recorded in {it}.",
    "escalation_referral_answered": "The DfE has answered a referral in {it}.",
    "escalation_overruled": "The authority has overruled a decision of headteachers in {it}.",
}
"""What has happened, by the kind of notification; `{it}` names the escalation as the recipient knows it."""

NEWS = "There is news for you in Alongside"

RAISED_FOR_HEAD = (
    "An escalation about your school has been raised. You can read what it says and who will speak with you. "
    + NOTHING_TO_DO
)


def act_by(due: str) -> str:
    """Return the subject of an email that asks for something."""
    return f"Please act in Alongside by {due}"


def officers_turn(deadline_kind: str | None, due_at: datetime | None) -> Turn | None:
    """Return the turn of the core team at a stage; None if nothing is due."""
    if deadline_kind not in ACTS or due_at is None:
        return None
    act, does = ACTS[deadline_kind]
    return Turn(Recipient.OWNER, act, does, format_deadline(due_at))


def owner_text(said: str, deadline_kind: str | None, due_at: datetime | None) -> tuple[str, str]:
    """Return the text and the subject for a new owner: what has happened, then what they must do and by when."""
    turn = officers_turn(deadline_kind, due_at)
    if turn is None:
        return f"{said} {NOTHING_TO_DO}", NEWS
    return f"{said} {turn.act} by {turn.due}.", act_by(turn.due)


def text_for(event: str, recipient: Recipient, turn: Turn | None) -> tuple[str, str]:
    """Return the subject and the text of an event for a kind of recipient."""
    said = EVENTS[event].format(it=OF[recipient])
    said = said[0].upper() + said[1:]
    if turn is None:
        return NEWS, f"{said} {NOTHING_TO_DO}"
    if recipient is turn.by or (turn.by is Recipient.OWNER and recipient is Recipient.OFFICER):
        return act_by(turn.due), f"{said} {turn.act} by {turn.due}."
    who = "The consortium" if turn.by is Recipient.LEAD else "The core team"
    return NEWS, f"{said} {who} {turn.does} by {turn.due}. {NOTHING_TO_DO}"


def messages(event: str, people: Mapping[Recipient, Sequence[UUID]], turn: Turn | None) -> Iterator[Message]:
    """Yield what each person is told; who is of two kinds is told as the first."""
    for recipient in Recipient:
        subject, said = text_for(event, recipient, turn)
        for one in people.get(recipient, ()):
            yield Message(one, said, subject, said)
