"""SQL functions and triggers for rules that columns and constraints cannot express, declared beside the model."""

from sqlalchemy import MetaData

from alongside.platform.database.base import Base


def promise(name: str, sql: str) -> None:
    """Register SQL that runs once, in the order of registration, when the schema is created.

    `name` describes the rule in snake_case and must be unique.
    """
    kept = ddl_of(Base.metadata)
    if kept.get(name, sql) != sql:
        raise ValueError(f"the promise {name} is declared twice")
    kept[name] = sql


def ddl_of(metadata: MetaData) -> dict[str, str]:
    """Return all registered SQL by name, in the order of registration."""
    kept: dict[str, str] = metadata.info.setdefault("promises", {})
    return kept
