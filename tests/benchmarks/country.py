"""Benchmark data of a country: 152 authorities of realistic sizes, 24,000 schools, 200,000 posts."""

from uuid import UUID

import asyncpg
import msgspec

from alongside.features.authorities.files import to_stored
from alongside.features.authorities.settings import AuthoritySettings
from tests.databases import make_known
from tests.personas import NORTHSHIRE, SOUTHSHIRE

AUTHORITIES, SCHOOLS, POSTS = 152, 24_000, 200_000
FEWEST, MOST = 618, 9_933
"""Posts of the smallest and the largest authority; the median has about a thousand."""
MIDDLE, LARGEST = NORTHSHIRE, SOUTHSHIRE
"""The personas' authorities: the median one and the largest one."""

CONSORTIA = """
INSERT INTO consortium (authority_id, id, key, name, phase)
SELECT $1, ('00000000-0000-7000-8000-00000000100' || n)::uuid, 'c' || n, 'Consortium ' || n, 'primary'
  FROM generate_series(1, 6) n ON CONFLICT DO NOTHING
"""
LOCATIONS = """
INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number, easting, northing)
SELECT $1, 100000 + n, 'School ' || n, 'primary', 'open', $1, 3000 + n, 350000 + n * 97 % 20000, 400000 + n * 61 % 20000
  FROM generate_series(1, $2::int) n
"""
MEMBERS = """
INSERT INTO consortium_membership (authority_id, school_urn, consortium_id, phase, starts_on)
SELECT $1, 100000 + n, (SELECT id FROM consortium WHERE authority_id = $1 ORDER BY id OFFSET n % 8 LIMIT 1),
       'primary', '2020-09-01'
  FROM generate_series(1, $2::int) n
"""
NEEDS = """
INSERT INTO need (authority_id, school_urn, state, title, theme, phase, wanted, success_criteria, form_of_support,
                  urgency, days, audience, visible_to_authority_from, posted_at, confirmed_on)
SELECT $1, 100001 + n % $2::int,
       (array['open', 'open', 'open', 'proposed', 'agreed', 'met', 'withdrawn', 'paused'])[1 + n % 8],
       'Help with ' || ($4::text[])[1 + n % cardinality($4)] || ', number ' || n, ($4::text[])[1 + n % cardinality($4)],
       (array['primary', 'primary', 'secondary'])[1 + n % 3],
       'Our results have fallen for two years and the leader of the subject is new.',
       'Every class is taught by somebody who has seen it done well.', 'coaching',
       ($5::text[])[1 + n % cardinality($5)], 2.5, 'widening',
       current_date - 30 + CASE WHEN n % 10 = 0 THEN 40 ELSE 0 END, now() - n * interval '11 minutes', current_date - 5
  FROM generate_series(1, $3::int) n
"""
OFFERS = """
INSERT INTO offer (authority_id, school_urn, state, title, description, phases, leader_name, leader_is_head, days_total,
                   days_taken, engagements_max, forms_of_support, appetite, audience, visible_to_authority_from, posted_at,
                   confirmed_on)
SELECT $1, 100001 + n * 7 % $2::int,
       (array['live', 'live', 'live', 'live', 'paused', 'exhausted', 'paused', 'paused'])[1 + n % 8],
       'Our subject leader, number ' || n, 'Ten years of work that others come to see.',
       CASE WHEN n % 3 = 0 THEN array[]::text[] ELSE array['primary'] END, 'Rita Reading', false, 10, n % 5, 3,
       array['coaching'], (array['yes', 'maybe', 'yes'])[1 + n % 3], 'everybody', current_date - 30,
       now() - n * interval '13 minutes', current_date - CASE WHEN n % 20 = 0 THEN 400 ELSE 5 END
  FROM generate_series(1, $3::int) n
"""
THEMES = """
INSERT INTO offer_theme (authority_id, offer_id, theme, evidence)
SELECT $1, id, ($2::text[])[1 + (number * 3 + turn) % cardinality($2)], 'Nine in ten pass.'
  FROM (SELECT id, row_number() OVER (ORDER BY posted_at) AS number FROM offer WHERE authority_id = $1) offer,
       generate_series(0, 1) turn
"""


