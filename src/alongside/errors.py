"""Errors that end a request, independent of the web framework.

Every sentence is written for the user: what happened, then what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class AlongsideError(Exception):
    """The base class of every error that this product raises on purpose."""


class NotFound(AlongsideError):
    """The object does not exist or is outside this person's scope; both look the same (404)."""


class AuthenticationRequired(AlongsideError):
    """The page requires a signed-in user (redirects to the sign-in page and back)."""


@dataclass
class ActionRefused(AlongsideError):
    """An action that the current state does not allow (409).

    `sentence` says why and what to do; `state` is the current state, `page` the address that shows it.
    """

    sentence: str
    state: str | None = None
    page: str | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass
class EditConflict(AlongsideError):
    """The record was changed while this person was editing it (409).

    `differences` holds (label, your version, current version), `version` the current version number, `now` a
    sentence on the current version where there is no text to compare.
    """

    differences: Sequence[tuple[str, str, str]]
    version: int
    sentence: str = "Someone else changed this while you were editing it. Your changes are not saved yet."
    now: str = ""

    def __str__(self) -> str:
        return self.sentence


@dataclass
class ValidationFailed(AlongsideError):
    """Invalid input (422).

    `mistakes` maps a field's name to sentences that each say what to do.
    """

    mistakes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(sentence for sentences in self.mistakes.values() for sentence in sentences)


class CsrfError(AlongsideError):
    """A write that did not come from one of our own forms (403): no token, a wrong one, or another site."""


class ServiceUnavailable(AlongsideError):
    """The database is unavailable, or a request has waited too long (503)."""


class TooManyWaiting(ServiceUnavailable):
    """Too many requests of this authority wait already, so this one is refused at once (503)."""


@dataclass
class TooManyRequests(AlongsideError):
    """A person or authority exceeded a limit (429); `sentence` says what to do."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


class ConfigurationError(AlongsideError):
    """The product cannot start: the sentence names the setting and what to do."""
