"""Promises that a table's columns and constraints cannot express: functions and triggers, declared beside the model."""

from sqlalchemy import MetaData

from alongside.platform.database.base import Base


def promise(name: str, sql: str) -> None:
    """Have PostgreSQL keep a promise: `sql` is run once, in the order of declaration, when the schema is made.

    `name` is a sentence's worth of snake_escalation and must be unique.
    """
    kept = ddl_of(Base.metadata)
    if kept.get(name, sql) != sql:
        raise ValueError(f"the promise {name} is declared twice")
    kept[name] = sql


def ddl_of(metadata: MetaData) -> dict[str, str]:
    """All promises by name, in the order of declaration."""
    kept: dict[str, str] = metadata.info.setdefault("promises", {})
    return kept
