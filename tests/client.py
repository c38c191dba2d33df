"""A browser without a window: sends requests to the app in this process, as one of the cast."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx
from bs4 import BeautifulSoup
from litestar import Litestar

from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from tests.personas import HEAD_OF_MILL, Persona

Form = Mapping[str, str | Sequence[str]]


class Client:
    """Gets and posts as a member of the cast; a post carries the tokens that our forms carry."""

    def __init__(self, app: Litestar) -> None:
        """Talk to this app."""
        self.app = app
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost")

    @staticmethod
    def token_of(one: Persona) -> str:
        """The token that the forms of this member's session carry."""
        return csrf_token(one.token)

    async def get(self, path: str, as_: Persona | None = None, **headers: str) -> httpx.Response:
        """What a member of the cast sees there."""
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
        """Send a form as a member of the cast; `key` is the submission's, a new one unless given."""
        body: dict[str, Any] = dict(form or {})
        if as_ is not None:
            body.setdefault("csrf_token", csrf_token(as_.token))
        body.setdefault("idempotency_key", key or uuid4().hex)
        sent = {"sec-fetch-site": "same-origin"} | headers
        return await self.http.post(path, data=body, headers=self._headers(as_, sent))

    def _headers(self, as_: Persona | None, headers: Mapping[str, str]) -> dict[str, str]:
        made = {name.replace("_", "-"): value for name, value in headers.items()}
        made.setdefault("host", (as_ or HEAD_OF_MILL).host)
        if as_ is not None:
            made["cookie"] = f"{SESSION_COOKIE}={as_.token}"
        return made


def soup(response: httpx.Response) -> BeautifulSoup:
    """The page as a tree."""
    return BeautifulSoup(response.text, "html5lib")


def words(response: httpx.Response) -> str:
    """What a reader reads on the page, white space folded."""
    return " ".join(soup(response).get_text(" ").split())
