"""Health checks and metrics: available at any host, correct about the database, and restricted."""

from typing import Any

import asyncpg
import httpx
import pytest

from alongside.platform.database.session import Database
from tests.client import Client, transport_to
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL
from tests.platform.notifications.mail_server import change, tell_about

ANYWHERE: dict[str, Any] = {"host": "10.0.0.7:8000"}


async def test_ready_at_any_host(client: Client) -> None:
    answer = await client.get("/health/ready", **ANYWHERE)
    assert (answer.status_code, answer.text[:5]) == (200, "ready")


@pytest.mark.parametrize(
    ("breakage", "reason"),
    [
        ("REVOKE SELECT ON authority_settings FROM alongside_app", "the database cannot be asked"),
        (
            "DROP POLICY everyone_inside ON authority_settings",
            "cannot see|does not let an authority see its own",
        ),
        ("UPDATE security.key SET inner_pad = outer_pad", "the database cannot be asked"),
        ("TRUNCATE authority CASCADE", "no authority has been applied yet"),
    ],
)
async def test_not_ready_says_why(client: Client, copy: DatabaseCopy, breakage: str, reason: str) -> None:
    superuser = await asyncpg.connect(copy.superuser_url)
    await superuser.execute(breakage)
    await superuser.close()
    answer = await client.get("/health/ready", **ANYWHERE)
    assert answer.status_code == 503
    assert any(one in answer.text for one in reason.split("|")), answer.text


async def test_not_ready_while_there_is_no_database_but_alive(client: Client) -> None:
    app_context = client.app.state.app_context
    kept, app_context.database = (
        app_context.database,
        Database("postgresql://nobody:x@127.0.0.1:9/none", SIGNING_KEY),
    )
    try:
        assert (await client.get("/health/ready", **ANYWHERE)).status_code == 503
        assert (await client.get("/health/live", **ANYWHERE)).status_code == 200
    finally:
        app_context.database = kept


async def test_figures_say_how_pages_and_emails_do(client: Client, database: Database) -> None:
    await client.get("/notifications", HEAD_OF_MILL)
    await tell_about(database, [HEAD_OF_MILL.person_id, ADMINISTRATOR.person_id], "1")
    await change(
        database,
        "UPDATE email_outbox SET state = 'given_up' WHERE person_id = :id",
        id=ADMINISTRATOR.person_id,
    )
    output = (await client.get("/metrics", **ANYWHERE)).text
    assert 'alongside_emails_pending{authority="northshire",state="waiting"} 1.0' in output
    assert 'alongside_emails_pending{authority="northshire",state="given_up"} 1.0' in output
    assert 'alongside_emails_pending{authority="southshire",state="waiting"} 0.0' in output
    assert (
        'alongside_http_requests_total{act="list_notifications",authority="northshire",method="GET",status="200"}'
        in output
    )
    assert 'alongside_answer_seconds_bucket{act="list_notifications"' in output
    assert "alongside_pool_connections_used" in output
    assert "Mina" not in output
    assert "mina" not in output


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, 404),
        ("203.0.113.9", {}, 404),
        ("203.0.113.9", {"authorization": "Bearer wrong"}, 404),
        ("203.0.113.9", {"authorization": "Bearer a token"}, 200),
    ],
)
async def test_figures_are_for_this_machine_or_who_knows_the_token(
    client: Client, address: str, headers: dict[str, str], status: int
) -> None:
    client.app.state.app_context.metrics_token = "a token"
    transport = transport_to(client.app, address)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as from_there:
        assert (await from_there.get("/metrics", headers=headers)).status_code == status


async def test_without_a_token_nobody_far_away_guesses_one(client: Client) -> None:
    transport = transport_to(client.app, "203.0.113.9")
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as from_there:
        for given in ("Bearer None", "Bearer ", ""):
            assert (await from_there.get("/metrics", headers={"authorization": given})).status_code == 404


async def test_downloads_are_counted_with_their_status(client: Client) -> None:
    assert (await client.get("/directory/found.csv", HEAD_OF_MILL)).status_code == 200
    output = (await client.get("/metrics", **ANYWHERE)).text
    counted = [
        line for line in output.splitlines() if 'act="export_csv"' in line and "http_requests_total" in line
    ]
    assert any('status="200"' in line for line in counted), counted
    assert 'status="None"' not in output
