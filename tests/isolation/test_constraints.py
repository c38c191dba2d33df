"""PostgreSQL enforces every key, unique constraint, check and foreign key that the models declare.

Each is tested alone: the others of its table are dropped within the transaction, which is rolled back.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, permutations, product
from typing import Any

import asyncpg
import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table

from tests.databases import DatabaseCopy
from tests.isolation.sample_rows import TABLES, row_of
from tests.personas import NORTHSHIRE

TRIES = 3000
"""Rows tried before a check is reported to reject nothing."""

GUARDS = """
    SELECT conname AS name, 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname)
           || ' CASCADE' AS removal
      FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'f', 'p', 'u', 'x')
     UNION ALL
    SELECT relname, 'DROP INDEX ' || indexrelid::regclass FROM pg_index JOIN pg_class ON oid = indexrelid
     WHERE indrelid = $1::regclass AND indisunique
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@pytest.fixture(scope="module")
async def owner(module_database: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The superuser, with the triggers of the product disabled, so that only constraints are tested."""
    connection = await asyncpg.connect(module_database.superuser_url)
    for table in TABLES:
        await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    yield connection
    await connection.close()


async def alone(owner: asyncpg.Connection, table: Table, *kept: str) -> None:
    """Drop every constraint of a table except these, and delete its rows."""
    for guard, removal in await owner.fetch(GUARDS, table.name):
        if guard not in kept:
            await owner.execute(removal.replace("DROP CONSTRAINT", "DROP CONSTRAINT IF EXISTS"))
    for column in table.columns:
        if not column.nullable and column.computed is None and not column.primary_key:
            await owner.execute(f'ALTER TABLE {table.name} ALTER "{column.name}" DROP NOT NULL')
    await owner.execute("SET LOCAL session_replication_role = replica")
    await owner.execute(f"DELETE FROM {table.name}")
    await owner.execute("SET LOCAL session_replication_role = origin")


async def refused(owner: asyncpg.Connection, table: Table, *rows: dict[str, Any]) -> str | None:
    """Return the constraint that rejects one of these rows; None if all are accepted. Inserted rows are removed."""
    attempt = owner.transaction()
    await attempt.start()
    try:
        for row in rows:
            names = ", ".join(f'"{one}"' for one in row)
            marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await owner.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", *row.values())
        await owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except asyncpg.IntegrityConstraintViolationError as error:
        return error.constraint_name or ""
    except asyncpg.PostgresError:
        return None
    finally:
        await attempt.rollback()
    return None


def uniques_of(table: Table) -> dict[str, str]:
    """Return the names of all unique keys of a table, each with the condition of a partial index."""
    found = {
        str(one.name): ""
        for one in table.constraints
        if not isinstance(one, CheckConstraint | ForeignKeyConstraint)
    }
    for index in table.indexes:
        if index.unique:
            condition = index.dialect_options["postgresql"]["where"]
            found[str(index.name)] = "" if condition is None else literal(condition)
    return found


def literal(condition: Any) -> str:
    """Return a condition with its values as literals."""
    from sqlalchemy.dialects import postgresql

    dialect: Any = postgresql.dialect
    compiled = condition.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled)


def rows_for(table: Table, condition: str, own: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The row, with values in the columns that a condition names: none, and each text in it; then with none
    in every column that may be empty.
    """
    names = [
        one.name for one in table.columns if re.search(rf"\b{one.name}\b", condition) and one.name in own
    ]
    texts = re.findall(r"'([^']*)'", condition)
    for values in product(*([own[name], None, *texts] for name in names)):
        yield own | dict(zip(names, values, strict=True))
    yield own | {one.name: None for one in table.columns if one.nullable and one.name in own}


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
async def test_what_must_be_unique_is_refused_twice(owner: asyncpg.Connection, table: Table) -> None:
    """Keys, unique constraints, unique indexes with their conditions, and exclusions."""
    missing = []
    for name, condition in uniques_of(table).items():
        attempt = owner.transaction()
        await attempt.start()
        try:
            await alone(owner, table, name)
            own = row_of(table, NORTHSHIRE)
            tried = [await refused(owner, table, row, row) for row in rows_for(table, condition, own)]
        finally:
            await attempt.rollback()
        if name not in tried:
            missing.append(name)
    assert not missing


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
async def test_a_reference_to_nothing_is_refused(owner: asyncpg.Connection, table: Table) -> None:
    """Every foreign key."""
    missing = []
    for constraint in table.foreign_key_constraints:
        attempt = owner.transaction()
        await attempt.start()
        try:
            itself = [f"pk_{table.name}"] if constraint.referred_table is table else []
            await alone(owner, table, str(constraint.name), *itself)
            row = row_of(table, NORTHSHIRE)
            if [one.name for one in constraint.columns] == ["authority_id"]:
                row["authority_id"] = 499
            if await refused(owner, table, row) != constraint.name:
                missing.append(constraint.name)
        finally:
            await attempt.rollback()
    assert not missing


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.name)
async def test_every_check_refuses_a_row(owner: asyncpg.Connection, table: Table) -> None:
    """For each check there is a row that it rejects: values at and beyond every limit in it are tried."""
    missing = []
    for constraint in table.constraints:
        if not isinstance(constraint, CheckConstraint):
            continue
        attempt = owner.transaction()
        await attempt.start()
        try:
            await alone(owner, table, str(constraint.name))
            for row in islice(tries_for(table, literal(constraint.sqltext)), TRIES):
                if await refused(owner, table, row) == constraint.name:
                    break
            else:
                missing.append(constraint.name)
        finally:
            await attempt.rollback()
    assert not missing


def tries_for(table: Table, check: str) -> Iterator[dict[str, Any]]:
    """Yield the row of the table with unusual values in the columns of a check."""
    own = row_of(table, NORTHSHIRE)
    columns = [one for one in table.columns if re.search(rf"\b{one.name}\b", check) and one.name in own]
    texts = re.findall(r"'([^']*)'", check)
    yield own
    for one, other in permutations(columns, 2):
        yield own | {one.name: own[other.name]}
    for values in product(*(odd_values(own[one.name], texts) for one in columns)):
        yield own | dict(zip((one.name for one in columns), values, strict=True))


def odd_values(own: Any, texts: list[str]) -> list[Any]:
    """Return boundary values of the same type."""
    if isinstance(own, bool):
        return [True, False, None]
    if isinstance(own, int | Decimal | float):
        return [-1, 0, 2, 7, 10**6, Decimal("0.25") if not isinstance(own, int) else 3, own, None]
    if isinstance(own, str):
        return [*texts, "", "x" * 9000, None]
    if isinstance(own, bytes):
        return [b"", b"x" * 20, None]
    if isinstance(own, list):
        return [["x"] * 60, [date(2026, 1, 1)] * 60, [], None]
    if isinstance(own, date):
        return [own - timedelta(days=9), own + timedelta(days=9), own - timedelta(days=500), own, None]
    return [own, None]
