"""Expired records are deleted, held ones stay, and the forecast counts what is deleted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from alongside.features.authorities import settings_of
from alongside.features.data_retention.actions import purge_expired
from alongside.features.data_retention.queries import outlook
from alongside.features.data_retention.retention_rules import retention_rules
from alongside.platform.access.principal import system
from alongside.platform.audit.queries import broken_links
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import APP_DAY, DatabaseCopy
from tests.features.escalations.builders import put_escalation
from tests.personas import ADMINISTRATOR, HEAD_OF_MILL, HEAD_OF_PARK, MILL, NORTHSHIRE, OFFICER, SOUTHSHIRE

TODAY = APP_DAY
TABLES = {
    "mail": "email_outbox",
    "sessions": "user_session",
    "imports": "register_import",
    "escalations": "escalation",
}


@pytest.fixture
async def boss(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The database as its superuser sees it; with an old and a young row of each class in both authorities."""
    connection = await asyncpg.connect(copy.superuser_url)
    for authority_id in (NORTHSHIRE, SOUTHSHIRE):
        for years in (20, 0):
            await _one_of_each(connection, authority_id, years)
    yield connection
    await connection.close()


async def _one_of_each(connection: asyncpg.Connection, authority_id: int, years: int) -> None:
    at = datetime.now(UTC) - timedelta(days=years * 365, hours=1)
    for one in (HEAD_OF_MILL, HEAD_OF_PARK):
        await connection.execute(
            "INSERT INTO email_outbox (authority_id, person_id, to_address, subject, body, state, written_at, sent_at)"
            " VALUES ($1, $2, 'x@x.example', 's', 'b', 'sent', $3, $3)",
            authority_id,
            one.person_id,
            at,
        )
        await connection.execute(
            "INSERT INTO user_session (authority_id, token_hash, person_id, issuer, device, started_at, expires_at)"
            " VALUES ($1, gen_random_uuid()::text::bytea, $2, 'i', 'd', $3, $3)",
            authority_id,
            one.person_id,
            at,
        )
    for _ in range(2):
        await connection.execute(
            "INSERT INTO register_import (authority_id, file_name, sha256, applied_at, applied_by, rows_read,"
            " rows_unreadable, changes) VALUES ($1, 'f', gen_random_uuid()::text, $2, 'a', 1, 0, 0)",
            authority_id,
            at,
        )
    await put_escalation(connection, "closed", authority_id=authority_id, closed_at=at, raised_at=at)


async def counted(boss: asyncpg.Connection, authority_id: int = NORTHSHIRE) -> dict[str, int]:
    """How many rows of each class there are."""
    return {
        key: await boss.fetchval(f"SELECT count(*) FROM {table} WHERE authority_id = $1", authority_id)
        for key, table in TABLES.items()
    }


