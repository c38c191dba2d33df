"""Server-sent events reach the open pages of their own authority only, also after a lost connection."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from alongside.platform.access.permissions import Permission
from alongside.platform.database.session import Database
from alongside.platform.web import server_sent_events
from alongside.platform.web.context import SESSION_COOKIE, AppContext
from alongside.platform.web.server_sent_events import live_of
from tests.client import Client
from tests.databases import SIGNING_KEY, DatabaseCopy, app_over
from tests.features.needs.form_values import need, posted_need
from tests.patience import PATIENCE
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE, SOUTHSHIRE, Persona


@pytest.fixture
async def app_context(copy: DatabaseCopy) -> AsyncIterator[AppContext]:
    async with app_over(copy) as app:
        present: AppContext = app.state.app_context
        yield present
        await live_of(present).stop()


MARKS = {f"seen-{number}": (f"seen-{number}", Permission.VIEW_NEEDS_AND_OFFERS) for number in range(20)}
"""Events that only tests send. A stream sends the events that wait in the order of their names, these last."""


class Open:
    """An open page, and the events it received."""

    def __init__(self, app_context: AppContext, one: Persona) -> None:
        live_of(app_context).events = {**app_context.live_events, **MARKS}
        self.database, self.authority_id = app_context.database, one.authority_id
        self.marks = iter(MARKS)
        self.heard: list[str] = []
        self.status = 0
        self.app = Litestar(route_handlers=[*server_sent_events.routes])
        self.app.state.app_context = app_context
        self.gone = asyncio.Event()
        headers = {"host": one.host, "cookie": f"{SESSION_COOKIE}={one.token}", "accept": "text/event-stream"}
        self.scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/live",
            "raw_path": b"/live",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        app: Any = self.app
        self.task = asyncio.create_task(app(self.scope, self._receive, self._send))

    async def _receive(self) -> Any:
        if self.scope.get("asked"):
            await self.gone.wait()
            return {"type": "http.disconnect"}
        self.scope["asked"] = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.heard.append(message.get("body", b"").decode())
            if not message.get("more_body"):
                self.gone.set()  # like a real server: when the response ends, the browser is disconnected

    @property
    def posts(self) -> int:
        return "".join(self.heard).count("event: post")

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.02)

    async def has_heard_all(self) -> None:
        """Wait until the page has received every event that was announced before this call."""
        mark = next(self.marks)
        async with asyncio.timeout(PATIENCE):
            while f"event: {mark}\n" not in "".join(self.heard):
                await call_out(self.database, self.authority_id, mark)
                await asyncio.sleep(0.02)

    async def leave(self) -> None:
        self.gone.set()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def call_out(database: Database, authority_id: int, payload: str = "need") -> None:
    values = {"channel": f"alongside_{authority_id}", "payload": payload}
    async with database.transaction(authority_id) as session:
        await session.execute(text("SELECT pg_notify(:channel, :payload)"), values)


async def listening(*pages: Open) -> None:
    """Wait until events reach these pages, and each has heard what a new connection tells it to look for.

    The connection listens to one authority after the other and then tells all pages, hence the second time.
    """
    for page in pages * 2:
        await page.has_heard_all()


async def test_a_post_is_announced_at_its_commit_and_only_in_its_authority(
    app_context: AppContext, database: Database
) -> None:
    ours, twins = Open(app_context, HEAD_OF_PARK), Open(app_context, HEAD_OF_PARK.twin)
    await listening(ours, twins)
    before = ours.posts, twins.posts
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text("SELECT pg_notify('alongside_901', 'need')"),
        )
        await ours.has_heard_all()
        assert ours.posts == before[0], "not before the commit"
    await ours.until(lambda: ours.posts == before[0] + 1)
    await twins.has_heard_all()
    assert twins.posts == before[1]
    await call_out(database, SOUTHSHIRE)
    await twins.until(lambda: twins.posts == before[1] + 1)
    assert ours.posts == before[0] + 1
    for page in (ours, twins):
        await page.leave()
    assert live_of(app_context).open_pages() == 0


async def test_a_need_that_is_posted_is_announced_and_a_draft_is_not(
    app_context: AppContext, client: Client
) -> None:
    page = Open(app_context, HEAD_OF_PARK)
    await listening(page)
    before = page.posts
    assert (await client.post("/needs", need(act="draft"), as_=HEAD_OF_MILL)).status_code == 303
    await page.has_heard_all()
    assert page.posts == before
    await posted_need(client)
    await page.until(lambda: page.posts == before + 1)
    await page.leave()


async def test_a_listener_that_was_killed_listens_again_and_pages_look_for_what_they_missed(
    app_context: AppContext, database: Database, copy: DatabaseCopy
) -> None:
    page = Open(app_context, HEAD_OF_PARK)
    await listening(page)
    before = page.posts
    superuser = await asyncpg.connect(copy.superuser_url)
    killed = await superuser.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'alongside listener'"
        " AND datname = current_database()"
    )
    await superuser.close()
    assert killed == 1
    await page.until(lambda: page.posts == before + 1)
    await call_out(database, NORTHSHIRE)
    await page.until(lambda: page.posts == before + 2)
    await page.leave()


async def test_the_stream_ends_with_the_session(
    app_context: AppContext, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_sent_events, "HEARTBEAT", 0.2)
    page = Open(app_context, HEAD_OF_PARK)
    await page.until(lambda: ": still here" in "".join(page.heard))
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE user_session SET ended_at = now()"))
    await asyncio.wait_for(page.task, PATIENCE)
    assert live_of(app_context).open_pages() == 0


async def test_open_pages_leave_a_browser_connections_for_everything_else(app_context: AppContext) -> None:
    pages = [Open(app_context, HEAD_OF_PARK) for _ in range(2)]
    for page in pages:
        await page.until(lambda page=page: page.heard)
    third = Open(app_context, HEAD_OF_PARK)
    await asyncio.wait_for(third.task, PATIENCE)
    assert third.status == 204, "which tells a browser not to come back"
    another = Open(app_context, HEAD_OF_MILL)
    await another.until(lambda: another.heard)
    for page in (*pages, another):
        await page.leave()
    assert live_of(app_context).open_pages() == 0


async def test_who_may_not_see_the_board_hears_nothing_of_it(app_context: AppContext) -> None:
    signed_out = Persona("Nobody", HEAD_OF_MILL.role, 99)
    for one, status in ((ADMINISTRATOR, 404), (signed_out, 303)):
        page = Open(app_context, one)
        await asyncio.wait_for(page.task, PATIENCE)
        assert page.status == status


async def test_an_open_page_does_not_hold_up_a_server_that_is_told_to_end(copy: DatabaseCopy) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
    }
    arguments = [sys.executable, "-m", "alongside.cli", "web", "--port", str(port)]
    process = subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL)
    cookie = f"{SESSION_COOKIE}={HEAD_OF_PARK.token}"
    headers = {"host": HEAD_OF_PARK.host, "cookie": cookie, "accept": "text/event-stream"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as browser:
            await _answers(browser)
            async with browser.stream("GET", "/live", headers=headers) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                assert "content-security-policy" in stream.headers
                lines = stream.aiter_lines()
                assert await anext(lines) == "retry: 5000"
                process.send_signal(signal.SIGTERM)
                assert [line async for line in lines][-1] == "", "it ended as it should, not cut off"
        assert await asyncio.to_thread(process.wait, 2) in (0, -signal.SIGTERM)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


async def _answers(browser: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await browser.get("/health/live")
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.1)
