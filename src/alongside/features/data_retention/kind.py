"""What a class of record is whose time comes to an end."""

from dataclasses import dataclass

from sqlalchemy import Date, bindparam, text
from sqlalchemy.sql.elements import TextClause


@dataclass(frozen=True, slots=True)
class Kind:
    """One class: its key in the settings' retention, its words, what chooses its rows and what lets chosen ones go.

    `chosen` is asked with :authority_id, :before (a day) and :today, and gives ids, oldest first. `kept_still` holds
    the rows of :ids that are still over and in nobody's hands, where rows of the class can come to life again.
    """

    key: str
    words: str
    chosen: TextClause
    go: tuple[TextClause, ...]
    kept_still: TextClause | None = None


def chosen(sql: str) -> TextClause:
    """A statement that chooses rows, with the kinds of its days."""
    return text(sql).bindparams(bindparam("before", type_=Date), bindparam("today", type_=Date))
