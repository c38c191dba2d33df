"""How migrations run: in the caller's transaction, as the owner, giving way rather than holding up readers."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

GIVE_WAY = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '5min'")


def run(connection: Connection) -> None:
    """Run what is pending. A migration that cannot have its lock in time fails whole, and can be run again."""
    for setting in GIVE_WAY:
        connection.execute(text(setting))
    options: dict[str, Any] = {"transactional_ddl": True, "transaction_per_migration": False}
    context.configure(connection=connection, **options)
    context.run_migrations()


run(context.config.attributes["connection"])
