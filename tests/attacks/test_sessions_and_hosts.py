"""A stream of events ends with its session, and no link uses a forged Host header."""

from datetime import date

import asyncpg
import pytest

from alongside.platform.web.server_sent_events import live_of
from tests.client import Client
from tests.databases import DatabaseCopy
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, NORTHSHIRE
from tests.platform.web.test_live import Open, call_out, listening

FORGED = (
    "northshire.localhost:8102@evil.example",
    "northshire.localhost:80/evil.example",
    "northshire.localhost:evil.example",
    "northshire.localhost:80, evil.example",
    "northshire.localhost evil.example",
)


async def change(copy: DatabaseCopy, statement: str, *values: object) -> None:
    """Change rows directly in the database."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute(statement, *values)
    await connection.close()


@pytest.mark.parametrize("way", ["sign out", "role ended"])
async def test_no_news_after_the_session_ended(client: Client, copy: DatabaseCopy, way: str) -> None:
    """The first event after signing out, or after the role has ended, ends the stream and is not sent."""
    app_context = client.app.state.app_context
    gone, stays = Open(app_context, HEAD_OF_PARK), Open(app_context, HEAD_OF_MILL)
    await listening(gone, stays)
    if way == "sign out":
        assert (await client.post("/sign-out", as_=HEAD_OF_PARK)).status_code == 303
    else:
        statement = "UPDATE role_assignment SET ends_on = $1 WHERE authority_id = $2 AND id = $3"
        await change(copy, statement, date(2021, 1, 1), NORTHSHIRE, HEAD_OF_PARK.role_assignment_id)
    before, heard = gone.posts, stays.posts
    await call_out(app_context.database, NORTHSHIRE)
    await stays.until(lambda: stays.posts > heard)
    await gone.until(gone.task.done)
    assert gone.posts == before
    await stays.leave()
    await live_of(app_context).stop()


@pytest.mark.parametrize("host", FORGED)
@pytest.mark.parametrize("path", ["/good-practice.atom", "/good-practice.json", "/sign-in", "/health/live"])
async def test_a_host_with_more_than_a_name_and_a_port_is_nobodys(
    client: Client, path: str, host: str
) -> None:
    """Such a host belongs to no authority: no response made from it could be cached."""
    answer = await client.get(path, host=host)
    assert "evil.example" not in answer.text
    if not path.startswith("/health"):
        assert answer.status_code in (400, 404)


@pytest.mark.parametrize("path", ["/good-practice.atom", "/good-practice.json"])
async def test_links_of_feeds_are_of_the_settings(client: Client, path: str) -> None:
    """A port that is not in the settings is not repeated in a response that shared caches keep."""
    client.app.state.app_context.demonstration = False
    answer = await client.get(path, host="northshire.localhost:6666")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public")
    assert ":6666" not in answer.text
    assert "http://northshire.localhost/good-practice" in answer.text