def posts_of_each() -> list[int]:
    """The number of posts of each authority, largest first, skewed like pupils; the sum is POSTS."""
    low, high = 0.0, 3.0
    while high - low > 1e-9:
        steep = (low + high) / 2
        total = sum(FEWEST + (MOST - FEWEST) / rank**steep for rank in range(1, AUTHORITIES + 1))
        low, high = (steep, high) if total > POSTS else (low, steep)
    sizes = [round(FEWEST + (MOST - FEWEST) / rank**low) for rank in range(1, AUTHORITIES + 1)]
    sizes[1] += POSTS - sum(sizes)
    return sizes


def authorities() -> list[tuple[int, int]]:
    """Each authority with its number of posts; those of the personas are the largest and the median."""
    sizes = posts_of_each()
    ids = [LARGEST, *range(211, 211 + AUTHORITIES - 2)]
    ids.insert(AUTHORITIES // 2, MIDDLE)
    return list(zip(ids, sizes, strict=True))


async def settle(connection: asyncpg.Connection, *, whole_country: bool) -> int:
    """Fill a database copy as its superuser: the whole country, or the median authority alone."""
    await connection.execute(
        "SET session_replication_role = replica"
    )  # disables triggers, as the rows are inserted in bulk
    await connection.execute("SET synchronous_commit = off")
    like = make_known("northshire")
    made = 0
    for authority_id, posts in authorities():
        if whole_country or authority_id == MIDDLE:
            await _settle_one(connection, like, authority_id, posts)
            made += posts
    if not whole_country:
        await remove_authority(connection, LARGEST)
    return made


async def add_other_authorities(connection: asyncpg.Connection) -> None:
    """Fill a database copy as its superuser with every authority but the median one, which is there already."""
    like = make_known("northshire")
    for authority_id, posts in authorities():
        if authority_id != MIDDLE:
            await _settle_one(connection, like, authority_id, posts)


async def remove_authority(connection: asyncpg.Connection, authority_id: int) -> None:
    """Delete every row of an authority, as the superuser, with triggers disabled."""
    tables = await connection.fetch(
        "SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = 'authority_id'"
    )
    for (table,) in tables:
        await connection.execute(f'DELETE FROM "{table}" WHERE authority_id = {int(authority_id)}')


async def _settle_one(
    connection: asyncpg.Connection, like: AuthoritySettings, authority_id: int, posts: int
) -> None:
    if authority_id not in (MIDDLE, LARGEST):
        await declare(connection, like, authority_id)
    schools = -(-SCHOOLS // AUTHORITIES)
    themes, urgencies = list(like.themes), list(like.urgencies)
    await connection.execute(CONSORTIA, authority_id)
    if authority_id not in (MIDDLE, LARGEST):
        more = "00000000-0000-7000-8000-00000000000{}"
        for number in (1, 2):
            await connection.execute(
                "INSERT INTO consortium (authority_id, id, key, name, phase) VALUES ($1, $2, $3, $3, 'primary')",
                authority_id,
                UUID(more.format(number)),
                f"more{number}",
            )
    await connection.execute(LOCATIONS, authority_id, schools)
    await connection.execute(MEMBERS, authority_id, schools)
    await connection.execute(NEEDS, authority_id, schools, posts // 2, themes, urgencies)
    await connection.execute(OFFERS, authority_id, schools, posts - posts // 2)
    await connection.execute(THEMES, authority_id, themes)


async def declare(connection: asyncpg.Connection, like: AuthoritySettings, authority_id: int) -> None:
    """Insert an authority with the settings of a known one, under its own number."""
    slug = f"authority-{authority_id}"
    settings = msgspec.structs.replace(
        like,
        slug=slug,
        name=slug,
        dfe_code=authority_id,
        hosts=(f"{slug}.localhost",),
        gss_code=f"E{authority_id:08d}",
    )
    await connection.execute(
        "INSERT INTO authority (authority_id, slug, name, gss_code, hosts, settings_version)"
        " VALUES ($1, $2, $2, $3, $4, 1)",
        authority_id,
        slug,
        settings.gss_code,
        list(settings.hosts),
    )
    await connection.execute(
        "INSERT INTO authority_settings (authority_id, version, settings, applied_by) VALUES ($1, 1, $2, 'bench')",
        authority_id,
        msgspec.json.encode(to_stored(settings)).decode(),
    )
