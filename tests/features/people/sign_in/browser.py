"""A test client that keeps cookies as browsers do, on the app in this process."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from litestar import Litestar

from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token


class Browser:
    """One browser on one authority's host."""

    def __init__(self, app: Litestar, host: str = "northshire.localhost") -> None:
        """Fresh: no cookie yet."""
        self.app, self.host = app, host
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    @property
    def token(self) -> str | None:
        """The session cookie, if it has one."""
        return self.cookies.get(SESSION_COOKIE)

    async def get(self, path: str) -> httpx.Response:
        """Open an address of this host."""
        return await self._send("GET", path)

    async def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form as our pages make it."""
        if self.token:
            form.setdefault("csrf_token", csrf_token(self.token))
        form.setdefault("idempotency_key", uuid4().hex)
        return await self._send("POST", path, data=form)

    async def follow(self, response: httpx.Response) -> httpx.Response:
        """Where a redirect on this host leads."""
        assert response.status_code == 303, response.text
        return await self.get(response.headers["location"])

    async def begin(self, way: str, **carried: str) -> tuple[str, dict[str, str]]:
        """Start a sign-in: the authorization URL and its parameters."""
        response = await self._send("GET", f"/sign-in/{way}?{httpx.QueryParams(carried)}")
        assert response.status_code == 303, response.text
        address = response.headers["location"]
        return address, {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}

    async def arrive(self, address: str) -> httpx.Response:
        """Open the callback URL."""
        parts = urlsplit(address)
        return await self.get(f"{parts.path}?{parts.query}")

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "host": self.host,
            "sec-fetch-site": "same-origin",
            "user-agent": "Mozilla/5.0 (Windows) Firefox/140.0",
        }
        if cookies:
            headers["cookie"] = cookies
        transport = httpx.ASGITransport(app=self.app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", trust_env=False
        ) as http:
            response = await http.request(method, path, headers=headers, **more)
        self.set_cookies = response.headers.get_list("set-cookie")
        for line in self.set_cookies:
            name, _, value = line.partition(";")[0].partition("=")
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return response
