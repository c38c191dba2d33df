"""Prints what each kind of recipient is told of an escalation: `python -m tests.features.escalations.message_table`."""

from collections.abc import Iterator
from typing import NamedTuple

from alongside.features.escalations.telling import ACTS, EVENTS, Recipient, Turn, text_for

DUE = "5pm on Friday 11 December 2026"
RETURN = Turn(Recipient.LEAD, "Take the school back, or say why it is too early,", "answers", DUE)


class MessageRow(NamedTuple):
    """One row of the table."""

    kind: str
    recipient: Recipient
    turn: Turn | None
    subject: str
    text: str


def table() -> Iterator[MessageRow]:
    """Yield every event × whose turn it is next × kind of recipient."""
    turns = [None, RETURN, *(Turn(Recipient.OWNER, act, does, DUE) for act, does in ACTS.values())]
    for kind in EVENTS:
        for turn in turns:
            for recipient in Recipient:
                yield MessageRow(kind, recipient, turn, *text_for(kind, recipient, turn))


if __name__ == "__main__":
    for one in table():
        print(f"{one.kind} | {one.recipient} | {one.subject} | {one.text}")
