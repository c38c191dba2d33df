"""The search index is used under row-level security, at a size at which it matters."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from alongside.features.directory.search.queries import parsed_query
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy, DatabaseServer, copy_of_template, drop, open_database
from tests.features.directory.search_index import requester
from tests.personas import HEAD_OF_MILL, MILL, NORTHSHIRE, SOUTHSHIRE

MANY = """
SET session_replication_role = replica;
INSERT INTO directory_entry (authority_id, id, school_urn, state, title, problem, verified_edition, reviewed_on,
                             review_due_on, visible_to_authority_from, listed_at)
SELECT CASE WHEN n % 2 = 0 THEN 901 ELSE 902 END, uuidv7(), 990001, 'verified',
       'Entry number ' || n || CASE WHEN n % 300 = 0 THEN ' on phonics' ELSE '' END,
       'word' || (n % 500) || ' and word' || (n % 700), 1, current_date, current_date + 365, current_date, now()
  FROM generate_series(1, 6000) n;
INSERT INTO search.entry (authority_id, shelf, entry_id, school_urn, visible_to_authority_from, words, spelt)
SELECT authority_id, 'inside', id, school_urn, visible_to_authority_from,
       setweight(to_tsvector('search.english', title), 'A') || to_tsvector('search.english', problem),
       tsvector_to_array(to_tsvector('search.plain', title))
  FROM directory_entry;
INSERT INTO search.word (authority_id, word)
SELECT a, 'w' || translate(md5(n::text), '0123456789', 'ghijklmnop') FROM generate_series(1, 3000) n, (VALUES (901), (902)) t(a);
INSERT INTO search.word (authority_id, word) VALUES (901, 'phonics'), (902, 'phonics');
ANALYZE search.entry; ANALYZE search.word; ANALYZE directory_entry;
"""


@pytest.fixture(scope="module")
async def large(database_server: DatabaseServer) -> AsyncIterator[DatabaseCopy]:
    """3,000 entries in each of two authorities."""
    copy = await copy_of_template(database_server)
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute(MANY)
    await connection.close()
    yield copy
    await drop(database_server, copy)


async def scans_of(copy: DatabaseCopy, ask: Any) -> dict[str, int]:
    """How often each index of the schema `search` was scanned, and its table sequentially, during a query."""
    connection = await asyncpg.connect(copy.superuser_url)

    async def counted() -> dict[str, int]:
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        rows = await connection.fetch(
            "SELECT indexrelname AS name, idx_scan AS scans FROM pg_stat_user_indexes WHERE schemaname = 'search'"
            " UNION ALL SELECT relname || ' without', seq_scan FROM pg_stat_user_tables WHERE schemaname = 'search'"
        )
        return {row["name"]: row["scans"] for row in rows}

    try:
        before = await counted()
        database = open_database(copy, pool_size=1)
        await ask(database)
        await database.close()  # a session reports its scans when it ends
        for _ in range(50):
            after = await counted()
            if after != before:
                break
            await connection.execute("SELECT pg_sleep(0.1)")
        return {name: after[name] - before[name] for name in after}
    finally:
        await connection.close()


async def test_words_are_found_by_the_index_however_often_the_statement_is_run(large: DatabaseCopy) -> None:
    """Also with PostgreSQL's generic plan, on one connection, for two authorities in turn."""
    found = []

    async def ask(database: Database) -> None:
        sql = text(
            "SELECT count(*) FROM search.find('inside', CAST(:urns AS integer[]), current_date, ARRAY[0], ARRAY['''phonics'''],"
            " CAST(ARRAY[1] AS real[]), CAST(ARRAY[0.1, 0.2, 0.4, 1] AS real[]), CAST('{}' AS uuid[]),"
            " CAST('{}' AS real[]), 0.2, 0.4, 1.0)"
        )
        for turn in range(12):
            for authority_id in (NORTHSHIRE, SOUTHSHIRE):
                async with database.transaction(authority_id, read_only=True) as session:
                    urns = [MILL] if turn % 2 else None
                    found.append(await session.scalar(sql, {"urns": urns}))

    scans = await scans_of(large, ask)
    assert found == [20, 0] * 12
    assert scans["ix_entry_words"] == 24, scans  # the count of all rows, for word rarity, is no search


async def test_slips_are_put_right_by_the_index(large: DatabaseCopy) -> None:
    """Among 3,000 words of an authority, similar words are found by the index."""

    async def ask(database: Database) -> None:
        async with database.transaction(NORTHSHIRE, read_only=True) as session:
            question = await parsed_query(session, requester(HEAD_OF_MILL), "fonics")
        assert question.corrected == {"fonics": ("phonics",)}

    scans = await scans_of(large, ask)
    assert scans["ix_word_alike"] >= 1 and scans["word without"] == 0, scans
    assert scans["ix_entry_words"] >= 1 and scans["ix_entry_spelt"] >= 1 and scans["entry without"] == 0, (
        scans
    )


async def test_the_door_is_the_only_one(large: DatabaseCopy) -> None:
    """The app can neither read the index nor call its write functions, and without an authority it finds nothing."""
    connection = await asyncpg.connect(large.app_url)
    try:
        for sql in (
            "SELECT count(*) FROM search.entry",
            "DELETE FROM search.word",
            "SELECT search.stand(901, 'inside', '{}')",
            "SELECT * FROM search.known('inside', NULL, current_date, ARRAY['phonics'])",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(sql)
    finally:
        await connection.close()
