"""A test client: sends requests to the app in this process, signed in as one of the personas."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
from bs4 import BeautifulSoup, Tag
from litestar import Litestar

from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.idempotency import AGAIN
from alongside.platform.web.security import csrf_token
from tests.personas import HEAD_OF_MILL, Persona

Form = Mapping[str, str | Sequence[str]]


def transport_to(app: Any, address: str = "127.0.0.1") -> httpx.ASGITransport:
    """Return the way to an app in this process, from an address."""
    return httpx.ASGITransport(app=app, client=(address, 4711))


class Client:
    """Sends GET and POST requests as a persona; a POST has the tokens that our forms contain."""

    def __init__(self, app: Litestar) -> None:
        """Create a client for this app."""
        self.app = app
        self.http = httpx.AsyncClient(transport=transport_to(app), base_url="http://localhost")

    @staticmethod
    def token_of(one: Persona) -> str:
        """Return the CSRF token that the forms of this persona's session contain."""
        return csrf_token(one.token)

    async def get(self, path: str, as_: Persona | None = None, **headers: str) -> httpx.Response:
        """Request a page as a persona."""
        return await self.http.get(path, headers=self._headers(as_, headers))

    async def post(
        self,
        path: str,
        form: Form | None = None,
        as_: Persona | None = None,
        *,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Submit a form as a persona.

        `key` is the idempotency key, by default a new one that makes a second record of the same content.
        """
        body: dict[str, Any] = dict(form or {})
        if as_ is not None:
            body.setdefault("csrf_token", csrf_token(as_.token))
        body.setdefault("idempotency_key", key or f"{AGAIN}{uuid4().hex}")
        sent = {"sec-fetch-site": "same-origin"} | headers
        return await self.http.post(path, data=body, headers=self._headers(as_, sent))

    def _headers(self, as_: Persona | None, headers: Mapping[str, str]) -> dict[str, str]:
        made = {name.replace("_", "-"): value for name, value in headers.items()}
        made.setdefault("host", (as_ or HEAD_OF_MILL).host)
        if as_ is not None:
            made["cookie"] = f"{SESSION_COOKIE}={as_.token}"
        return made


def soup(response: httpx.Response) -> BeautifulSoup:
    """Parse the page."""
    return BeautifulSoup(response.text, "html5lib")


def element(page: Tag, selector: str) -> Tag:
    """Return the first element of a page that the selector names; there must be one."""
    found = page.select_one(selector)
    assert found is not None, f"no {selector}"
    return found


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute of an element; it must be there."""
    value = tag[name]
    assert isinstance(value, str)
    return value


class _Text(HTMLParser):
    """The text between the tags of a page: a tree of its elements would take ten times as long."""

    HIDDEN = ("script", "style")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def words(response: httpx.Response) -> str:
    """Return the visible text of the page, with white space collapsed."""
    text = _Text()
    text.feed(response.text)
    text.close()
    return " ".join(" ".join(text.parts).split())
