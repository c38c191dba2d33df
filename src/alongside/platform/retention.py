"""Retention rules: which rows of a class have expired, and how they are deleted. Features declare their own."""

from dataclasses import dataclass

from sqlalchemy import Date, TextClause, bindparam, text


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One class of records: its key in the retention settings, its label, the query of expired rows and the statements
    that delete.

    `expired` has the parameters :authority_id, :before (a date) and :today, and returns ids, oldest first. It leaves
    out rows on legal hold (the SQL function is_held). `still_expired` locks the rows of :ids that are still over and
    not locked by others, for classes whose rows can be reopened.
    """

    key: str
    label: str
    expired: TextClause
    delete: tuple[TextClause, ...]
    still_expired: TextClause | None = None


def expired_rows(sql: str) -> TextClause:
    """Return a query of expired rows with typed date parameters."""
    return text(sql).bindparams(bindparam("before", type_=Date), bindparam("today", type_=Date))
