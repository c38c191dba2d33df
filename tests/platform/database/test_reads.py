"""Typed reads: the same transaction, policies and errors as the session, and rows of the declared type."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from sqlalchemy import ARRAY, Integer, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from alongside.features.dashboards.consortium.queries import TRACKERS
from alongside.features.needs.models import Need
from alongside.features.schools.models import School
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.database.retries import is_retryable
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, open_database
from tests.features.agreements.builders import a_need
from tests.personas import MILL, NORTHSHIRE, SOUTHSHIRE


class Name(msgspec.Struct, frozen=True):
    """A school."""

    urn: int
    name: str


SCHOOLS = Read(select(School.urn, School.name).order_by(School.urn), Name)
SLEEP = Read(text("SELECT pg_sleep(30)"), str)
OWNERS = Read(select(School.authority_id), int)
TITLES = Read(select(Need.title), str)


async def test_rows_have_the_declared_type_and_are_of_one_authority(database: Database) -> None:
    for authority_id in (NORTHSHIRE, SOUTHSHIRE):
        async with database.transaction(authority_id, read_only=True) as session:
            rows = await fetch_all(session, SCHOOLS, {})
            plain = (await session.execute(select(School.urn, School.name).order_by(School.urn))).all()
            whose = await session.scalar(text("SELECT array_agg(DISTINCT authority_id) FROM school"))
        assert rows and [(row.urn, row.name) for row in rows] == [tuple(row) for row in plain]
        assert {type(row) for row in rows} == {Name}
        assert whose == [authority_id]


async def test_values_come_as_sqlalchemy_would_give_them(database: Database) -> None:
    asked: Any = select(
        bindparam("number", Decimal("1.50"), type_=Need.__table__.c.days.type).label("number"),
        bindparam("day", type_=School.__table__.c.opened_on.type).label("day"),
        bindparam("texts", type_=ARRAY(Text)).label("texts"),
        bindparam("urns", type_=ARRAY(Integer)).label("urns"),
        bindparam("json", type_=JSONB).label("json"),
        School.__table__.c.authority_id,
    ).where(School.urn == bindparam("urn"))
    values = {
        "day": date(2026, 11, 27),
        "texts": ["a", "b’s"],
        "urns": [1, 2],
        "json": {"a": [1, None, "ü"]},
        "urn": MILL,
    }
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        typed = await fetch_one(session, Read(asked, lambda *row: row), values)
        plain = (await session.execute(asked, values)).one()
    assert typed == tuple(plain)
    assert typed[0] == Decimal("1.50") and typed[4] == {"a": [1, None, "ü"]}


async def test_a_missing_value_is_an_error_and_not_null(database: Database) -> None:
    named = Read(select(School.name).where(School.urn == bindparam("urn")), str)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        with pytest.raises(KeyError):
            await fetch_all(session, named, {})


async def test_it_runs_in_the_transaction_and_sees_what_the_session_wrote(database: Database) -> None:
    """Also a change that is not flushed yet; the end of the block commits all, and a page that reads cannot write."""
    async with database.transaction(NORTHSHIRE) as session:
        before = await fetch_all(session, TITLES, {})
        need_id: UUID = await a_need(session)
        need = await session.get_one(Need, (NORTHSHIRE, need_id))
        need.title = "Changed and not flushed"
        assert "Changed and not flushed" in await fetch_all(session, TITLES, {})
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        after = await fetch_all(session, TITLES, {})
        with pytest.raises(DBAPIError):
            await fetch_all(session, Read(text("DELETE FROM need RETURNING title"), str), {})
    assert sorted(after) == sorted([*before, "Changed and not flushed"])


async def ended_while_it_reads(database: Database, boss: asyncpg.Connection) -> None:
    """Read slowly, and end the server process meanwhile."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        running = asyncio.create_task(fetch_all(session, SLEEP, {}))
        while not running.done():
            await asyncio.sleep(0.1)
            await boss.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'alongside_app' AND datname = current_database()"
            )
        await running


async def test_a_lost_connection_is_retryable_and_leaves_the_pool(copy: DatabaseCopy) -> None:
    database = open_database(copy, pool_size=1)
    boss = await asyncpg.connect(copy.superuser_url)
    try:
        with pytest.raises((DBAPIError, asyncpg.InterfaceError, OSError)) as caught:
            await ended_while_it_reads(database, boss)
        assert is_retryable(caught.value)
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            assert await fetch_all(session, SCHOOLS, {})
    finally:
        await boss.close()
        await database.close()


async def test_prepared_statements_have_no_name_that_can_be_guessed(database: Database) -> None:
    """Injected SQL could otherwise prepare a statement of its own under the name of one to come."""
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        names = {driver._get_unique_id("stmt") for _ in range(3)}
    assert len(names) == 3 and min(map(len, names)) > 32


async def test_cut_off_at_any_moment_leaves_no_transaction_for_the_next(copy: DatabaseCopy) -> None:
    """The next one on the connection would read with the context of another authority, and could not write."""
    database = open_database(copy, pool_size=1)
    try:
        for moment in range(60):
            task = asyncio.create_task(schools_of(database, NORTHSHIRE))
            for _ in range(moment):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})
            async with database.transaction(SOUTHSHIRE) as session:
                read = await fetch_all(session, OWNERS, {})
                await session.execute(text("UPDATE need SET title = title"))
            assert set(read) == {SOUTHSHIRE}, moment
    finally:
        await database.close()


async def schools_of(database: Database, authority_id: int) -> None:
    """Read twice as a page does."""
    async with database.transaction(authority_id, read_only=True) as session:
        for _ in range(2):
            await fetch_all(session, SCHOOLS, {})


def test_a_list_of_unknown_length_is_refused_when_the_read_is_declared() -> None:
    with pytest.raises(ValueError, match="any_"):
        Read(select(School.urn).where(School.status.in_(["open", "closing"])), int)


PLAN_MODE = "SELECT current_setting('plan_cache_mode')"


async def test_a_statement_may_be_planned_each_time_and_leaves_the_next_ones_alone(
    database: Database,
) -> None:
    """PostgreSQL's plan for any values, from the sixth execution on, is much slower for some statements."""
    each_time, as_usual = Read(text(PLAN_MODE), str, plan_each_time=True), Read(text(PLAN_MODE), str)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert await fetch_one(session, each_time, {}) == "force_custom_plan"
        assert await fetch_one(session, as_usual, {}) == "auto"
    assert all(one.plan_each_time for one in TRACKERS.values())
