"""What all tables share: their names, their keys, and to which authority a row belongs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
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
"""Set in `Base.metadata.info` by alongside.models_registry, when every table and every workflow has been declared."""


class Base(DeclarativeBase):
    """The root of every table. Text, not varchar; every moment in UTC with its zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        UUID: Uuid(as_uuid=True),
    }


class AuthorityKeyed:
    """A table whose rows belong to one authority; its own key follows `authority_id`.

    Row-level security, grants and the catalogue test follow from this declaration alone
    (`database.isolation`).
    """

    authority_id: Mapped[int] = mapped_column(
        Integer, ForeignKey("authority.authority_id"), primary_key=True, autoincrement=False, sort_order=-100
    )


class AuthorityOwned(AuthorityKeyed):
    """A table of an authority whose rows are known by an id that tells nothing (UUID version 7)."""

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-99)


def reference(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """A foreign key that cannot leave the authority: `(authority_id, column)`.

    Foreign-key checks pass by row-level security, so a plain key could point at another authority's row.
    """
    target = "urn" if table == "school" else "id"
    return ForeignKeyConstraint(
        ["authority_id", column], [f"{table}.authority_id", f"{table}.{target}"], **options
    )


def created_at() -> Mapped[datetime]:
    """A column with the moment the row was written, by the database's clock."""
    return mapped_column(server_default=text("now()"))


def one_of(column: str, words: Iterable[str]) -> str:
    """The SQL of “this column holds one of these words”."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in sorted(words))})"
