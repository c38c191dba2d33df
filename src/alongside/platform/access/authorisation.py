"""Permission checks in two forms: `may` for one row in Python, `filter_by_scope` for many rows in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol, Self, TypeVar
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    SQLColumnExpression,
    and_,
    any_,
    bindparam,
    false,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from alongside.errors import NotFound
from alongside.platform.access.permissions import Permission, Scope, scope_for
from alongside.platform.access.principal import Principal

Bound = TypeVar("Bound")


class Filtered(Protocol):
    """A statement that a condition can limit."""

    def where(self, *conditions: ColumnElement[bool]) -> Self:
        """Return the statement with further conditions."""


Query = TypeVar("Query", bound=Filtered)


def has_permission(person: Principal, permission: Permission) -> bool:
    """Return whether this person's role has the permission at all; the routes check this before any row is read."""
    return scope_for(person.role, permission) is not None


def schools_within(person: Principal, permission: Permission) -> frozenset[int] | None:
    """Return the URNs of the schools that this permission covers for this person; None means every school.

    Rows that a school shows to the whole authority (scope AUDIENCE) come on top: see `may`.
    """
    match scope_for(person.role, permission):
        case Scope.AUTHORITY:
            return None
        case Scope.OWN_CONSORTIUM | Scope.AUDIENCE:
            own = frozenset() if person.school_urn is None else frozenset({person.school_urn})
            return person.consortium_schools | own
        case Scope.OWN_SCHOOL:
            return person.own_schools
        case _:
            return frozenset()


def may(
    person: Principal,
    permission: Permission,
    *school_urns: int | None,
    visible_to_authority_from: date | None = None,
) -> bool:
    """Return whether this person may do this to a row of one of these schools.

    `visible_to_authority_from` is the date from which the row's school shows it to the whole authority, if ever.
    """
    scope = scope_for(person.role, permission)
    if scope is None:
        return False
    if (
        scope is Scope.AUDIENCE
        and visible_to_authority_from is not None
        and visible_to_authority_from <= person.today
    ):
        return True
    schools = schools_within(person, permission)
    return schools is None or any(urn in schools for urn in school_urns)


def scope_condition(
    scope: Scope | None,
    *school_urns: SQLColumnExpression[int | None],
    visible_to_authority_from: SQLColumnExpression[date | None] | None = None,
    values: Mapping[str, object] | None = None,
) -> ColumnElement[bool]:
    """Return a scope as a SQL condition on rows, with bind parameters.

    A statement can be built once with it; `scope_params` gives the values for a person. With `values` they are bound at
    once.
    """
    if scope is None:
        return false()
    if scope is Scope.AUTHORITY:
        return true()
    urns = _filled("scope_urns", ARRAY(Integer), values)
    parts: list[ColumnElement[bool]] = [column == any_(urns) for column in school_urns]
    if scope is Scope.AUDIENCE and visible_to_authority_from is not None:
        today = _filled("scope_today", Date(), values)
        parts.append(and_(visible_to_authority_from.is_not(None), visible_to_authority_from <= today))
    return or_(*parts) if parts else false()


def scope_params(person: Principal, permission: Permission) -> dict[str, object]:
    """Return the bind parameters of `scope_condition` for this permission and person."""
    match scope_for(person.role, permission):
        case None | Scope.AUTHORITY:
            return {}
        case Scope.AUDIENCE:
            schools = schools_within(person, permission) or frozenset()
            return {"scope_urns": sorted(schools), "scope_today": person.today}
        case _:
            return {"scope_urns": sorted(schools_within(person, permission) or frozenset())}


def scope_filter(
    person: Principal,
    permission: Permission,
    *school_urns: SQLColumnExpression[int | None],
    visible_to_authority_from: SQLColumnExpression[date | None] | None = None,
) -> ColumnElement[bool]:
    """Return the same answer as `may`, as a SQL condition with this person's values bound."""
    scope, values = scope_for(person.role, permission), scope_params(person, permission)
    return scope_condition(
        scope, *school_urns, visible_to_authority_from=visible_to_authority_from, values=values
    )


def _filled(name: str, kind: TypeEngine[Bound], values: Mapping[str, object] | None) -> BindParameter[Bound]:
    if values is None:
        return bindparam(name, type_=kind)
    return bindparam(name, values[name], kind, unique=True)


def filter_by_scope(
    statement: Query,
    person: Principal,
    permission: Permission,
    *school_urns: SQLColumnExpression[int | None],
    visible_to_authority_from: SQLColumnExpression[date | None] | None = None,
) -> Query:
    """Limit a query to the rows on which this person has the permission."""
    return statement.where(
        scope_filter(person, permission, *school_urns, visible_to_authority_from=visible_to_authority_from)
    )


def require(
    person: Principal,
    permission: Permission,
    *school_urns: int | None,
    visible_to_authority_from: date | None = None,
) -> None:
    """Check that this person may do this to this row.

    Raises NotFound otherwise, so that a row outside the person's scope looks the same as a missing one.
    """
    if not may(person, permission, *school_urns, visible_to_authority_from=visible_to_authority_from):
        raise NotFound


def may_for_consortium(person: Principal, permission: Permission, consortium_id: UUID | None) -> bool:
    """Return whether this person may do this to something of one consortium, or (with None) of the whole authority.

    The scope OWN_CONSORTIUM does not cover what belongs to the whole authority.
    """
    match scope_for(person.role, permission):
        case Scope.AUTHORITY:
            return True
        case Scope.OWN_CONSORTIUM:
            return consortium_id is not None and consortium_id in person.consortium_ids
        case _:
            return False


def consortium_filter(
    person: Principal, permission: Permission, consortium_id: SQLColumnExpression[UUID | None]
) -> ColumnElement[bool]:
    """Return the same answer as `may_for_consortium`, as a SQL condition."""
    match scope_for(person.role, permission):
        case Scope.AUTHORITY:
            return true()
        case Scope.OWN_CONSORTIUM:
            return and_(consortium_id.is_not(None), consortium_id.in_(sorted(person.consortium_ids)))
        case _:
            return false()


def require_for_consortium(person: Principal, permission: Permission, consortium_id: UUID | None) -> None:
    """Check that this person may do this to something of this consortium. Raises NotFound otherwise."""
    if not may_for_consortium(person, permission, consortium_id):
        raise NotFound
