"""Builds a whole database from the models: rights, context functions, tables, policies, triggers, legal transitions."""

from sqlalchemy import Connection, MetaData, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from alongside.platform.database import (
    folding,
    requester_context,
    row_level_security,
    tenant_context,
    transition_guard,
)
from alongside.platform.database.connecting import open_connection
from alongside.platform.database.ddl import ddl_of
from alongside.platform.database.keys import add_key
from alongside.platform.database.session import ASYNCPG
from alongside.settings import bundled

LITERAL = {"literal_binds": True}

EXTENSIONS = ("btree_gin", "btree_gist", "pg_trgm", "unaccent")
"""Extensions. All four are trusted: the owner of a database may add them without being a superuser."""


def schema_statements(metadata: MetaData, workflows: dict[str, set[tuple[str, str]]]) -> list[str]:
    """Return the statements that create the schema of `metadata`, in order.

    `workflows` maps a table to its legal transitions.
    """
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS]
    made += [tenant_context.SCHEMA, requester_context.SCHEMA, folding.SCHEMA]
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            made.append(str(CreateIndex(index).compile(dialect=dialect)))
    made += row_level_security.statements(metadata)
    made.append(transition_guard.TRIGGER_FUNCTION)
    made += ddl_of(metadata).values()
    made += row_level_security.record_statements(metadata)
    for subject, pairs in sorted(workflows.items()):
        made.append(transition_guard.trigger(subject))
        for row in transition_guard.rows(subject, pairs):
            made.append(
                str(
                    insert(transition_guard.AllowedTransition)
                    .values(row)
                    .compile(dialect=dialect, compile_kwargs=LITERAL)
                )
            )
    return made


async def upgrade_schema(migrator_url: str, signing_key: bytes) -> None:
    """Migrate a database to the current schema, as the migrator, and add the key that signs tenant contexts.

    Keys that it accepted before stay valid until they are retired (`alongside keys retire`). Safe to repeat. Raises
    what PostgreSQL raises; a failed migration leaves nothing behind.
    """
    engine = create_async_engine(
        ASYNCPG, connect_args={"async_creator_fn": open_connection, "dsn": migrator_url}
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(359816)"))
            await connection.run_sync(_upgrade)
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await add_key(driver, signing_key)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    """Run the migrations that this database has not had, in the one transaction."""
    from alembic import command  # 6 MB that only migrations need
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
