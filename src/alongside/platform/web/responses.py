"""What a page function gives back: plain values, rendered only after the commit."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show: a template and what it needs.

    `fragment` is the template for an htmx request that swaps only a part; it takes the same context. `cookies` as in
    SeeOther; `headers` go on the response.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    fragment: str | None = None
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """The act is done: go and look (303). `said` is one sentence shown there once.

    `cookies` are set and, where the value is None, taken away; only sign-in uses them.
    """

    location: str
    said: str | None = None
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep: always an attachment, never shown in place; `headers` go on the response."""

    body: bytes | AsyncIterator[bytes]
    filename: str
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture that the product itself has drawn anew: the one kind of file that is shown in place.

    Its content never changes under its address, so a browser may keep it for `seconds`; not where 0.
    """

    body: bytes
    media_type: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class TextResponse:
    """A short answer for machines: health, feeds, fragments of text."""

    body: str
    status: int = 200
    media_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContinueAfterCommit:
    """More to do before there is an answer, which must hold no connection to the database: asking another server.

    What is `expensive` (solving, scoring, printing) waits for a place among the expensive works of this process, and is
    refused where the person or the authority has too many (`process_pool.Quotas`).
    """

    act: Callable[[], Awaitable["PageResult"]]
    expensive: bool = False


PageResult = Page | Redirect | Download | InlineImage | TextResponse | ContinueAfterCommit
