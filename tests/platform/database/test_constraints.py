"""A violated constraint becomes the error that its name stands for; every other error stays what it is."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from alongside.errors import ActionRefused, TooManyRequests, ValidationFailed
from alongside.features.agreements.proposals.hard_rules import constraint_messages
from alongside.features.authorities.actions import COLLISIONS
from alongside.features.escalations.transitions import CONSTRAINT_MESSAGES
from alongside.features.people.invitations.actions import LIMITS
from alongside.platform.database.constraints import Message, explain_constraints

BASELINE = (Path(__file__).parents[3] / "migrations" / "versions" / "0001_baseline.sql").read_text()
MESSAGES: dict[str, Message] = {
    "ck_a": "Enter fewer days.",
    "ck_b": ("days", "Enter fewer days"),
    "ck_c": partial(TooManyRequests, "Wait a day."),
}


def violated(name: str) -> IntegrityError:
    """Return SQLAlchemy's error for a constraint, as asyncpg's errors arrive."""
    cause = Exception()
    cause.constraint_name = name  # type: ignore[attr-defined]
    original = Exception()
    original.__cause__ = cause
    return IntegrityError("INSERT", {}, original)


@pytest.mark.parametrize(
    ("name", "kind"), [("ck_a", ActionRefused), ("ck_b", ValidationFailed), ("ck_c", TooManyRequests)]
)
def test_a_violated_constraint_becomes_its_error(name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised, explain_constraints(MESSAGES, "open"):
        raise violated(name)
    assert isinstance(raised.value.__cause__, IntegrityError)
    assert getattr(raised.value, "state", "open") == "open"


def test_a_constraint_without_a_message_is_not_explained() -> None:
    with pytest.raises(IntegrityError), explain_constraints(MESSAGES):
        raise violated("ck_other")


def test_two_errors_of_one_message_are_two_objects() -> None:
    """An error carries who asked, so it is never shared between requests."""
    raised = []
    for _ in range(2):
        with pytest.raises(TooManyRequests) as one, explain_constraints(MESSAGES):
            raise violated("ck_c")
        raised.append(one.value)
    assert raised[0] is not raised[1]


def test_every_constraint_with_a_message_is_in_the_schema() -> None:
    names = {*CONSTRAINT_MESSAGES, *LIMITS, *COLLISIONS}
    sides: Any = SimpleNamespace(supporting_name="A", requesting_name="B")
    names |= set(constraint_messages(sides))
    assert {name for name in names if name not in BASELINE} == set()
