"""A large authority for tests: 519 schools over 100 kilometres with data in every feature.

It extends the authority of the personas, so that every persona works in it. Its template database is made
once in a test run, in seconds, and copied for each test that needs one.
"""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from alongside.platform.database.roles import make_database
from tests.access.dataset import World, make_world
from tests.databases import DatabaseCopy, DatabaseServer, copy_of_template, make_known
from tests.large import locations, matters, posts
from tests.personas import LEAD_OF_NORTH, MILL, NORTHSHIRE, OFFICER, PERSONAS

LARGE = "template_with_large"
LOCK = 519
"""The advisory lock that lets one process make the template while the others wait."""


async def copy_of_large(database_server: DatabaseServer) -> tuple[DatabaseCopy, World]:
    """A fresh database with the large authority, and ids of one row of each kind."""
    server = await asyncpg.connect(database_server.url("postgres", "postgres"))
    try:
        await server.execute("SELECT pg_advisory_lock($1)", LOCK)
        if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", LARGE):
            await _make_template(database_server, server)
        name = f"play_{uuid4().hex[:12]}"
        await server.execute(
            f"CREATE DATABASE {name} TEMPLATE {LARGE} STRATEGY file_copy OWNER alongside_owner"
        )
        await make_database(server, name)
    finally:
        await server.close()
    copy = DatabaseCopy(name, database_server.url(name), database_server.url(name, "postgres"))
    return copy, await _world_of(copy)


async def _make_template(database_server: DatabaseServer, server: asyncpg.Connection) -> None:
    copy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await fill(connection, world)
        await connection.execute("CREATE SCHEMA large CREATE TABLE world (ids text)")
        ids = {scope: {name: str(one) for name, one in of.items()} for scope, of in world.ids.items()}
        await connection.execute("INSERT INTO large.world VALUES ($1)", msgspec.json.encode(ids).decode())
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
    await server.execute(f"ALTER DATABASE {copy.name} RENAME TO {LARGE}")


async def _world_of(copy: DatabaseCopy) -> World:
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        kept = await connection.fetchval("SELECT ids FROM large.world")
        await connection.execute("DROP SCHEMA large CASCADE")
    finally:
        await connection.close()
    stored = msgspec.json.decode(kept, type=dict[str, dict[str, str]])
    return World({scope: {n: _value(n, one) for n, one in of.items()} for scope, of in stored.items()})


def _value(name: str, kept: str) -> Any:
    return int(kept) if name == "urn" else UUID(kept)


async def fill(connection: asyncpg.Connection, world: World) -> None:
    """Fill the personas' authority with triggers disabled, as the superuser of its database."""
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET synchronous_commit = off")
    await _fill_assignments(connection)
    await _fill_posts(connection, world)
    await _fill_matters(connection, world)


async def _fill_assignments(connection: asyncpg.Connection) -> None:
    await connection.execute(locations.LOCATIONS, NORTHSHIRE, locations.SCHOOLS, locations.INDEPENDENT)
    await connection.execute(locations.GROUPS, NORTHSHIRE, locations.CONSORTIA)
    for statement in (locations.MEMBERS, locations.PEOPLE, locations.ROLES):
        await connection.execute(statement, NORTHSHIRE, locations.SCHOOLS)
    await connection.execute(locations.OFFICERS, NORTHSHIRE)
    for one in PERSONAS:
        await connection.execute(locations.ROLES_OF_ONE, NORTHSHIRE, one.person_id)


async def _fill_posts(connection: asyncpg.Connection, world: World) -> None:
    settings = make_known("northshire")
    themes, urgencies = list(settings.themes), list(settings.urgencies)
    own = world.ids["own"]
    await connection.execute(posts.NEEDS, NORTHSHIRE, MILL, themes, urgencies)
    await connection.execute(posts.OFFERS, NORTHSHIRE, MILL)
    await connection.execute(posts.THEMES, NORTHSHIRE, themes)
    for statement in (posts.PROPOSALS, posts.AGREEMENTS, posts.VISITS, posts.PLANS):
        await connection.execute(statement, NORTHSHIRE)
    await connection.execute(posts.LOCATIONS, NORTHSHIRE, [own["run_id"]])
    await connection.execute(posts.ENTRIES, NORTHSHIRE, MILL, themes)
    await connection.execute(posts.PUBLIC, NORTHSHIRE)
    for agreement_id in (own["agreement_id"], own["preparing"]):
        for statement in matters.OF_AN_AGREEMENT:
            await connection.execute(statement, NORTHSHIRE, agreement_id)
    for statement in matters.OF_AN_ENTRY:
        await connection.execute(statement, NORTHSHIRE, own["entry_id"])


async def _fill_matters(connection: asyncpg.Connection, world: World) -> None:
    raised_by, officer = LEAD_OF_NORTH.person_id, OFFICER.person_id
    await connection.execute(matters.CASES, NORTHSHIRE, MILL, raised_by, officer)
    for statement in matters.OF_AN_ESCALATION:
        await connection.execute(statement, NORTHSHIRE, world.ids["own"]["escalation_id"], officer)
    for one in PERSONAS:
        for statement in matters.OF_A_PERSON:
            await connection.execute(statement, NORTHSHIRE, one.person_id)
    for statement in matters.RECORDS:
        await connection.execute(statement, NORTHSHIRE, MILL, officer)
    for statement in matters.IMPORT:
        await connection.execute(statement, NORTHSHIRE, MILL)
    await connection.execute(matters.AUDIT_LOG, NORTHSHIRE, MILL)
