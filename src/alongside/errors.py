"""How a request may end badly, free of any framework.

Every sentence is written for the person who reads it: what happened, then what to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class AlongsideError(Exception):
    """The root of everything this product raises on purpose."""


class NotFound(AlongsideError):
    """There is no such thing within this person's reach: not there and not yours look the same (404)."""


class AuthenticationRequired(AlongsideError):
    """This page asks to know who you are (the sign-in page, then back here)."""


@dataclass
class ActionRefused(AlongsideError):
    """An act that the present state does not allow (409).

    `sentence` says why and what to do; `state` is the state that the thing is in now.
    """

    sentence: str
    state: str | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass
class EditConflict(AlongsideError):
    """Somebody changed the thing while this person was editing it (409).

    `differences` holds (label, what you typed, what stands there now), `version` the present version.
    """

    differences: Sequence[tuple[str, str, str]]
    version: int
    sentence: str = (
        "Somebody else changed this while you were editing it. Nothing of yours has been saved yet."
    )

    def __str__(self) -> str:
        return self.sentence


@dataclass
class ValidationFailed(AlongsideError):
    """Something that was typed cannot be taken (422).

    `mistakes` maps a field's name to sentences that each name the cure.
    """

    mistakes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(sentence for sentences in self.mistakes.values() for sentence in sentences)


class CsrfError(AlongsideError):
    """A write that did not come from one of our own forms (403): no token, a wrong one, or another site."""


class ServiceUnavailable(AlongsideError):
    """The database cannot be asked just now (503, come back in a moment)."""


@dataclass
class TooManyRequests(AlongsideError):
    """More than one person or authority may ask for in this time (429); `sentence` says what to do."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


class ConfigurationError(AlongsideError):
    """The product refuses to start: the sentence names the setting and the cure."""
