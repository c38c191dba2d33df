"""Expensive work holds no database connection, runs once, and only for people with the permission."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from alongside.app import page_routes
from alongside.features.directory.attachments import actions
from alongside.features.escalations.files import actions as escalation_files
from alongside.platform.database.roles import TIMEOUTS
from alongside.platform.database.session import Database
from alongside.platform.process_pool import Quotas
from alongside.platform.uploads.images import reencode_image
from alongside.platform.web.context import AppContext
from tests.client import Client, words
from tests.features.directory.form_values import sent_entry
from tests.features.directory.test_pictures_and_files import picture, png_bomb, send
from tests.features.escalations.test_files_and_readings import PDF, a_running_escalation, brought, look
from tests.features.matching.builders import a_plan, posts
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH


class Watched:
    """A pool that records how many connections were in use while it worked."""

    def __init__(self, app_context: AppContext) -> None:
        self.app_context, self.run = app_context, app_context.pool.run
        self.kept: list[Any] = []
        app_context.pool.run = self.watch

    async def watch(self, *arguments: Any, **settings: Any) -> Any:
        """Count the connections, then run the work."""
        self.kept.append(self.app_context.database.connections_used())
        result = await self.run(*arguments, **settings)
        self.kept.append(self.app_context.database.connections_used())
        return result


async def test_no_connection_is_held_and_a_second_try_does_not_work_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is retried; the picture is processed once."""
    where = await sent_entry(client, act="draft")
    watched = Watched(client.app.state.app_context)
    original, tries = actions.add_picture, []

    async def cut_off_at_first(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionResetError
        await original(*arguments)

    monkeypatch.setattr(actions, "add_picture", cut_off_at_first)
    answer = await send(client, where, "pictures", "a.png", picture("PNG"), alternative_text="A wall")
    assert answer.status_code == 303
    assert len(tries) == 2
    assert watched.kept == [0, 0]


@pytest.mark.parametrize("as_", [None, HEAD_OF_MILL])
async def test_nothing_is_worked_on_before_the_form_is_known_to_be_ours(client: Client, as_: Any) -> None:
    """Without a session, or with another form's token, no picture is opened."""
    where = await sent_entry(client, act="draft")
    watched = Watched(client.app.state.app_context)
    answer = await client.http.post(
        f"{where}/pictures",
        data={"csrf_token": "0" * 64, "idempotency_key": "k" * 32},
        files={"picture": ("a.png", png_bomb(6300), "image/png")},
        headers=client._headers(as_, {"sec-fetch-site": "same-origin"}),
    )
    assert answer.status_code == 403
    assert watched.kept == []


async def test_who_has_too_much_in_work_is_told_and_keeps_the_text(client: Client) -> None:
    """A person has a quota; the response is 429 with the typed text."""
    where = await sent_entry(client, act="draft")
    client.app.state.app_context.pool.quotas = Quotas(of_person=0)
    answer = await send(
        client, where, "pictures", "a.png", picture("PNG"), alternative_text="A wall of the hall"
    )
    assert answer.status_code == 429
    assert "Wait for them to finish" in words(answer)
    assert "A wall of the hall" in words(answer)


async def test_plans_and_papers_share_the_quota_and_hold_no_connection(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who replays, prints and compares as often as possible waits only for their own work."""
    facts = await posts(database)
    plan = await a_plan(client, database)
    app_context = client.app.state.app_context
    kept: list[int] = []
    slot = app_context.pool.quotas.slot

    def watched(*requester: Any) -> Any:
        kept.append(app_context.database.connections_used())
        return slot(*requester)

    monkeypatch.setattr(app_context.pool.quotas, "slot", watched)
    pages = [
        (f"{plan}/replay", LEAD_OF_NORTH),
        (f"{plan}/capacity", LEAD_OF_NORTH),
        (f"{plan}/needs/{facts['mill']}", LEAD_OF_NORTH),
        (f"/needs/{facts['mill']}/shortlist", HEAD_OF_MILL),
        (f"{await sent_entry(client, act='draft')}/pdf", HEAD_OF_MILL),
        ("/directory/found.xlsx", HEAD_OF_MILL),
        ("/consortium/tracker.xlsx", LEAD_OF_NORTH),
    ]
    for path, one in pages:
        assert (await client.get(path, as_=one)).status_code == 200, path
    assert kept == [0] * len(kept)
    assert len(kept) >= len(pages) - 1  # the page of supply solves only what it is asked for
    monkeypatch.setattr(app_context.pool, "quotas", Quotas(of_person=0))
    statuses = [(await client.get(path, as_=one)).status_code for path, one in pages]
    assert statuses.count(429) >= len(pages) - 1


async def test_a_statement_that_takes_too_long_is_no_fault_of_ours(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL cancels it, it is not retried, and the typed text is shown again."""
    app_context = client.app.state.app_context
    tries = []

    async def slow(session: Any, *_: Any) -> Any:
        tries.append(1)
        await session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        await session.execute(text("SELECT pg_sleep(5)"))

    monkeypatch.setattr(app_context, "find_person", slow)
    answer = await client.post("/needs", {"title": "Fluency in Year 2"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 503
    assert "Fluency in Year 2" in answer.text
    assert len(tries) == 1


async def test_the_apps_role_has_limits_of_time(database: Database) -> None:
    """PostgreSQL ends a long statement of the app's role, also an injected one."""
    async with database.system_connection() as connection:
        for setting, limit in TIMEOUTS.items():
            assert await connection.scalar(text(f"SHOW {setting}")) == limit


async def test_attachments_are_looked_into_without_a_connection_and_kept_whole_at_a_second_try(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive of 100,000 parts blocked the event loop; a retry stored an empty file."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    watched = Watched(client.app.state.app_context)
    original, tries = escalation_files.add_file, []

    async def cut_off_at_first(*arguments: Any, **settings: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionResetError
        return await original(*arguments, **settings)

    monkeypatch.setattr(escalation_files, "add_file", cut_off_at_first)
    assert (await brought(client, escalation_id, "Plan.pdf", PDF)).status_code == 303
    assert (len(tries), watched.kept) == (2, [0, 0])
    (file,) = await look(database, escalation_id, "escalation_file")
    assert file.size == len(PDF)


def test_every_page_that_takes_files_looks_into_them_before_its_transaction() -> None:
    """A new upload page cannot omit it."""
    handlers = [handler for handler in page_routes() if isinstance(_largest(handler), int)]
    assert len(handlers) >= 4
    assert [handler.name for handler in handlers if handler.opt["upload"] is None] == []


def _largest(handler: Any) -> Any:
    return getattr(handler, "request_max_body_size", None)


async def test_the_largest_picture_that_is_allowed_fits_into_a_child(client: Client) -> None:
    """40 million pixels with transparency as WebP, which needs the most memory."""
    out = BytesIO()
    Image.new("RGBA", (6300, 6300)).save(out, "WEBP")
    run = client.app.state.app_context.pool.run
    drawn = await run(reencode_image, out.getvalue(), authority_id=1, person_id=None, seconds=120.0)
    assert (drawn.width, drawn.height) == (1600, 1600)
