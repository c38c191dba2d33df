"""Stealing the signed tenant context: reading it elsewhere, replaying it, keeping it, logging it."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.platform.database import tenant_context
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from alongside.platform.database.tenant_context import signed_tenant_context
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.personas import NORTHSHIRE, SOUTHSHIRE

CONTEXT = re.compile(r"v\d\.\d+\.\d+\.[0-9a-f]{64}")
OWN_CONTEXT = text("SELECT current_setting('alongside.tenant_context')")


@pytest.fixture
async def attacker(copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """A connection for the attacker's SQL, as the app's role."""
    connection = await asyncpg.connect(copy.app_url)
    yield connection
    await connection.close()


@pytest.fixture
async def narrow(copy: DatabaseCopy) -> AsyncIterator[Database]:
    """The app with a single connection, so that transactions of two authorities follow each other on it."""
    opened = Database(copy.app_url, SIGNING_KEY, pool_size=1)
    yield opened
    await opened.close()


async def replayed(connection: asyncpg.Connection, context: str, sql: str) -> list[Any] | str:
    """Return the rows of a statement under a stolen context, or the SQLSTATE of its error."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
        return list(await connection.fetch(sql))
    except asyncpg.PostgresError as refused:
        return refused.sqlstate or "error"
    finally:
        await transaction.rollback()


