"""Delays what is refused for load to an address that is refused too often: refusing costs time too.

Only refusals (429 and 503) are counted and delayed. What an address is allowed is answered as always, so the people who
share one with an attacker are not slowed down.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from alongside.platform.web.busy import ALWAYS_SERVED, host_of
from alongside.platform.web.context import AppContext
from alongside.platform.web.health import REQUESTS_TOTAL
from alongside.platform.web.render import HTML, plain_page
from alongside.platform.web.responses import RETRY_AFTER
from alongside.platform.web.security import HEADERS
from alongside.platform.web.turns import network_of

STATUSES = (429, 503)
MOST_REMEMBERED = 2_000
Sender = tuple[int, str]
"""An authority, or 0 for an unknown host, and an address or IPv6 /64."""

Repeat = tuple[Sender, bytes, bytes]
"""A request that was refused: its sender, its cookies, and its path with the query."""


@dataclass
class Refusals:
    """Lets `a_second` refusals leave for each sender after the first `burst`; the others wait.

    One that would wait longer than `longest` seconds, or that finds `most_held` waiting in this process, is sent at
    once on a connection that is then closed. A page that was refused is refused again for `stands` seconds without
    being handled, if its sender is over the limit. `clock` returns seconds.
    """

    burst: int = 60
    a_second: float = 10.0
    longest: float = 5.0
    most_held: int = 500
    stands: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    held: int = 0
    _next: dict[Sender, float] = field(default_factory=dict)
    _repeats: dict[Repeat, tuple[float, int]] = field(default_factory=dict)

    async def wait(self, sender: Sender) -> bool:
        """Count a refusal and wait until it may leave. Return False if it must not wait: then close the connection."""
        now = self.clock()
        if len(self._next) >= MOST_REMEMBERED and sender not in self._next:
            self._next = {one: at for one, at in self._next.items() if at > now}
        delay = self._delay(sender, now)
        if delay > self.longest:
            return False
        self._next[sender] = max(now, self._next.get(sender, now)) + 1 / self.a_second
        if delay <= 0:
            return True
        if self.held >= self.most_held:
            return False
        self.held += 1
        try:
            await self.sleep(delay)
        finally:
            self.held -= 1
        return True

    def _delay(self, sender: Sender, now: float) -> float:
        """Return how long the next refusal of a sender must wait, in seconds."""
        return max(0.0, self._next.get(sender, now) - now) + (1 - self.burst) / self.a_second

    def remember(self, repeat: Repeat, status: int) -> None:
        """Remember a refused page of a sender who is over the limit."""
        now = self.clock()
        if self._delay(repeat[0], now) <= 0:
            return
        if len(self._repeats) >= MOST_REMEMBERED:
            self._repeats.clear()
        self._repeats[repeat] = now + self.stands, status

    def status_of(self, repeat: Repeat) -> int | None:
        """Return with which status this page was refused a moment ago, if it was."""
        until, status = self._repeats.get(repeat, (0.0, 0))
        return status if until > self.clock() else None


def delaying_refusals(app: ASGIApp, app_context: AppContext, refusals: Refusals) -> ASGIApp:
    """Wrap the app; it stands behind the middleware that finds the address that a trusted proxy names."""
    pages = {status: plain_page(app_context.environment, f"errors/{status}.html") for status in STATUSES}
    start = {status: _start(status, pages[status]) for status in STATUSES}

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(ALWAYS_SERVED):
            await app(scope, receive, send)
            return
        sender = _sender(scope, app_context)
        repeat = None if scope["method"] == "POST" else _repeat(scope, sender)
        status = None if repeat is None else refusals.status_of(repeat)

        async def delayed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in STATUSES:
                if repeat is not None and status is None:
                    refusals.remember(repeat, message["status"])
                if not await refusals.wait(sender):
                    message = message | {"headers": [*message["headers"], (b"connection", b"close")]}
            await send(message)

        if status is None:
            await app(scope, receive, delayed)
        else:
            REQUESTS_TOTAL.labels("refused_again", scope["method"], status, "").inc()
            await delayed(start[status])
            await send({"type": "http.response.body", "body": pages[status], "more_body": False})

    return guarded


def _start(status: int, page: bytes) -> Message:
    more = {"content-type": f"{HTML}; charset=utf-8", "content-length": str(len(page))}
    headers = [(name.encode(), value.encode()) for name, value in (HEADERS | RETRY_AFTER | more).items()]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _sender(scope: HTTPScope, app_context: AppContext) -> Sender:
    tenant = app_context.known_tenant(host_of(scope))
    address = network_of(scope["client"][0]) if scope["client"] else ""
    return (tenant.authority_id if tenant else 0), address


def _repeat(scope: HTTPScope, sender: Sender) -> Repeat:
    cookies = b";".join(value for name, value in scope["headers"] if name == b"cookie")
    return sender, cookies, scope["raw_path"] + b"?" + scope["query_string"]
