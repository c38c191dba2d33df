"""What the database holds after a sign-in, read as its superuser; and people known by an identity beforehand."""

from typing import Any

import asyncpg

from tests.people import HEAD_OF_MILL, Cast
from tests.stage import Copy


async def rows(copy: Copy, query: str, *values: Any) -> list[asyncpg.Record]:
    """What a query finds, past every fence."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        found: list[asyncpg.Record] = await connection.fetch(query, *values)
        return found
    finally:
        await connection.close()


async def know(copy: Copy, issuer: str, subject: str, one: Cast = HEAD_OF_MILL) -> None:
    """Let an authority know one of the cast by an identity."""
    await rows(
        copy,
        "INSERT INTO identity (authority_id, issuer, subject, person_id) VALUES ($1, $2, $3, $4)",
        one.authority_id,
        issuer,
        subject,
        one.person_id,
    )


async def sessions(copy: Copy) -> list[asyncpg.Record]:
    """The sessions that sign-ins made: those of the stage are not among them."""
    return await rows(
        copy, "SELECT * FROM signed_in WHERE issuer <> 'https://stage.example' ORDER BY started_at, token_hash"
    )


async def nobody_came_in(copy: Copy) -> None:
    """No session, no new person, no new identity, no new role."""
    assert await sessions(copy) == []
    counts = await rows(
        copy,
        "SELECT (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM appointment) AS roles,"
        " (SELECT count(*) FROM identity WHERE linked_at > now() - interval '1 hour' AND subject LIKE '%stranger%')"
        " AS identities",
    )
    assert (counts[0]["people"], counts[0]["roles"], counts[0]["identities"]) == (24, 24, 0)
