"""Errors for violated constraints: one sentence for each constraint's name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from alongside.errors import ActionRefused, AlongsideError, ValidationFailed

Message = str | tuple[str, str] | Callable[[], AlongsideError]
"""A sentence (ActionRefused), a form field and a sentence (ValidationFailed), or what makes another error."""


@contextmanager
def explain_constraints(messages: Mapping[str, Message], state: str | None = None) -> Iterator[None]:
    """Replace the error of a violated constraint that `messages` names; `state` is the record's for ActionRefused.

    A savepoint belongs inside, if the transaction is to go on.
    """
    try:
        yield
    except IntegrityError as error:
        message = messages.get(violated_constraint(error) or "")
        match message:
            case None:
                raise
            case str():
                raise ActionRefused(message, state) from error
            case (field, sentence):
                raise ValidationFailed({field: [sentence]}) from error
            case _:
                raise message() from error


def violated_constraint(error: IntegrityError) -> str | None:
    """Return the name of the violated constraint; triggers name theirs with USING CONSTRAINT."""
    name: str | None = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    return name