async def ahead(database: Database) -> dict[str, int]:
    """What the look ahead says, class by class."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await outlook(session, system(NORTHSHIRE, TODAY), settings_of(NORTHSHIRE))
    return {
        rule.key: one.due for rule, one in zip(retention_rules(), found, strict=False) if rule.key in TABLES
    }


async def run(database: Database) -> int:
    async with database.transaction(NORTHSHIRE) as session:
        return await purge_expired(session, system(NORTHSHIRE, TODAY))


async def hold(boss: asyncpg.Connection, kind: str, **what: Any) -> None:
    columns = {
        "authority_id": NORTHSHIRE,
        "kind": kind,
        "why": "Tribunal",
        "placed_by": OFFICER.person_id,
    } | what
    marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    await boss.execute(f"INSERT INTO legal_hold ({', '.join(columns)}) VALUES ({marks})", *columns.values())


async def test_what_the_look_ahead_counts_is_what_goes(database: Database, boss: asyncpg.Connection) -> None:
    before, there = await counted(boss), await counted(boss, SOUTHSHIRE)
    foretold = await ahead(database)
    assert foretold == {"mail": 2, "sessions": 2, "imports": 2, "escalations": 1}
    assert await run(database) == 2
    after = await counted(boss)
    assert {key: before[key] - after[key] for key in before} == foretold
    assert set((await ahead(database)).values()) == {0}
    assert await run(database) == 0
    assert await counted(boss, SOUTHSHIRE) == there, "another authority's time is its own"
    async with database.transaction(NORTHSHIRE) as session:
        assert not await broken_links(session, NORTHSHIRE)
    said = await boss.fetch("SELECT subject_id, changes FROM audit_entry WHERE verb = 'let_go' ORDER BY id")
    assert [row["subject_id"] for row in said] == ["mail", "imports", "sessions", "escalations"]


@pytest.mark.parametrize(
    ("kind", "what", "kept"),
    [
        ("authority", {}, {"mail": 2, "sessions": 2, "imports": 2, "escalations": 1}),
        (
            "person",
            {"person_id": HEAD_OF_MILL.person_id},
            {"mail": 1, "sessions": 1, "imports": 0, "escalations": 0},
        ),
        ("school", {"school_urn": MILL}, {"mail": 0, "sessions": 0, "imports": 0, "escalations": 1}),
        ("authority", {"until_on": TODAY}, {"mail": 2, "sessions": 2, "imports": 2, "escalations": 1}),
        (
            "authority",
            {"until_on": TODAY - timedelta(days=1)},
            {"mail": 0, "sessions": 0, "imports": 0, "escalations": 0},
        ),
    ],
)
async def test_what_is_held_stays_whatever_its_time(
    database: Database, boss: asyncpg.Connection, kind: str, what: dict[str, Any], kept: dict[str, int]
) -> None:
    free = await ahead(database)
    await hold(boss, kind, **what)
    assert {key: free[key] - left for key, left in (await ahead(database)).items()} == kept
    before = await counted(boss)
    await run(database)
    after = await counted(boss)
    assert {key: free[key] - (before[key] - after[key]) for key in before} == kept


async def test_an_escalation_stays_for_whoever_wrote_in_it_and_is_held(
    database: Database, boss: asyncpg.Connection
) -> None:
    """Neither raised nor owned by them: a line in its story is enough."""
    old = await boss.fetchval(
        "SELECT id FROM escalation WHERE authority_id = $1 ORDER BY closed_at LIMIT 1", NORTHSHIRE
    )
    await boss.execute("SET session_replication_role = replica")
    await boss.execute(
        "INSERT INTO escalation_event (authority_id, escalation_id, verb, person_id, person_name, role)"
        " VALUES ($1, $2, 'x', $3, 'y', 'z')",
        NORTHSHIRE,
        old,
        HEAD_OF_PARK.person_id,
    )
    await boss.execute("SET session_replication_role = origin")
    await hold(boss, "person", person_id=HEAD_OF_PARK.person_id)
    assert (await ahead(database))["escalations"] == 0
    await run(database)
    assert await boss.fetchval("SELECT count(*) FROM escalation WHERE id = $1", old)


async def test_an_escalation_that_is_being_opened_again_does_not_go(
    database: Database, boss: asyncpg.Connection
) -> None:
    """The run neither waits for the person who has it in hand nor takes it from them."""
    old = await boss.fetchval(
        "SELECT id FROM escalation WHERE authority_id = $1 ORDER BY closed_at LIMIT 1", NORTHSHIRE
    )
    await boss.execute("SET session_replication_role = replica")
    async with boss.transaction():
        await boss.execute("UPDATE escalation SET state = 'acknowledged' WHERE id = $1", old)
        await run(database)
    assert await boss.fetchval("SELECT state FROM escalation WHERE id = $1", old) == "acknowledged"
    assert await boss.fetchval("SELECT count(*) FROM escalation_criterion WHERE escalation_id = $1", old)


async def test_an_escalation_goes_with_all_its_parts(database: Database, boss: asyncpg.Connection) -> None:
    old = await boss.fetchval(
        "SELECT id FROM escalation WHERE authority_id = $1 ORDER BY closed_at LIMIT 1", NORTHSHIRE
    )
    await boss.execute("SET session_replication_role = replica")
    await boss.execute(
        "INSERT INTO escalation_event (authority_id, escalation_id, verb, person_name, role) VALUES ($1, $2, 'x', 'y', 'z')",
        NORTHSHIRE,
        old,
    )
    await run(database)
    assert not await boss.fetchval("SELECT count(*) FROM escalation_event WHERE escalation_id = $1", old)


async def test_a_hold_is_placed_and_lifted_by_who_keeps_records(
    client: Client, boss: asyncpg.Connection
) -> None:
    form = {"kind": "school", "school": str(MILL), "why": "Tribunal, claim 123", "until_on": ""}
    assert (await client.post("/data-protection/holds", form, as_=OFFICER)).status_code == 404
    assert (await client.post("/data-protection/holds", form, as_=ADMINISTRATOR)).status_code == 303
    page = words(await client.get("/data-protection", as_=ADMINISTRATOR))
    assert "Tribunal, claim 123" in page
    hold_id = await boss.fetchval("SELECT id FROM legal_hold")
    assert (
        await client.post(f"/data-protection/holds/{hold_id}/remove", as_=ADMINISTRATOR.twin)
    ).status_code == 404
    assert (
        await client.post(f"/data-protection/holds/{hold_id}/remove", as_=ADMINISTRATOR)
    ).status_code == 303
    assert (
        await client.post(f"/data-protection/holds/{hold_id}/remove", as_=ADMINISTRATOR)
    ).status_code == 404
    assert await boss.fetchval("SELECT lifted_by FROM legal_hold") == ADMINISTRATOR.person_id


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "Select what the legal hold is for"),
        ({"school": ""}, "Choose the school from the list"),
        ({"kind": "person"}, "Choose the person from the list"),
        ({"why": " "}, "Say why"),
        ({"until_on": "1/2/2020"}, "This day is over"),
    ],
)
async def test_a_hold_that_cannot_be_is_told_with_its_cure(
    client: Client, boss: asyncpg.Connection, wrong: dict[str, str], sentence: str
) -> None:
    form = {"kind": "school", "school": str(MILL), "person": "", "why": "Tribunal", "until_on": ""} | wrong
    answer = await client.post("/data-protection/holds", form, as_=ADMINISTRATOR)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not await boss.fetchval("SELECT count(*) FROM legal_hold")
