"""The variables of the error pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple, Self

from alongside.errors import EditConflict
from alongside.platform.web.form_data import TOKENS, FormData
from alongside.platform.web.responses import PageContext

NO_TEXT = re.compile(r"[0-9a-f-]{32,}|[\w.:-]{0,19}")
"""Ids, numbers, keys and single words, which are not worth showing again."""


ID_IN_NAME = re.compile(r"_?[0-9a-f]{32}")
"""An id in the name of a field, which is not part of its label."""


def is_text(value: str) -> bool:
    """Return whether a value is worth showing again."""
    return NO_TEXT.fullmatch(value) is None


@dataclass(frozen=True, kw_only=True)
class ErrorContext(PageContext):
    """An error page with what was typed: the texts that a person would want back, by field.

    `kept_files` says whether files must be chosen again, `kept_too_long` that the text is too long to show.
    """

    kept_text: Sequence[tuple[str, str]] = ()
    kept_files: bool = False
    kept_too_long: bool = False

    def with_typed(self, form: FormData) -> Self:
        """Return the page with what was typed."""
        texts = [(ID_IN_NAME.sub("", name), value) for name, value in form.texts() if is_text(value)]
        return replace(self, kept_text=texts, kept_files=form.has_files())


class KeptField(NamedTuple):
    """A field of a form that can be sent again; `shown` is false for ids and single words."""

    name: str
    label: str
    value: str
    shown: bool


@dataclass(frozen=True, kw_only=True)
class SendAgainContext(ErrorContext):
    """An error page that is the form again: the texts in fields that can be edited, the rest hidden, and the tokens."""

    kept: Sequence[KeptField] = ()
    kept_tokens: Mapping[str, str] = field(default_factory=dict)

    def with_typed(self, form: FormData) -> Self:
        """Return the page with what was typed."""
        tokens = {name: "".join(form.getlist(name)[:1]) for name in TOKENS}
        kept = [
            KeptField(name, ID_IN_NAME.sub("", name), value, is_text(value)) for name, value in form.texts()
        ]
        return replace(super().with_typed(form), kept=kept, kept_tokens=tokens)


@dataclass(frozen=True, kw_only=True)
class UnreadableContext(ErrorContext):
    """A request that cannot be read."""

    template: ClassVar[str] = "errors/400.html"


@dataclass(frozen=True, kw_only=True)
class ForbiddenContext(ErrorContext):
    """A form that is not accepted from here, or of somebody who has been signed out.

    `back_to` is the address of the form with the text that was kept, for after they have signed in again.
    """

    template: ClassVar[str] = "errors/403.html"
    sentence: str
    back_to: str = ""


@dataclass(frozen=True, kw_only=True)
class NotFoundContext(ErrorContext):
    """Nothing that this person can see."""

    template: ClassVar[str] = "errors/404.html"


@dataclass(frozen=True, kw_only=True)
class TooSlowContext(SendAgainContext):
    """A form that took too long to arrive."""

    template: ClassVar[str] = "errors/408.html"


@dataclass(frozen=True, kw_only=True)
class RefusedContext(ErrorContext):
    """An action that cannot be done now; `state` is that of the record, `page` the page that shows it, if any."""

    template: ClassVar[str] = "errors/409.html"
    sentence: str
    state: str | None = None
    page: str | None = None


@dataclass(frozen=True, kw_only=True)
class TooLargeContext(SendAgainContext):
    """A form that is too large; `largest` is the most bytes of its file, if it has one."""

    template: ClassVar[str] = "errors/413.html"
    largest: int | None
    too_many_fields: bool


@dataclass(frozen=True, kw_only=True)
class InvalidContext(ErrorContext):
    """Values that no form of ours sends, by field."""

    template: ClassVar[str] = "errors/422.html"
    mistakes: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class TooManyContext(SendAgainContext):
    """Too many requests of a person."""

    template: ClassVar[str] = "errors/429.html"
    sentence: str


@dataclass(frozen=True, kw_only=True)
class BrokenContext(SendAgainContext):
    """An error of ours."""

    template: ClassVar[str] = "errors/500.html"


@dataclass(frozen=True, kw_only=True)
class BusyContext(SendAgainContext):
    """Too many requests of all, or no database."""

    template: ClassVar[str] = "errors/503.html"


@dataclass(frozen=True, kw_only=True)
class StaleContext(PageContext):
    """An edit of a record that somebody else has changed meanwhile; `kept` is every text that was typed."""

    template: ClassVar[str] = "errors/stale.html"
    stale: EditConflict
    kept: Sequence[tuple[str, str]] = ()

    def with_typed(self, form: FormData) -> Self:
        """Return the page with what was typed."""
        return replace(self, kept=form.texts())
