"""Who has a seat at an escalation: the second policy that PostgreSQL holds, and how far each permission goes.

An escalation is seen by the lead and deputy of the consortium that raised it and of one that it was handed to, by
the core
team, by people named for it (members of the board), and by the headteacher from the moment of being told. Who leads a
consortium and has an interest in the school has no seat, unless they raised the escalation themselves.
Source: domain §1.5 WI3 and WI7, §4.3 F24, §6.15.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from alongside.errors import NotFound
from alongside.platform.access.permissions import Permission, Scope, scope_for
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal, Role
from alongside.platform.database.requester_context import (
    CONSORTIA,
    INTERESTS,
    PERSON,
    ROLE,
    SCHOOL,
    RowPolicy,
    is_among,
)

THE_AUTHORITY = (Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)


def asks_as(roles: Iterable[Role]) -> str:
    """The SQL of “who asks acts in one of these roles”."""
    return f"{ROLE} IN ({', '.join(repr(role.value) for role in roles)})"


CORE = asks_as(THE_AUTHORITY)
LEADS = asks_as(sorted(CONSORTIUM_ROLES))
HEAD = asks_as((Role.HEADTEACHER,))

OWN_CONSORTIUM = (
    f"({LEADS} AND ({is_among('consortium_id', CONSORTIA)} OR {is_among('handling_consortium_id', CONSORTIA)})"
    f" AND (NOT {is_among('school_urn', INTERESTS)} OR raised_by::text = {PERSON}))"
)
OWN_SCHOOL = f"({HEAD} AND school_urn::text = {SCHOOL} AND notified_at IS NOT NULL)"
NAMED = (
    "EXISTS (SELECT FROM escalation_reader r WHERE r.authority_id = escalation.authority_id"
    f" AND r.escalation_id = escalation.id AND r.ended_at IS NULL AND r.person_id::text = {PERSON})"
)

OF_ESCALATION = RowPolicy(
    seen=f"{CORE} OR {OWN_CONSORTIUM} OR {OWN_SCHOOL} OR {NAMED}", added=f"{CORE} OR {OWN_CONSORTIUM}"
)
OF_OFFICERS = RowPolicy(seen=CORE)
OF_READERS = RowPolicy(seen=f"{CORE} OR person_id::text = {PERSON}", added=CORE)


def of_escalation_row(
    table: str, *, kept: bool = False, for_school: str = "true", added: str = ""
) -> RowPolicy:
    """The policy of what belongs to an escalation: whoever sees the escalation sees it, whoever may change the
    escalation writes it.

    `kept` rows are never changed. The school's own head sees those for which `for_school` holds; a head who was named
    to read the escalation sees all. `added` replaces who writes.
    """
    inside = f"SELECT FROM escalation c WHERE c.authority_id = {table}.authority_id AND c.id = {table}.escalation_id"
    raised = is_among("c.consortium_id", CONSORTIA)
    leading = f"{inside} AND ({raised} OR {is_among('c.handling_consortium_id', CONSORTIA)})"
    shown = inside
    if for_school != "true":
        shown += f" AND (NOT {HEAD} OR {for_school} OR c.school_urn::text <> {SCHOOL})"
    writes = added or f"{CORE} OR ({LEADS} AND EXISTS ({leading}))"
    return RowPolicy(seen=f"{CORE} OR EXISTS ({shown})", added=writes, changed="false" if kept else writes)


def scope_of_escalation(person: Principal, permission: Permission, row: Any) -> None:
    """Go on only if this person may do this to this escalation. Raises NotThere otherwise.

    The row has `school_urn`, `consortium_id`, `handling_consortium_id`, `notified_at` and `named`.
    """
    if not may_escalation(person, permission, row):
        raise NotFound


def may_escalation(person: Principal, permission: Permission, row: Any) -> bool:
    """Whether this person may do this to this escalation, their interests left aside.

    Only the consortium that raised it answers for it: one that handles it works on it and ends nothing.
    """
    its = {row.consortium_id}
    if permission is not Permission.RESPOND_TO_ESCALATION:
        its.add(row.handling_consortium_id)
    match scope_for(person.role, permission):
        case Scope.AUTHORITY:
            return True
        case Scope.OWN_CONSORTIUM if its & set(person.consortium_ids):
            return True
        case Scope.OWN_SCHOOL if row.school_urn == person.school_urn and row.notified_at is not None:
            return True
        case _:
            return permission is Permission.VIEW_ESCALATION and bool(row.named)


def escalation_filter(person: Principal, escalation: Any, named: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same answer as `may_escalation` for seeing, as a condition on rows; `named` is whether they were named to
    read.
    """
    match scope_for(person.role, Permission.VIEW_ESCALATION):
        case Scope.AUTHORITY:
            return true()
        case Scope.OWN_CONSORTIUM:
            own = sorted(person.consortium_ids)
            return or_(named, escalation.consortium_id.in_(own), escalation.handling_consortium_id.in_(own))
        case Scope.OWN_SCHOOL:
            return or_(
                named, and_(escalation.school_urn == person.school_urn, escalation.notified_at.is_not(None))
            )
        case _:
            return named
