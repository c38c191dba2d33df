"""A wide authority for tests: 519 schools on a square of 100 km, each of them invented, in both consortia."""

import asyncpg

from tests.databases import START
from tests.personas import FORD, LOCK, MILL, NORTH, NORTHSHIRE, PARK, QUAY, SOUTH

WIDTH = 100_000
"""Metres between the western and the eastern edge; the squares of such a distance exceed 32 bits."""

FIRST_URN = 991_000
SCHOOLS_IN_ALL = 519
WEST, SOUTH_EDGE = 400_000, 200_000
CORNERS = {
    MILL: (WEST, SOUTH_EDGE),
    PARK: (WEST + WIDTH, SOUTH_EDGE),
    QUAY: (WEST, SOUTH_EDGE + WIDTH),
    LOCK: (WEST + WIDTH, SOUTH_EDGE + WIDTH),
    FORD: (WEST + WIDTH // 2, SOUTH_EDGE + WIDTH // 2),
}

ADD_SCHOOLS = """
    INSERT INTO school (authority_id, urn, name, phase, status, la_code, establishment_number, easting, northing,
                        pupils, percentage_fsm)
    SELECT $1, $2 + n, 'Invented School ' || n, CASE WHEN n % 6 = 0 THEN 'secondary' ELSE 'primary' END, 'open', $1,
           3000 + n, $3 + n * 7919 % 100001, $4 + n * 104729 % 100001, 90 + n, n % 60
      FROM generate_series(1, $5) AS n
"""
ADD_MEMBERS = """
    INSERT INTO consortium_membership (authority_id, school_urn, consortium_id, phase, starts_on)
    SELECT s.authority_id, s.urn, CASE WHEN s.urn % 2 = 0 THEN $3::uuid ELSE $4::uuid END, 'primary', $5
      FROM school s WHERE s.authority_id = $1 AND s.urn > $2 AND s.phase = 'primary'
"""
ADD_NEEDS = """
    INSERT INTO need (authority_id, id, school_urn, state, title, theme, phase, wanted, success_criteria,
                      form_of_support, urgency, audience, visible_to_authority_from, posted_at, confirmed_on)
    SELECT authority_id, uuidv7(), urn, 'open', 'Need of ' || name, 'phonics', 'primary', 'Help with phonics',
           'Every child reads', 'coaching', 'soon', 'widening', DATE '2026-11-26', now() - (urn % 997) * interval '1 min',
           DATE '2026-11-27'
      FROM school WHERE authority_id = $1
"""
ADD_OFFERS = """
    INSERT INTO offer (authority_id, id, school_urn, state, title, description, leader_name, leader_is_head,
                       days_total, engagements_max, appetite, audience, visible_to_authority_from, posted_at, confirmed_on)
    SELECT authority_id, uuidv7(), urn, 'live', 'Offer of ' || name, 'We coach', 'Sam Sound', false, 6, 3, 'yes',
           'widening', DATE '2026-11-26', now() - (urn % 991) * interval '1 min', DATE '2026-11-27'
      FROM school WHERE authority_id = $1
"""
ADD_THEMES = """
    INSERT INTO offer_theme (authority_id, offer_id, theme, evidence)
    SELECT o.authority_id, o.id, 'phonics', 'Results of the screening check'
      FROM offer o
     WHERE o.authority_id = $1
       AND NOT EXISTS (SELECT FROM offer_theme t WHERE t.authority_id = $1 AND t.offer_id = o.id)
"""


async def widen(superuser_url: str) -> None:
    """Give the first authority of the tests the size and shape of a large county, with a need and an offer a school."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        for urn, (easting, northing) in CORNERS.items():
            await connection.execute(
                "UPDATE school SET easting = $3, northing = $4 WHERE authority_id = $1 AND urn = $2",
                NORTHSHIRE,
                urn,
                easting,
                northing,
            )
        more = SCHOOLS_IN_ALL - len(CORNERS)
        await connection.execute(ADD_SCHOOLS, NORTHSHIRE, FIRST_URN, WEST, SOUTH_EDGE, more)
        await connection.execute(ADD_MEMBERS, NORTHSHIRE, FIRST_URN, NORTH, SOUTH, START)
        for statement in (ADD_NEEDS, ADD_OFFERS, ADD_THEMES):
            await connection.execute(statement, NORTHSHIRE)
    finally:
        await connection.close()
