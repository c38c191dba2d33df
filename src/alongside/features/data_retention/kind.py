"""Definition of a class of records with its own retention period."""

from dataclasses import dataclass

from sqlalchemy import Date, bindparam, text
from sqlalchemy.sql.elements import TextClause


@dataclass(frozen=True, slots=True)
class Kind:
    """One class: its key in the retention settings, its label, the query of expired rows and the statements
    that delete.

    `chosen` has the parameters :authority_id, :before (a date) and :today, and returns ids, oldest first.
    `kept_still` locks the rows of :ids that are still over and not locked by others, for classes whose rows can
    be reopened.
    """

    key: str
    words: str
    chosen: TextClause
    go: tuple[TextClause, ...]
    kept_still: TextClause | None = None


def chosen(sql: str) -> TextClause:
    """A query of expired rows with typed date parameters."""
    return text(sql).bindparams(bindparam("before", type_=Date), bindparam("today", type_=Date))
