"""Benchmark data of a directory: entries with the judged texts in 152 authorities of realistic sizes."""

import asyncpg

from alongside.features.authorities.settings import AuthoritySettings
from tests.benchmarks.country import LARGEST, MIDDLE, POSTS, authorities, declare
from tests.databases import make_known
from tests.features.directory.relevance import entries

TEXTS = """
CREATE TEMP TABLE source AS
SELECT t.n, t.title, t.problem, t.deed, t.evidence, t.themes,
       setweight(to_tsvector('search.english', t.title), 'A') || setweight(to_tsvector('search.english', t.problem), 'B')
       || setweight(to_tsvector('search.english', t.deed), 'C') || setweight(to_tsvector('search.english', t.evidence), 'D')
           AS words,
       ARRAY(SELECT lexeme FROM unnest(to_tsvector('search.plain', concat_ws(' ', t.title, t.problem, t.deed, t.evidence)))
              WHERE lexeme ~ '^[a-z]{4,24}$' AND ts_lexize('pg_catalog.english_stem', lexeme) <> '{}') AS spelt
  FROM (SELECT n, title, problem, deed, evidence, string_to_array(themes, ';') AS themes
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
               WITH ORDINALITY AS t(title, problem, deed, evidence, themes, n)) t
"""
SCHOOLS = """
INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number, pupils, percentage_fsm)
SELECT $1, 100000 + n, 'School ' || n, 'primary', 'open', $1, 3000 + n, 100 + n * 37 % 500, n * 7 % 50
  FROM generate_series(1, 120) n
"""
ENTRIES = """
INSERT INTO directory_entry (authority_id, school_urn, state, title, themes, phases, key_stages, problem, what_we_did,
    evidence, cost_pence, term, checked_level, verified_edition, reviewed_on, review_due_on, visible_to_authority_from, listed_at)
SELECT $1, 100001 + g.n % 120, 'verified', left(s.title, 110) || ' ' || g.n, s.themes, array['primary'], array['ks2'],
       s.problem, s.deed, s.evidence, g.n * 1000 % 700000, '2025-26_autumn', g.n % 5, 1, current_date, current_date + 365,
       CASE WHEN g.n % 5 = 0 THEN NULL ELSE current_date - 10 END, now() - g.n * interval '7 minutes'
  FROM generate_series(1, $2::int) g(n) JOIN source s ON s.n = 1 + g.n % (SELECT count(*) FROM source)
"""
SEARCH_INDEX = """
INSERT INTO search.entry (authority_id, shelf, entry_id, school_urn, visible_to_authority_from, words, spelt)
SELECT e.authority_id, 'inside', e.id, e.school_urn, e.visible_to_authority_from, s.words, s.spelt
  FROM directory_entry e
  JOIN source s ON s.n = 1 + substring(e.title FROM '[0-9]+$')::int % (SELECT count(*) FROM source)
"""
WORDS = """
INSERT INTO search.word (authority_id, word)
SELECT a.authority_id, w.word FROM authority a, (SELECT DISTINCT unnest(spelt) AS word FROM source) w
"""
MEANINGS = """
INSERT INTO entry_embedding (authority_id, entry_id, numbers, read_at)
SELECT authority_id, id, decode(repeat(md5(id::text), 48), 'hex'), now() FROM directory_entry
"""


async def stock(connection: asyncpg.Connection, number: int) -> int:
    """Fill a database copy, as its superuser, with about this many entries. Returns their number."""
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET synchronous_commit = off")
    like = make_known("northshire")
    texts = entries()
    columns = [
        [str(one.get(name, "")) for one in texts] for name in ("title", "problem", "what_we_did", "evidence")
    ]
    columns.append([";".join(one.get("themes", ["leadership"])) for one in texts])
    await connection.execute(TEXTS, *columns)
    dropped = await _without_indexes(connection)
    for authority_id, posts in authorities():
        await _one(connection, like, authority_id, max(1, round(posts * number / POSTS)))
    for sql in (SEARCH_INDEX, WORDS, MEANINGS, *dropped):
        await connection.execute(sql)
    return int(await connection.fetchval("SELECT count(*) FROM search.entry"))


async def _without_indexes(connection: asyncpg.Connection) -> list[str]:
    """Drop the indexes that no constraint needs. Returns the statements that build them, which is faster at once."""
    await connection.execute("SET maintenance_work_mem = '256MB'")
    found = await connection.fetch(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT indisunique",
        ["directory_entry", "search.entry", "search.word", "entry_embedding"],
    )
    for name, _ in found:
        await connection.execute(f"DROP INDEX {name}")
    return [definition for _, definition in found]


async def _one(
    connection: asyncpg.Connection, like: AuthoritySettings, authority_id: int, number: int
) -> None:
    if authority_id not in (MIDDLE, LARGEST):
        await declare(connection, like, authority_id)
    await connection.execute(SCHOOLS, authority_id)
    await connection.execute(ENTRIES, authority_id, number)
