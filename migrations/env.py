"""Runs Alembic migrations in the caller's transaction, as the owner, with a short lock timeout to spare readers."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

TIMEOUTS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '5min'")


def run(connection: Connection) -> None:
    """Run pending migrations. One that cannot get its lock in time is rolled back, and can be run again."""
    for setting in TIMEOUTS:
        connection.execute(text(setting))
    options: dict[str, Any] = {"transactional_ddl": True, "transaction_per_migration": False}
    context.configure(connection=connection, **options)
    context.run_migrations()


run(context.config.attributes["connection"])
