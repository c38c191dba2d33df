"""Sends requests straight to the app, without a socket or a client library, so that they can be cancelled anywhere."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from litestar import Litestar

from alongside.app import build_context, make_app
from alongside.platform.web.context import SESSION_COOKIE
from alongside.platform.web.security import csrf_token
from alongside.settings import Settings
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.personas import HEAD_OF_MILL, Persona


@dataclass
class Answered:
    """A response."""

    status: int
    headers: dict[str, str]
    text: str
    body: bytes = b""


async def call_bytes(app: Litestar, one: Persona | None, path: str) -> tuple[int, str, bytes]:
    """Request a page as a persona, or signed out: status, content type and body."""
    answer = await call(app, one, path)
    return answer.status, answer.headers.get("content-type", ""), answer.body


async def call(
    app: Litestar,
    one: Persona | None,
    path: str,
    form: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    method: str = "GET",
    more: Mapping[str, str] | None = None,
) -> Answered:
    """Send one request of a persona, or signed out; a POST when there is a form."""
    host = (one or HEAD_OF_MILL).host
    headers = [(b"host", host.encode())]
    headers += [(name.encode(), value.encode()) for name, value in (more or {}).items()]
    if one is not None:
        headers.append((b"cookie", f"{SESSION_COOKIE}={one.token}".encode()))
    body = b""
    if form is not None:
        tokens = {"csrf_token": csrf_token(one.token)} if one is not None else {}
        tokens["idempotency_key"] = key or uuid4().hex
        body = urlencode({**form, **tokens}, doseq=True).encode()
        headers += [
            (b"sec-fetch-site", b"same-origin"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ]
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method if form is None else "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": (host, 80),
    }
    sent: list[Any] = []
    given, answered = [{"type": "http.request", "body": body, "more_body": False}], asyncio.Event()

    async def receive() -> dict[str, Any]:
        if given:
            return given.pop()
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered.set()

    await app(scope, receive, send)  # type: ignore[arg-type]
    output = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    whole = b"".join(m.get("body", b"") for m in sent[1:])
    return Answered(sent[0]["status"], output, whole.decode(errors="replace"), whole)


@asynccontextmanager
async def app_on_a_small_pool(copy: DatabaseCopy, connections: int) -> AsyncIterator[Litestar]:
    """Yield the whole app over a copy, with at most that many connections."""
    app_context = build_context(
        Settings(
            database_url=copy.app_url,
            signing_key=SIGNING_KEY,
            secret=b"s" * 32,
            demonstration=True,
            pool_size=connections,
        )
    )
    app = make_app(app_context)
    app.state.app_context = app_context
    yield app
    await app_context.database.close()
