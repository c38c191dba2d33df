"""What all tables share: constraint names, keys, and the authority that owns a row."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, Integer, MetaData, Text, Uuid, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


COMPLETE = "complete"
"""Key of `Base.metadata.info`, set by alongside.models_registry once all tables and workflows are declared."""


class Base(DeclarativeBase):
    """The declarative base of every table. Text is `text`, and timestamps have a time zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[Mapping[type, object]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        UUID: Uuid(as_uuid=True),
    }


class AuthorityKeyed:
    """A table whose rows belong to one authority; its primary key begins with `authority_id`.

    Row-level security, grants and the catalogue test derive from this declaration (`row_level_security.py`).
    """

    authority_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("authority.authority_id"), primary_key=True, autoincrement=False, sort_order=-100
    )


class AuthorityOwned(AuthorityKeyed):
    """A table of an authority whose rows have a UUID (version 7) as their id."""

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-99)


def reference(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Return a foreign key that stays within the authority: `(authority_id, column)`.

    PostgreSQL checks foreign keys without row-level security, so a plain key could refer to another authority's row.
    """
    target = "urn" if table == "school" else "id"
    return ForeignKeyConstraint(
        ["authority_id", column], [f"{table}.authority_id", f"{table}.{target}"], ondelete=ondelete
    )


def created_at() -> Mapped[datetime]:
    """Return a column with the time at which the row was written, by the database's clock."""
    return mapped_column(server_default=text("now()"))


def one_of(column: str, words: Iterable[str]) -> str:
    """Return the SQL condition that this column holds one of these values."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in sorted(words))})"