async def test_no_context_is_seen_in_the_activity_of_other_connections(
    database: Database, attacker: asyncpg.Connection
) -> None:
    """Polled while two authorities work, as the app's role and as an injected DO would."""
    stop = asyncio.Event()

    async def busy(authority_id: int) -> None:
        while not stop.is_set():
            async with database.transaction(authority_id) as session:
                await session.execute(text("SELECT count(*) FROM person"))

    at_work = [asyncio.create_task(busy(one)) for one in (NORTHSHIRE, SOUTHSHIRE) for _ in range(3)]
    seen: set[str] = set()
    try:
        for _ in range(300):
            rows = await attacker.fetch("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            seen |= {found for row in rows for found in CONTEXT.findall(row["query"] or "")}
    except asyncpg.InsufficientPrivilegeError:
        pass  # better: the view cannot be read at all
    finally:
        stop.set()
        await asyncio.gather(*at_work)
    assert not seen, f"{len(seen)} contexts were seen"


async def test_a_context_is_worthless_on_another_connection(
    database: Database, attacker: asyncpg.Connection
) -> None:
    """Nothing can be read or inserted with it."""
    async with database.transaction(SOUTHSHIRE) as session:
        stolen = (await session.execute(OWN_CONTEXT)).scalar_one()
        assert (await session.execute(text("SELECT count(*) FROM person"))).scalar_one() > 0
        for sql in (
            "SELECT * FROM person",
            "SELECT security.authority_id()",
            "UPDATE user_session SET expires_at = now() RETURNING *",
            f"INSERT INTO saved_view (authority_id, id) VALUES ({SOUTHSHIRE}, uuidv7())",
        ):
            assert await replayed(attacker, stolen, sql) == "42501", sql


async def test_who_asks_is_worthless_on_another_connection_too(
    database: Database, copy: DatabaseCopy
) -> None:
    """The requester context of an officer, replayed in a transaction of the same authority on another connection."""
    other = Database(copy.app_url, SIGNING_KEY, pool_size=1)
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await set_requester(session, RequesterContext(NORTHSHIRE, "core_officer"))
            stolen = (
                await session.execute(text("SELECT current_setting('alongside.requester_context')"))
            ).scalar_one()
            await session.execute(text("SELECT security.requester()"))
            async with other.transaction(NORTHSHIRE) as thief:
                await thief.execute(
                    text("SELECT set_config('alongside.requester_context', :stolen, true)"),
                    {"stolen": stolen},
                )
                with pytest.raises(DBAPIError, match="not signed by us"):
                    await thief.execute(text("SELECT security.requester()"))
                await thief.rollback()
    finally:
        await other.close()


async def test_a_process_number_used_again_does_not_revive_a_context(
    database: Database, attacker: asyncpg.Connection
) -> None:
    """The signature covers the start time of the server process, not only its id."""
    process = await attacker.fetchval("SELECT security.server_process()")
    number, began = process.split("-")
    assert int(number) == attacker.get_server_pid()
    true = signed_tenant_context(SOUTHSHIRE, SIGNING_KEY, process)
    assert await replayed(attacker, true, "SELECT security.authority_id()") == [(SOUTHSHIRE,)], "the control"
    earlier = signed_tenant_context(SOUTHSHIRE, SIGNING_KEY, f"{number}-{int(began) - 1_000_000}")
    assert await replayed(attacker, earlier, "SELECT security.authority_id()") == "42501"
    assert (
        await replayed(attacker, signed_tenant_context(SOUTHSHIRE, SIGNING_KEY, number), "SELECT 1 FROM need")
        == "42501"
    )


async def test_a_context_has_an_end_on_its_own_connection_too(
    attacker: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that begins after its lifetime has no context."""
    process = await attacker.fetchval("SELECT security.server_process()")
    monkeypatch.setattr(tenant_context, "LIFETIME", -1)
    late = tenant_context.signed_tenant_context(SOUTHSHIRE, SIGNING_KEY, process)
    assert await replayed(attacker, late, "SELECT security.authority_id()") == "42501"
    assert tenant_context.LIFETIME <= 300


async def test_after_a_transaction_its_context_cannot_be_read_on_that_connection(narrow: Database) -> None:
    """Neither under its own name nor where injected SQL has stored it for the session."""
    async with narrow.transaction(SOUTHSHIRE) as session:
        true = (await session.execute(OWN_CONTEXT)).scalar_one()
        await session.execute(
            text("SELECT set_config('alongside.aside', current_setting('alongside.tenant_context'), false)")
        )
        await session.execute(text("DECLARE aside CURSOR WITH HOLD FOR SELECT name FROM person"))
    async with narrow.transaction(NORTHSHIRE) as session:
        for name in ("tenant_context", "requester_context", "aside"):
            found = (
                await session.execute(text(f"SELECT current_setting('alongside.{name}', true)"))
            ).scalar_one()
            assert true not in (found or ""), name
        with pytest.raises(DBAPIError, match="aside"):
            await session.execute(text("FETCH ALL FROM aside"))


async def test_a_context_put_aside_cannot_be_read_outside_any_authority_either(narrow: Database) -> None:
    """The next transaction on the connection may be one without an authority."""
    async with narrow.transaction(SOUTHSHIRE) as session:
        await session.execute(
            text("SELECT set_config('alongside.aside', current_setting('alongside.tenant_context'), false)")
        )
    async with narrow.system_connection() as connection:
        for name in ("tenant_context", "aside"):
            found = await connection.scalar(text(f"SELECT current_setting('alongside.{name}', true)"))
            assert not found, name


async def test_injected_sql_cannot_lie_in_wait_for_the_next_authority(narrow: Database) -> None:
    """A prepared statement under a name of the driver's, left for the next transaction, never runs."""
    async with narrow.transaction(NORTHSHIRE) as session:
        await session.execute(text("SELECT count(*) FROM person"))  # prepared on this connection from now on
    async with narrow.transaction(NORTHSHIRE) as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text("SELECT name FROM pg_prepared_statements"))
        await session.execute(
            text(
                """
                DO $$
                DECLARE name text;
                BEGIN
                    FOR n IN 0..300 LOOP
                        name := format('%I', '__asyncpg_stmt_' || to_hex(n) || '__');
                        BEGIN EXECUTE 'DEALLOCATE ' || name; EXCEPTION WHEN OTHERS THEN NULL; END;
                        EXECUTE 'PREPARE ' || name
                            || ' AS SELECT length(set_config(''alongside.loot'', current_setting(''alongside.tenant_context''), true))::bigint';
                    END LOOP;
                END $$
                """
            )
        )
    async with narrow.transaction(SOUTHSHIRE) as session:
        assert (await session.execute(text("SELECT count(*) FROM person"))).scalar_one() < 60
        assert (await session.execute(text("SELECT count(*) FROM need"))).scalar_one() < 60
        loot = await session.execute(text("SELECT current_setting('alongside.loot', true)"))
        assert not loot.scalar_one()


async def log_of(copy: DatabaseCopy) -> str:
    """Return the log of the server."""
    superuser = await asyncpg.connect(copy.superuser_url)
    try:
        read = "SELECT pg_read_file(current_setting('data_directory') || '/../postgresql.log')"
        return str(await superuser.fetchval(read))
    finally:
        await superuser.close()


async def test_no_context_is_written_down_anywhere(database: Database, copy: DatabaseCopy) -> None:
    """Not in the server's log when a statement fails, not among prepared statements, not in an error's text."""
    mark = f"no_such_{secrets.token_hex(6)}"
    before = len(
        await log_of(copy)
    )  # an earlier test may have cancelled the message that opens a transaction
    async with database.transaction(SOUTHSHIRE) as session:
        with pytest.raises(DBAPIError, match=mark) as failed:
            await session.execute(text(f"SELECT {mark} FROM person"))
        await session.rollback()
    assert not CONTEXT.search(str(failed.value))
    log = (await log_of(copy))[before:]
    assert mark in log
    assert not CONTEXT.search(log)


async def test_behind_a_pooler_the_server_process_is_read_in_each_transaction(copy: DatabaseCopy) -> None:
    """As with ALONGSIDE_POOLER=transaction: reading, writing, the requester, and no statement that stays prepared."""
    pooled = Database(copy.app_url, SIGNING_KEY, pool_size=1, pooler=True)
    try:
        for authority_id in (NORTHSHIRE, SOUTHSHIRE, NORTHSHIRE):
            async with pooled.transaction(authority_id) as session:
                rows = await session.execute(text("SELECT DISTINCT authority_id FROM person"))
                assert list(rows.scalars()) == [authority_id]
                await set_requester(session, RequesterContext(authority_id, "system"))
                assert (await session.execute(text("SELECT security.requester()"))).scalar_one()[
                    0
                ] == "system"
                await session.execute(text("UPDATE person SET name = name || '.'"))
        async with pooled.transaction(NORTHSHIRE, read_only=True) as session:
            assert (await session.execute(text("SELECT bool_and(name LIKE '%..') FROM person"))).scalar_one()
            with pytest.raises(DBAPIError, match="read-only"):
                await session.execute(text("UPDATE person SET name = 'x'"))
            await session.rollback()
    finally:
        await pooled.close()
