"""The two renderings of the law: `may` for one row in Python, `within_reach` for many rows in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    false,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from alongside.access.permissions import Permission, Reach, reach_of
from alongside.access.person import Person
from alongside.errors import NotThere


def allowed_at_all(person: Person, permission: Permission) -> bool:
    """Whether this person's role knows the permission: the gate's question, before any row is looked at."""
    return reach_of(person.role, permission) is not None


def schools_within(person: Person, permission: Permission) -> frozenset[int] | None:
    """The URNs that this permission reaches for this person; None is every school of the authority.

    What a school shows to the whole authority (reach AUDIENCE) comes on top: see `may`.
    """
    match reach_of(person.role, permission):
        case Reach.AUTHORITY:
            return None
        case Reach.OWN_CONSORTIUM | Reach.AUDIENCE:
            own = frozenset() if person.school_urn is None else frozenset({person.school_urn})
            return person.consortium_schools | own
        case Reach.OWN_SCHOOL if person.school_urn is not None:
            return frozenset({person.school_urn})
        case _:
            return frozenset()


def may(
    person: Person, permission: Permission, *school_urns: int | None, shown_to_all_from: date | None = None
) -> bool:
    """Whether this person may do this to a row of one of these schools.

    `shown_to_all_from` is the date from which the row's school shows it to the whole authority, if ever.
    """
    reach = reach_of(person.role, permission)
    if reach is None:
        return False
    if reach is Reach.AUDIENCE and shown_to_all_from is not None and shown_to_all_from <= person.today:
        return True
    schools = schools_within(person, permission)
    return schools is None or any(urn in schools for urn in school_urns)


def condition(
    reach: Reach | None,
    *school_urns: ColumnElement[Any] | Any,
    shown_to_all_from: ColumnElement[Any] | Any | None = None,
    values: Mapping[str, Any] | None = None,
) -> ColumnElement[bool]:
    """A reach as a condition on rows, for a statement that is built once: `reach_values` fills it for a person.

    With `values` it is filled at once.
    """
    if reach is None:
        return false()
    if reach is Reach.AUTHORITY:
        return true()
    urns = _filled("reach_urns", ARRAY(Integer), values)
    parts: list[ColumnElement[bool]] = [column == any_(urns) for column in school_urns]
    if reach is Reach.AUDIENCE and shown_to_all_from is not None:
        today = _filled("reach_today", Date(), values)
        parts.append(and_(shown_to_all_from.is_not(None), shown_to_all_from <= today))
    return or_(*parts) if parts else false()


def reach_values(person: Person, permission: Permission) -> dict[str, Any]:
    """What fills the `condition` of this permission's reach for a person."""
    match reach_of(person.role, permission):
        case None | Reach.AUTHORITY:
            return {}
        case Reach.AUDIENCE:
            schools = schools_within(person, permission) or frozenset()
            return {"reach_urns": sorted(schools), "reach_today": person.today}
        case _:
            return {"reach_urns": sorted(schools_within(person, permission) or frozenset())}


def reach_clause(
    person: Person,
    permission: Permission,
    *school_urns: ColumnElement[Any] | Any,
    shown_to_all_from: ColumnElement[Any] | Any | None = None,
) -> ColumnElement[bool]:
    """The same answer as `may`, as a condition on rows with this person's values in it."""
    reach, values = reach_of(person.role, permission), reach_values(person, permission)
    return condition(reach, *school_urns, shown_to_all_from=shown_to_all_from, values=values)


def _filled(name: str, kind: TypeEngine[Any], values: Mapping[str, Any] | None) -> BindParameter[Any]:
    if values is None:
        return bindparam(name, type_=kind)
    return bindparam(name, values[name], kind, unique=True)


def within_reach(
    statement: Select[Any],
    person: Person,
    permission: Permission,
    *school_urns: Any,
    shown_to_all_from: Any | None = None,
) -> Select[Any]:
    """A query narrowed to the rows that this person may do this to."""
    return statement.where(
        reach_clause(person, permission, *school_urns, shown_to_all_from=shown_to_all_from)
    )


def require(
    person: Person, permission: Permission, *school_urns: int | None, shown_to_all_from: date | None = None
) -> None:
    """Go on only if this person may do this to this row.

    Raises NotThere otherwise: not yours and not there are the same answer.
    """
    if not may(person, permission, *school_urns, shown_to_all_from=shown_to_all_from):
        raise NotThere


def may_for_consortium(person: Person, permission: Permission, consortium_id: UUID | None) -> bool:
    """Whether this person may do this to a thing of one consortium, or with None of the whole authority.

    A reach of one's own consortium never reaches what is the whole authority's.
    """
    match reach_of(person.role, permission):
        case Reach.AUTHORITY:
            return True
        case Reach.OWN_CONSORTIUM:
            return consortium_id is not None and consortium_id in person.consortium_ids
        case _:
            return False


def consortium_clause(
    person: Person, permission: Permission, consortium_id: ColumnElement[Any] | Any
) -> ColumnElement[bool]:
    """The same answer as `may_for_consortium`, as a condition on rows."""
    match reach_of(person.role, permission):
        case Reach.AUTHORITY:
            return true()
        case Reach.OWN_CONSORTIUM:
            return and_(consortium_id.is_not(None), consortium_id.in_(sorted(person.consortium_ids)))
        case _:
            return false()


def require_for_consortium(person: Person, permission: Permission, consortium_id: UUID | None) -> None:
    """Go on only if this person may do this to a thing of this consortium. Raises NotThere otherwise."""
    if not may_for_consortium(person, permission, consortium_id):
        raise NotThere
