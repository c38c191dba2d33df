"""Results of page functions: plain values that are rendered after the commit."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, Protocol


class Rendered(Protocol):
    """A template, the template of its part for htmx, and what they show."""

    @property
    def template(self) -> str:
        """The template of the page."""

    @property
    def fragment(self) -> str | None:
        """The template for an htmx request that swaps only a part, if there is one."""

    def variables(self) -> dict[str, object]:
        """Return the variables by name."""


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """The variables of a page: the fields of a frozen dataclass are what its template shows, with their types.

    `template` is the page; `fragment` the template for an htmx request that swaps only a part, with the same variables.
    `tests/structure/test_templates.py` compares fields, types and templates.
    """

    template: ClassVar[str]
    fragment: ClassVar[str | None] = None

    def variables(self) -> dict[str, object]:
        """Return the variables by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


RETRY_AFTER = {"retry-after": "5"}
"""Seconds after which a request that was refused for load may be sent again."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page and what it shows. `cookies` as in Redirect; `headers` go on the response."""

    context: Rendered
    status: int = 200
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect (303) after an action. `said` is one sentence shown there once.

    `cookies` are set or, where the value is None, deleted; only sign-in uses them.
    """

    location: str
    said: str | None = None
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to download, always as an attachment; `headers` go on the response."""

    body: bytes | AsyncIterator[bytes]
    filename: str
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InlineImage:
    """An image that the product has re-encoded: the only kind of file that is shown inline.

    Its content never changes under its address, so a browser may cache it for `seconds`; 0 forbids caching.
    """

    body: bytes
    media_type: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class TextResponse:
    """A short text response: health checks, feeds, fragments."""

    body: str
    status: int = 200
    media_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContinueAfterCommit:
    """Work to do after the commit and before the response, without a database connection, such as a call to another
    server.

    `expensive` work (solving, scoring, PDFs) waits for a slot in this process, and is refused when the person or the
    authority has too much of it (`process_pool.Quotas`). Work that opens a transaction of its own says `in_turn`: it
    waits for a turn of the authority, as the request did before.
    """

    act: Callable[[], Awaitable["PageResult"]]
    expensive: bool = False
    in_turn: bool = False


PageResult = Page | Redirect | Download | InlineImage | TextResponse | ContinueAfterCommit
