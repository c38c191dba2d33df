"""Simulated browsers: they open pages, send forms, and retry requests that were not answered."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

from alongside.platform.web.context import SESSION_COOKIE
from tests.simulation.faults import Faults
from tests.simulation.html import Form, Reader, read
from tests.simulation.people import Actor

PATIENCE = 120.0
"""Seconds for which an unanswered request is retried."""

SHAKEN = 10.0
"""Seconds after a kill in which status 500 is counted separately."""

IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/)\d{5,7}(?=/|$)")


def pattern_of(path: str) -> str:
    """A path without ids and query string, which identifies the kind of page."""
    return IDS.sub("{id}", path.partition("?")[0])


def summary_of(page: str) -> str:
    """A short text of the errors on a page."""
    main = page[page.find("<main") :]
    at = main.find("govuk-error-summary__list")
    text = re.sub(r"<[^>]*>?", " ", main[at + 26 if at >= 0 else 0 :][:1500])
    return " ".join(text.split())[:160]


@dataclass
class Opened:
    """A response. Its forms and links are parsed on first use."""

    path: str
    response: httpx.Response
    _read: Reader | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def page(self) -> Reader:
        """Its forms and links."""
        if self._read is None:
            self._read = read(self.response.text)
        return self._read

    def form(self, ending: str) -> Form | None:
        """The first form whose action ends with this path."""
        return next(
            (one for one in self.page.forms if one.method == "post" and one.action.endswith(ending)), None
        )


@dataclass
class Traffic:
    """Sends all requests and counts them: forms by path, responses by status, sizes by kind of page.

    `strangers` maps a host to the pattern of school names of other authorities.
    """

    http: httpx.AsyncClient
    faults: Faults
    size_limit: int
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    sizes: dict[str, tuple[int, str]] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    strangers: dict[str, list[re.Pattern[str]]] = field(default_factory=dict)
    sent_again: int = 0
    killed_at: float = float("-inf")

    async def get(self, path: str, token: str | None, host: str, who: str = "") -> Opened:
        """Open a page."""
        opened = Opened(path, await self._send("GET", path, token, host))
        self._judge(opened, host, who)
        return opened

    async def post(
        self, path: str, values: dict[str, Any], token: str | None, host: str, who: str = ""
    ) -> Opened:
        """Send a form and follow its redirect."""
        opened = Opened(path, await self._send("POST", path, token, host, values))
        self._judge(opened, host, f"{who} sending {sorted(values)}")
        kind = pattern_of(path)
        if opened.status == 303:
            self.acts[kind] += 1
        else:
            self.refused[f"{opened.status} {kind}"] += 1
            self.reasons[f"{opened.status} {kind}: {summary_of(opened.response.text)}"] += 1
        return opened

    async def _send(
        self, method: str, path: str, token: str | None, host: str, values: dict[str, Any] | None = None
    ) -> httpx.Response:
        headers = {"host": host, "sec-fetch-site": "same-origin"}
        if token:
            headers["cookie"] = f"{SESSION_COOKIE}={token}"
        until = time.monotonic() + PATIENCE
        while True:
            began = time.monotonic()
            try:
                answer = await self.http.request(method, path, headers=headers, data=values)
            except httpx.HTTPError as problem:
                if time.monotonic() > until:
                    raise AssertionError(f"nobody answers {method} {path}: {problem!r}") from problem
            else:
                self.statuses[answer.status_code] += 1
                kind = pattern_of(path)
                self.slowest[kind] = max(self.slowest[kind], time.monotonic() - began)
                shaken = time.monotonic() - self.killed_at < SHAKEN
                if answer.status_code == 500 and shaken:
                    self.faults.add("500 after a kill, where 503 is right", f"{method} {kind}")
                if answer.status_code not in (502, 503) and not (answer.status_code == 500 and shaken):
                    return answer
                if time.monotonic() > until:
                    return answer
            self.sent_again += 1
            await asyncio.sleep(0.1)

    def _judge(self, opened: Opened, host: str, who: str) -> None:
        response, kind = opened.response, pattern_of(opened.path)
        if response.status_code >= 500:
            self.faults.add("an answer of 500 or more", f"{response.status_code} {opened.path} {who}")
        content_type = response.headers.get("content-type", "")
        for of_others in (
            self.strangers.get(host, ()) if content_type.startswith(("text/", "application/json")) else ()
        ):
            found = of_others.search(response.text)
            if found:
                self.faults.add(
                    "a page that names a school of another authority", f"{opened.path} {who}: {found[0]}"
                )
        if content_type.startswith("text/html"):
            size = len(response.content)
            if size > self.sizes.get(kind, (0, ""))[0]:
                self.sizes[kind] = (size, f"{opened.path} {who}")
            if size > self.size_limit:
                self.faults.add("a page over its size limit", f"{kind}")


@dataclass
class Browser:
    """One person in one role, signed in."""

    traffic: Traffic
    who: Actor
    host: str
    token: str

    async def open(self, path: str) -> Opened:
        """Open a page."""
        return await self.traffic.get(path, self.token, self.host, f"as {self.who.role} {self.who.name}")

    async def send(self, form: Form, values: dict[str, Any], at: str) -> Opened:
        """Send a form with these values and return the response. Redirects are followed."""
        path = form.action or at
        done = await self.traffic.post(
            path, values, self.token, self.host, f"as {self.who.role} {self.who.name}"
        )
        if done.status == 303 and done.response.headers["location"].startswith("/"):
            shown = await self.open(done.response.headers["location"])
            if shown.status in (403, 404):
                self.traffic.faults.add(
                    "a form leads to a page that its sender may not see",
                    f"{pattern_of(path)} → {pattern_of(shown.path)}",
                )
        return done
