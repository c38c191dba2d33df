"""uvicorn's HTTP/1.1 protocol with limits for the request head: bytes, headers and seconds.

uvicorn and httptools have no limits and held 300 MB of headers in memory. Behind nginx, its own limits apply first;
these apply where a process is reached directly.
"""

import asyncio
from collections.abc import Mapping

from litestar.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from alongside.platform.web.security import HEADERS

MOST_HEAD = 32_768
"""Maximum bytes of the request line and all headers, as in nginx (4 buffers of 8 kB)."""

MOST_HEADERS = 100
MOST_URL = 8_192
"""Maximum bytes of an address with its query."""

HEAD_SECONDS = 20.0
"""Seconds within which request line and headers must have arrived."""

HTML = "text/html; charset=utf-8"
HEAR_OUT = 1.0
"""Seconds for which a connection stays open after a refusal, so that the browser reads it."""


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits. `pages` has the page for each status with which a request may be refused."""

    pages: Mapping[int, bytes] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the first request."""
        super().connection_made(transport)
        self._served = self.app
        self._head, self._in_head, self._refused = 0, True, False
        self._since_body, self._body_came = 0, False
        self._timer: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a request head before they are stored."""
        if self._refused:
            return
        if self._in_head:
            if self._timer is None:
                self._expect_head()
            self._head += len(data)
        self._body_came = self._in_head
        super().data_received(data)
        self._since_body = 0 if self._body_came else self._since_body + len(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head > MOST_HEAD:
            self._refuse(431)
        elif self._since_body > MOST_HEAD:
            self._refused = True
            self.transport.close()  # the app already handles its request, so another response is not possible

    def on_header(self, name: bytes, value: bytes) -> None:
        """Store a header; trailers after the body are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Reset the counter: body data arrived, so this is not an endless trailer or chunk head."""
        self._body_came = True
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Handle the request, or answer with the page that refuses it."""
        self._in_head = False
        self._stop_timer()
        status = self._refusal()
        self.app = self._served if status is None else self._page_app(status)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the head of the next request."""
        self._in_head, self._head, self._body_came = True, 0, True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer invalid HTTP with a page."""
        self._refuse(400)

    def _refusal(self) -> int | None:
        if len(self.url) > MOST_URL:
            return 414
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MOST_HEAD or len(self.headers) > MOST_HEADERS:
            return 431
        return None

    def _page_app(self, status: int) -> ASGIApp:
        """Return an app that answers with the page of a status; the connection is closed."""

        async def refused(_scope: Scope, _receive: Receive, send: Send) -> None:
            headers = [(name.encode(), value.encode()) for name, value in self._headers(status).items()]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": self.pages[status], "more_body": False})

        return refused

    def _refuse(self, status: int) -> None:
        """Answer before the head is complete, stop reading, and close soon."""
        self._refused = True
        self._stop_timer()
        head = "".join(f"{name}: {value}\r\n" for name, value in self._headers(status).items())
        self.transport.pause_reading()  # what follows stays with its sender
        self.transport.write(STATUS_LINE[status] + head.encode() + b"\r\n" + self.pages[status])
        self.loop.call_later(HEAR_OUT, self.transport.close)

    def _headers(self, status: int) -> dict[str, str]:
        length = str(len(self.pages[status]))
        return HEADERS | {"content-type": HTML, "content-length": length, "connection": "close"}

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _too_slow(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            if self._head:
                self._refuse(408)
            else:
                self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limited_protocol(pages: Mapping[int, bytes]) -> type[LimitedProtocol]:
    """Return the protocol class with these pages."""
    return type("LimitedProtocolWithPages", (LimitedProtocol,), {"pages": dict(pages)})
