"""A migrated database equals the one that the models declare: tables, policies, triggers, functions, transitions."""

import re
from pathlib import Path
from typing import Any

import asyncpg

from alongside.models_registry import full_schema
from alongside.platform.database.roles import make_database
from tests.databases import DatabaseCopy, DatabaseServer

BASELINE = Path(__file__).parents[2] / "migrations" / "versions" / "0001_baseline.sql"
CATALOGUE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    "policies": "SELECT tablename, policyname, permissive, cmd, roles::text, qual, with_check FROM pg_policies",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT oid::regprocedure::text, prosrc, provolatile::text, prosecdef, proconfig::text FROM pg_proc"
    " WHERE pronamespace::regnamespace::text IN ('public', 'security', 'search') AND NOT EXISTS"
    " (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
    "grants": "SELECT relname, relacl::text, relrowsecurity, relforcerowsecurity FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'",
    "moves": "SELECT subject, start, finish FROM allowed_transition",
}


async def catalogue(url: str) -> dict[str, set[Any]]:
    """Return the catalogue of a database, without its rows."""
    connection = await asyncpg.connect(url)
    try:
        return {name: {tuple(row) for row in await connection.fetch(sql)} for name, sql in CATALOGUE.items()}
    finally:
        await connection.close()


async def put_clock_back(copy: DatabaseCopy) -> None:
    """Restore the original clock function in a copy, instead of the one that `tests.databases` sets."""
    written = BASELINE.read_text(encoding="utf-8")
    found = re.search(r"CREATE FUNCTION london_today\(\).*?\$\$;", written, re.DOTALL | re.IGNORECASE)
    assert found is not None
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute(found[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    finally:
        await connection.close()


async def test_the_migrations_make_what_the_models_declare(
    database_server: DatabaseServer, copy: DatabaseCopy
) -> None:
    """The result of all migrations and a schema made from the models have the same catalogue."""
    superuser = await asyncpg.connect(database_server.url("postgres", "postgres"))
    try:
        await make_database(superuser, "from_models")
    finally:
        await superuser.close()
    migrator = await asyncpg.connect(database_server.url("from_models", "alongside_migrator"))
    try:
        for statement in full_schema():
            await migrator.execute(statement)
    finally:
        await migrator.close()
    await put_clock_back(copy)
    migrated, declared = (
        await catalogue(copy.superuser_url),
        await catalogue(database_server.url("from_models", "postgres")),
    )
    for name in CATALOGUE:
        assert migrated[name] == declared[name], f"{name}: run python -m tests.structure.write_baseline"
