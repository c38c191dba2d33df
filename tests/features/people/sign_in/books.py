"""Helpers that read the database as superuser, and that link identities to people."""

from typing import Any

import asyncpg

from tests.databases import DatabaseCopy
from tests.personas import HEAD_OF_MILL, PERSONAS, Persona


async def rows(copy: DatabaseCopy, query: str, *values: Any) -> list[asyncpg.Record]:
    """The rows of a query, without row-level security."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        found: list[asyncpg.Record] = await connection.fetch(query, *values)
        return found
    finally:
        await connection.close()


async def know(copy: DatabaseCopy, issuer: str, subject: str, one: Persona = HEAD_OF_MILL) -> None:
    """Link an identity to a person of the fixtures."""
    await rows(
        copy,
        "INSERT INTO identity (authority_id, issuer, subject, person_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        one.authority_id,
        issuer,
        subject,
        one.person_id,
    )


async def sessions(copy: DatabaseCopy) -> list[asyncpg.Record]:
    """The sessions that sign-ins made: without those of the fixtures."""
    return await rows(
        copy,
        "SELECT * FROM user_session WHERE issuer <> 'https://stage.example' ORDER BY started_at, token_hash",
    )


async def everything(copy: DatabaseCopy) -> tuple[int, ...]:
    """How many sessions, people, identities, roles and used invitations there are."""
    tables = ("user_session", "person", "identity", "role_assignment", "invitation WHERE used_at IS NOT NULL")
    counted = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    return tuple((await rows(copy, f"SELECT {counted}"))[0])


def added(
    sessions: int = 0, people: int = 0, identities: int = 0, roles: int = 0, used: int = 0
) -> tuple[int, ...]:
    """What `everything` counts after these were added to the people of the fixtures."""
    before = 2 * len(PERSONAS)
    return (before + sessions, before + people, identities, before + roles, used)


async def nobody_came_in(copy: DatabaseCopy, before: tuple[int, ...] = added()) -> None:
    """No session, no new person, no new identity, no new role, no invitation used up."""
    assert await everything(copy) == before
