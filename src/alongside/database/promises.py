"""Promises that a table's columns and constraints cannot express: functions and triggers, declared beside the model."""

from sqlalchemy import MetaData

from alongside.database.base import Base


def promise(name: str, sql: str) -> None:
    """Have PostgreSQL keep a promise: `sql` is run once, in the order of declaration, when the schema is made.

    `name` is a sentence's worth of snake_case and must be unique.
    """
    kept = promises_of(Base.metadata)
    if kept.get(name, sql) != sql:
        raise ValueError(f"the promise {name} is declared twice")
    kept[name] = sql


def promises_of(metadata: MetaData) -> dict[str, str]:
    """All promises by name, in the order of declaration."""
    kept: dict[str, str] = metadata.info.setdefault("promises", {})
    return kept
