"""Permission checks on a whole record, in Python (`may_on`) and in SQL (`record_filter`), with all limits of a grant.

A record is a row, or for SQL a table or model, with some of these columns: `school_urn`, `partner_urn`,
`requesting_urn`, `supporting_urn`, `consortium_id`, `handling_consortium_id`, `state`, `visible_to_authority_from`. A
record with a `consortium_id` is within OWN_CONSORTIUM by its consortium, any other by its schools.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, SQLColumnExpression, and_, false, func, or_, true

from alongside.errors import NotFound
from alongside.platform.access.authorisation import Query, may, scope_filter
from alongside.platform.access.permissions import Grant, Party, Permission, Scope, grant_for
from alongside.platform.access.principal import Principal

STATE = "state"
SCHOOLS = {
    Party.ANY: ("school_urn", "partner_urn", "requesting_urn", "supporting_urn"),
    Party.OWNER: ("school_urn",),
    Party.REQUESTING: ("requesting_urn",),
    Party.SUPPORTING: ("supporting_urn",),
    Party.RAISING: ("school_urn",),
}
"""The columns with the schools of a party."""

CONSORTIA = {
    Party.ANY: ("consortium_id", "handling_consortium_id"),
    Party.RAISING: ("consortium_id",),
}
"""The columns with the consortia of a party. A party without an entry has none."""


def may_on(
    person: Principal, permission: Permission, record: object, interests: Collection[int] = ()
) -> bool:
    """Return whether this person may do this to this record.

    `interests` are the URNs of the schools in which the person has an interest, where the permission asks for none.
    """
    granted = grant_for(person.role, permission)
    if granted is None or (granted.states and getattr(record, STATE) not in granted.states):
        return False
    if granted.once is not None and not _has_come(getattr(record, granted.once)):
        return False
    if granted.without_interest and not {*_values(record, SCHOOLS[Party.ANY])}.isdisjoint(interests):
        return False
    if _by_consortium(granted, record):
        return not {*_values(record, CONSORTIA.get(granted.party, ()))}.isdisjoint(person.consortium_ids)
    shown = getattr(record, "visible_to_authority_from", None)
    schools = _values(record, SCHOOLS[granted.party])
    return may(person, permission, *schools, visible_to_authority_from=shown)


def require_on(
    person: Principal, permission: Permission, record: object, interests: Collection[int] = ()
) -> None:
    """Raise NotFound unless this person may do this to this record, so that it looks the same as a missing one."""
    if not may_on(person, permission, record, interests):
        raise NotFound


def record_filter(
    person: Principal, permission: Permission, table: object, interests: Collection[int] = ()
) -> ColumnElement[bool]:
    """Return the same answer as `may_on`, as a SQL condition on the rows of a table."""
    granted = grant_for(person.role, permission)
    shown = getattr(table, "visible_to_authority_from", None)
    party = Party.ANY if granted is None else granted.party
    schools: list[SQLColumnExpression[int | None]] = _values(table, SCHOOLS[party])
    within = scope_filter(person, permission, *schools, visible_to_authority_from=shown)
    if granted is None:
        return within
    if _by_consortium(granted, table):
        own = sorted(person.consortium_ids)
        consortia: list[SQLColumnExpression[UUID | None]] = _values(table, CONSORTIA.get(party, ()))
        within = or_(false(), *(column.in_(own) for column in consortia))
    limits: list[ColumnElement[bool]] = []
    if granted.states:
        limits.append(_column(table, STATE).in_(granted.states))
    if granted.once is not None:
        since: ColumnElement[datetime] = getattr(table, granted.once)
        is_time = isinstance(since.type, DateTime)
        limits.append(since <= func.now() if is_time else since.is_not(None))
    if granted.without_interest and interests:
        taken = sorted(interests)
        every: list[SQLColumnExpression[int | None]] = _values(table, SCHOOLS[Party.ANY])
        limits += [or_(column.is_(None), column.not_in(taken)) for column in every]
    return and_(true(), within, *limits)


def _has_come(since: date | None) -> bool:
    """Return whether there is a time or day, and a time is not in the future."""
    return since is not None and not (isinstance(since, datetime) and since > datetime.now(UTC))


def _by_consortium(granted: Grant, record: object) -> bool:
    return granted.scope is Scope.OWN_CONSORTIUM and hasattr(record, "consortium_id")


def _values(record: object, names: Collection[str]) -> list[Any]:
    return [getattr(record, name) for name in names if hasattr(record, name)]


def _column(table: object, name: str) -> SQLColumnExpression[object]:
    column: SQLColumnExpression[object] = getattr(table, name)
    return column


def filter_records(statement: Query, person: Principal, permission: Permission, thing: object) -> Query:
    """Limit a query to the records on which this person has the permission."""
    return statement.where(record_filter(person, permission, thing))
