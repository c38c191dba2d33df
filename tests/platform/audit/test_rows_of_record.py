"""Sealed rows: a row that the database's owner changed, removed or added is reported."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table, text

from alongside.platform.audit.queries import broken_links
from alongside.platform.audit.records import changed_records, record_tables
from alongside.platform.database.base import Base
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.row_level_security import grants
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.isolation.sample_rows import row_of
from tests.personas import NORTHSHIRE, SOUTHSHIRE
from tests.platform.audit.test_verify_the_chain import verify

RECORDS = record_tables(Base.metadata)
NAMES = [table.name for table in RECORDS]


@pytest.fixture
async def owner(copy: DatabaseCopy, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The owner of the tables; each authority has a sealed row in every such table."""
    connection = await asyncpg.connect(copy.superuser_url)
    for row in await connection.fetch(
        "SELECT conrelid::regclass::text AS t, conname FROM pg_constraint WHERE contype IN ('c', 'f')"
        " AND conrelid::regclass::text = ANY($1)",
        NAMES,
    ):
        await connection.execute(f'ALTER TABLE {row["t"]} DROP CONSTRAINT "{row["conname"]}"')
    for table in RECORDS:
        await connection.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        await connection.execute(f"ALTER TABLE {table.name} ENABLE TRIGGER seal_record")
        await connection.execute(
            f"DROP POLICY IF EXISTS added_by ON {table.name}"
        )  # write permissions are tested elsewhere
    for authority_id in (NORTHSHIRE, SOUTHSHIRE):
        async with database.transaction(authority_id) as session:
            driver = (await (await session.connection()).get_raw_connection()).driver_connection
            assert driver is not None
            await session.execute(text("SELECT 1"))
            for table in RECORDS:
                await put(driver, table, authority_id)
    yield connection
    await connection.close()


async def put(connection: Any, table: Table, authority_id: int) -> None:
    row = row_of(table, authority_id)
    marks = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    names = ", ".join(f'"{name}"' for name in row)
    await connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", *row.values())


def words_of(table: Table) -> str:
    """Return a column with free text."""
    return next(c.name for c in table.columns if c.name in ("words", "reason", "note", "text"))


async def test_untouched_rows_hold(owner: asyncpg.Connection, copy: DatabaseCopy) -> None:
    result = await verify(copy, None)
    assert result.exit_code == 0, result.output
    assert {
        "statutory_step",
        "escalation_overruling",
        "escalation_note",
        "escalation_event",
        "signed_agreement",
    } <= set(NAMES)


@pytest.mark.parametrize("table", RECORDS, ids=NAMES)
async def test_a_changed_row_is_named(owner: asyncpg.Connection, copy: DatabaseCopy, table: Table) -> None:
    """Also with all triggers enabled: a change by the owner is not sealed like one by the product."""
    await owner.execute(
        f"UPDATE {table.name} SET {words_of(table)} = {words_of(table)} || '.' WHERE authority_id = $1",
        SOUTHSHIRE,
    )
    result = await verify(copy, None)
    assert result.exit_code == 1
    assert f"southshire: {table.name} " in result.output and "has been changed" in result.output
    assert "northshire" not in result.output


async def test_another_date_removal_and_a_row_slipped_in_are_named(
    owner: asyncpg.Connection, database: Database
) -> None:
    await owner.execute(
        "UPDATE statutory_step SET taken_on = taken_on - $2::interval WHERE authority_id = $1",
        NORTHSHIRE,
        timedelta(days=30),
    )
    await owner.execute("DELETE FROM escalation_overruling WHERE authority_id = $1", NORTHSHIRE)
    table = next(one for one in RECORDS if one.name == "escalation_note")
    await put(owner, table, NORTHSHIRE)
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await changed_records(session, NORTHSHIRE)
    assert sorted((one.split()[0], one.rpartition("the row ")[2]) for one in found) == [
        ("escalation_note", "was never sealed"),
        ("escalation_overruling", "has been removed"),
        ("statutory_step", "has been changed"),
    ]


async def test_sealing_a_changed_row_again_does_not_hide_the_change(
    owner: asyncpg.Connection, copy: DatabaseCopy, database: Database
) -> None:
    """An entry by the owner with the new digest does not replace the true one, which is part of the chain."""
    await owner.execute("UPDATE statutory_step SET words = 'other words' WHERE authority_id = $1", NORTHSHIRE)
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, "system"))
        await session.execute(
            text(
                "INSERT INTO audit_entry (authority_id, person_name, role, verb, subject_kind, subject_id, schools,"
                " changes) SELECT authority_id, 'Alongside', 'system', 'seal_record', 'record of statutory_step',"
                " id::text, '{}', jsonb_build_object('digest', record_digest(to_jsonb(s))) FROM statutory_step s"
            )
        )
    result = await verify(copy, None)
    assert result.exit_code == 1 and "northshire: statutory_step " in result.output, result.output


async def test_what_the_product_lets_go_is_not_missed(owner: asyncpg.Connection, database: Database) -> None:
    """A row that the app deletes at the end of its retention is sealed as removed."""
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, "system"))
        gone = await session.execute(
            text("DELETE FROM statutory_step WHERE authority_id = :a RETURNING id"), {"a": NORTHSHIRE}
        )
        assert gone.all()
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        assert await changed_records(session, NORTHSHIRE) == []


@pytest.mark.parametrize("table", RECORDS, ids=NAMES)
def test_the_app_only_adds_to_a_table_of_record(table: Table) -> None:
    policy = table.info.get("second_policy")
    assert "UPDATE" not in grants(table) or (policy is not None and policy.changed == "false")


async def test_digests_outlive_the_entries_that_are_let_go(
    owner: asyncpg.Connection, database: Database
) -> None:
    """Old entries are deleted at the end of their retention; existing rows are sealed again at the end of the chain."""
    await owner.execute("UPDATE audit_entry SET at = at - interval '4 years'")
    async with database.transaction(NORTHSHIRE) as session:
        gone = await session.scalar(text("SELECT let_go_audit(now() - interval '2 years')"))
        assert gone >= len(RECORDS)
    async with database.transaction(NORTHSHIRE) as session:
        assert await changed_records(session, NORTHSHIRE) == []
        assert await broken_links(session, NORTHSHIRE) == []
    await owner.execute("UPDATE statutory_step SET words = 'others' WHERE authority_id = $1", NORTHSHIRE)
    async with database.transaction(NORTHSHIRE) as session:
        assert len(await changed_records(session, NORTHSHIRE)) == 1
