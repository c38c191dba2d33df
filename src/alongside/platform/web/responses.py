"""Results of page functions: plain values that are rendered after the commit."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a template and its context.

    `fragment` is the template for an htmx request that swaps only a part; it takes the same context. `cookies` as in
    Redirect; `headers` go on the response.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    fragment: str | None = None
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
    authority has too much of it (`process_pool.Quotas`).
    """

    act: Callable[[], Awaitable["PageResult"]]
    expensive: bool = False


PageResult = Page | Redirect | Download | InlineImage | TextResponse | ContinueAfterCommit
