"""Audit log: every change, deletion, swap, cut or rewrite by the database's owner is reported with its place."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from alongside.platform.access.principal import system
from alongside.platform.audit.actions import record_audit
from alongside.platform.audit.anchors import file_of, read_anchors, write_anchor
from alongside.platform.audit.commands import audit
from alongside.platform.audit.queries import broken_links, head_of
from alongside.platform.database.session import Database
from alongside.worker.audit_anchors import Anchoring
from tests.databases import SIGNING_KEY, DatabaseCopy, DatabaseServer
from tests.personas import ADMINISTRATOR, NORTHSHIRE, SOUTHSHIRE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = b"k" * 32
ENTRIES = 12


@pytest.fixture
async def owner(database_server: DatabaseServer, copy: DatabaseCopy) -> AsyncIterator[asyncpg.Connection]:
    """The owner of every table, with row-level security disabled."""
    connection = await asyncpg.connect(database_server.url(copy.name, "alongside_migrator"))
    for table in ("audit_entry", "audit_seal", "audit_head"):
        await connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    await connection.execute("ALTER TABLE audit_seal DROP CONSTRAINT fk_audit_seal_authority_id_entry_id")
    yield connection
    await connection.close()


async def write(database: Database, count: int = ENTRIES, authority_id: int = NORTHSHIRE) -> None:
    async with database.transaction(authority_id) as session:
        for number in range(count):
            await record_audit(session, system(authority_id, NOW.date()), "try", "thing", number)


@pytest.fixture
async def anchored(database: Database, tmp_path: Path) -> Path:
    """Twelve entries in two authorities, with anchors after the eighth and at the end."""
    folder = tmp_path / "anchors"
    for authority_id in (NORTHSHIRE, SOUTHSHIRE):
        anchoring = Anchoring(database, folder, KEY)
        await write(database, 8, authority_id)
        assert await anchoring.run(authority_id, NOW)
        await write(database, 4, authority_id)
        assert await anchoring.run(authority_id, NOW + timedelta(hours=1))
    return folder


async def verify(copy: DatabaseCopy, folder: Path | None) -> Result:
    """Run `alongside audit verify`, as an operator does."""
    environment = {
        "DATABASE_URL": copy.app_url,
        "ALONGSIDE_RLS_SIGNING_KEY": SIGNING_KEY.decode(),
        "ALONGSIDE_SECRET": "s" * 32,
        "ALONGSIDE_ANCHOR_KEY": KEY.decode(),
    }
    arguments = ["verify", *(["--anchors", str(folder)] if folder else [])]
    return await asyncio.to_thread(CliRunner(env=environment).invoke, audit, arguments)


async def test_a_chain_that_nobody_touched_holds_and_is_what_was_anchored(
    copy: DatabaseCopy, anchored: Path
) -> None:
    result = await verify(copy, anchored)
    assert result.exit_code == 0, result.output
    assert "Every chain holds." in result.output
    assert "It is what was anchored, 4 times." in result.output
    assert "No anchors were compared" in (await verify(copy, None)).output


OF_NORTHSHIRE = f"authority_id = {NORTHSHIRE}"
AT = f"(SELECT entry_id FROM audit_seal WHERE {OF_NORTHSHIRE} AND number = {{}})"


async def one_byte(owner: asyncpg.Connection) -> None:
    await owner.execute(f"UPDATE audit_entry SET verb = 'trx' WHERE {OF_NORTHSHIRE} AND id = {AT.format(5)}")


async def one_row(owner: asyncpg.Connection) -> None:
    await owner.execute(f"DELETE FROM audit_entry WHERE {OF_NORTHSHIRE} AND id = {AT.format(5)}")


async def one_row_and_its_seal(owner: asyncpg.Connection) -> None:
    await one_row(owner)
    await owner.execute(f"DELETE FROM audit_seal WHERE {OF_NORTHSHIRE} AND number = 5")


async def two_swapped(owner: asyncpg.Connection) -> None:
    await owner.execute(
        f"UPDATE audit_entry e SET subject_id = other.subject_id FROM audit_entry other"
        f" WHERE e.{OF_NORTHSHIRE} AND other.{OF_NORTHSHIRE}"
        f" AND (e.id, other.id) IN (({AT.format(5)}, {AT.format(6)}), ({AT.format(6)}, {AT.format(5)}))"
    )


async def two_seals_swapped(owner: asyncpg.Connection) -> None:
    await owner.execute("ALTER TABLE audit_seal DROP CONSTRAINT uq_audit_seal_authority_id_entry_id")
    await owner.execute(
        f"UPDATE audit_seal s SET entry_id = CASE s.number WHEN 5 THEN {AT.format(6)} ELSE {AT.format(5)} END"
        f" WHERE {OF_NORTHSHIRE} AND number IN (5, 6)"
    )


async def tail_cut(owner: asyncpg.Connection) -> None:
    await owner.execute(
        f"WITH gone AS (DELETE FROM audit_seal WHERE {OF_NORTHSHIRE} AND number > 10 RETURNING entry_id)"
        f" DELETE FROM audit_entry e USING gone WHERE e.{OF_NORTHSHIRE} AND e.id = gone.entry_id"
    )


async def tail_cut_and_head_set_back(owner: asyncpg.Connection) -> None:
    await tail_cut(owner)
    await owner.execute(
        f"UPDATE audit_head h SET number = 10, seal = s.seal FROM audit_seal s"
        f" WHERE h.{OF_NORTHSHIRE} AND s.{OF_NORTHSHIRE} AND s.number = 10"
    )


async def rewritten(owner: asyncpg.Connection) -> None:
    """Change one entry and recalculate every seal after it, as the trigger does."""
    await one_byte(owner)
    for number in range(5, ENTRIES + 1):
        await owner.execute(
            f"UPDATE audit_seal s SET seal = entry_seal(b.seal, e) FROM audit_seal b, audit_entry e"
            f" WHERE s.{OF_NORTHSHIRE} AND s.number = $1 AND b.{OF_NORTHSHIRE} AND b.number = $1 - 1"
            f" AND e.{OF_NORTHSHIRE} AND e.id = s.entry_id",
            number,
        )
    await owner.execute(
        f"UPDATE audit_head h SET seal = s.seal FROM audit_seal s"
        f" WHERE h.{OF_NORTHSHIRE} AND s.{OF_NORTHSHIRE} AND s.number = {ENTRIES}"
    )


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (one_byte, "northshire: number 5, entry {5}: the entry, or its place in the order, has been changed"),
        (one_row, "northshire: number 5, entry {5}: the entry has been removed"),
        (
            one_row_and_its_seal,
            "northshire: number 6, entry {6}: what stood before it has been removed: number 5 to 5",
        ),
        (
            two_swapped,
            "northshire: number 5, entry {5}: the entry, or its place in the order, has been changed",
        ),
        (
            two_seals_swapped,
            "northshire: number 5, entry {6}: the entry, or its place in the order, has been changed",
        ),
        (tail_cut, "northshire: number 12, entry ?: the chain does not end where it should"),
        (tail_cut_and_head_set_back, "northshire: number 11: the chain ends at 10, but had got to 12 on "),
        (rewritten, "northshire: number 1 to 8: not what was anchored on "),
    ],
)
async def test_what_the_owner_did_is_named_with_its_place(
    copy: DatabaseCopy,
    anchored: Path,
    owner: asyncpg.Connection,
    harm: Callable[[asyncpg.Connection], Awaitable[None]],
    named: str,
) -> None:
    ids = {
        row["number"]: row["entry_id"]
        for row in await owner.fetch(f"SELECT number, entry_id FROM audit_seal WHERE {OF_NORTHSHIRE}")
    }
    await harm(owner)
    result = await verify(copy, anchored)
    assert result.exit_code == 1
    for number, entry_id in ids.items():
        named = named.replace(f"{{{number}}}", str(entry_id))
    assert named in result.output
    assert "southshire" not in result.output, "the other authority's chain holds"
    if harm in (two_swapped, two_seals_swapped):
        assert "number 6," in result.output, "both of two are named"


async def test_without_anchors_a_chain_written_anew_goes_unseen(
    copy: DatabaseCopy, anchored: Path, owner: asyncpg.Connection
) -> None:
    """Shows that it is the anchors that detect a rewritten chain."""
    await rewritten(owner)
    assert (await verify(copy, None)).exit_code == 0


async def test_an_entry_put_in_past_the_chain_is_named(
    copy: DatabaseCopy, anchored: Path, owner: asyncpg.Connection
) -> None:
    await owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    made = await owner.fetchval(
        "INSERT INTO audit_entry (authority_id, person_name, role, verb, subject_kind, subject_id, schools, changes)"
        " VALUES ($1, 'Nobody', 'system', 'forge', 'thing', '1', '{}', '{}') RETURNING id",
        NORTHSHIRE,
    )
    assert f"number ?, entry {made}: the entry was never sealed" in (await verify(copy, anchored)).output


def tampered(folder: Path, change: Callable[[list[str]], list[str]]) -> None:
    path = file_of(folder, NORTHSHIRE)
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            lambda lines: [lines[0].replace('"number": 8', '"number": 7'), lines[1]],
            "line 1 of 901.jsonl is not signed",
        ),
        (lambda lines: lines[1:], "line 1 of 901.jsonl does not follow the line before it"),
        (lambda lines: [lines[0], "nothing"], "line 2 of 901.jsonl cannot be read"),
        (
            lambda lines: [lines[0], json.dumps(json.loads(lines[1]) | {"signature": "0" * 64})],
            "line 2 of 901.jsonl is not signed by us",
        ),
    ],
)
async def test_anchors_that_were_changed_are_not_believed(
    copy: DatabaseCopy, anchored: Path, change: Any, named: str
) -> None:
    tampered(anchored, change)
    result = await verify(copy, anchored)
    assert result.exit_code == 1
    assert named in result.output


async def test_the_worker_anchors_hourly_while_something_happens_and_once_a_day(
    database: Database, tmp_path: Path
) -> None:
    anchoring = Anchoring(database, tmp_path, None)
    assert not await anchoring.run(NORTHSHIRE, NOW), "nothing has happened yet"
    await write(database, 1)
    assert await anchoring.run(NORTHSHIRE, NOW)
    await write(database, 1)
    assert not await anchoring.run(NORTHSHIRE, NOW + timedelta(minutes=59))
    assert await anchoring.run(NORTHSHIRE, NOW + timedelta(hours=1))
    assert not await anchoring.run(NORTHSHIRE, NOW + timedelta(hours=3)), "nothing has happened since"
    assert await anchoring.run(NORTHSHIRE, NOW + timedelta(hours=13)), "a day is over"
    anchors, faults = read_anchors(tmp_path, NORTHSHIRE)
    assert [one.number for one in anchors] == [1, 2, 2]
    assert not faults


async def test_a_folder_that_cannot_be_written_keeps_no_work_and_is_tried_again(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    await write(database, 1)
    anchoring = Anchoring(database, tmp_path / "file" / "anchors", None)
    assert not await anchoring.run(NORTHSHIRE, NOW)
    anchoring.folder = tmp_path / "anchors"
    assert await anchoring.run(NORTHSHIRE, NOW)


async def test_many_workers_write_one_file_without_harm(tmp_path: Path) -> None:
    await asyncio.gather(
        *(asyncio.to_thread(write_anchor, tmp_path, NORTHSHIRE, n, b"s", NOW, KEY) for n in range(40))
    )
    anchors, faults = read_anchors(tmp_path, NORTHSHIRE, KEY)
    assert not faults
    assert sorted(one.number for one in anchors) == list(range(40))


async def let_go(database: Database, days: int) -> int:
    async with database.transaction(NORTHSHIRE) as session:
        before = text("SELECT let_go_audit(now() - make_interval(days => :days))")
        gone: int = await session.scalar(before, {"days": days})
        return gone


async def age_the_first_five(owner: asyncpg.Connection) -> None:
    """Create entries dated eight years ago."""
    await owner.execute(
        f"UPDATE audit_entry SET at = at - interval '8 years' WHERE {OF_NORTHSHIRE} AND id IN"
        f" (SELECT entry_id FROM audit_seal WHERE {OF_NORTHSHIRE} AND number <= 5)"
    )
    for number in range(1, ENTRIES + 1):
        await owner.execute(
            f"UPDATE audit_seal s SET seal = entry_seal(coalesce((SELECT b.seal FROM audit_seal b"
            f" WHERE b.{OF_NORTHSHIRE} AND b.number = $1 - 1), '\\x'), e) FROM audit_entry e"
            f" WHERE s.{OF_NORTHSHIRE} AND s.number = $1 AND e.{OF_NORTHSHIRE} AND e.id = s.entry_id",
            number,
        )
    await owner.execute(
        f"UPDATE audit_head h SET seal = s.seal FROM audit_seal s"
        f" WHERE h.{OF_NORTHSHIRE} AND s.{OF_NORTHSHIRE} AND s.number = {ENTRIES}"
    )


async def test_the_oldest_entries_go_and_the_chain_and_its_anchors_hold(
    database: Database, copy: DatabaseCopy, anchored: Path, owner: asyncpg.Connection
) -> None:
    assert await let_go(database, 2557) == 0
    await age_the_first_five(owner)
    assert await let_go(database, 2557) == 5
    async with database.transaction(NORTHSHIRE) as session:
        assert not await broken_links(session, NORTHSHIRE)
        head = await head_of(session, NORTHSHIRE)
        assert head is not None
        assert await session.scalar(text("SELECT count(*) FROM audit_entry")) == ENTRIES - 5
    assert head.number == ENTRIES
    await write(database, 1)
    fresh = anchored.parent / "after"
    assert await Anchoring(database, fresh, KEY).run(NORTHSHIRE, NOW)
    result = await verify(copy, fresh)
    assert result.exit_code == 0, result.output
    assert await let_go(database, 2557) == 0


async def test_the_last_year_is_never_let_go(database: Database) -> None:
    await write(database, 1)
    with pytest.raises(Exception, match="the last year is kept"):
        await let_go(database, 300)


async def test_nothing_of_the_audit_goes_while_anything_is_held(
    database: Database, anchored: Path, owner: asyncpg.Connection
) -> None:
    """The database function itself refuses, no matter who calls it."""
    await age_the_first_five(owner)
    values = {"own": NORTHSHIRE, "by": ADMINISTRATOR.person_id}
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO legal_hold (authority_id, kind, why, placed_by, until_on)"
                " VALUES (:own, 'authority', 'An inquiry', :by, (now() AT TIME ZONE 'Europe/London')::date)"
            ),
            values,
        )
    assert await let_go(database, 2557) == 0
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE legal_hold SET until_on = until_on - 1"))
    assert await let_go(database, 2557) == 5
