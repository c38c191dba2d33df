"""Who may see an escalation: its row policies in PostgreSQL and the scope of each permission.

An escalation is visible to the lead and deputy of the consortium that raised it and of the one that handles it,
to the core team, to its named readers (board members), and to the headteacher once notified. A lead or deputy
with an interest in the school does not see it, unless they raised it themselves. Source: domain §1.5 WI3 and
WI7, §4.3 F24, §6.15.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, or_

from alongside.errors import NotFound
from alongside.features.escalations.rows import EscalationRow, Part, RowOfPart
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal, Role
from alongside.platform.access.records import may_on, record_filter
from alongside.platform.database.base import AuthorityOwned
from alongside.platform.database.requester_context import (
    CONSORTIA,
    INTERESTS,
    PERSON,
    ROLE,
    SCHOOL,
    RowPolicy,
    is_among,
)

AUTHORITY_ROLES = (Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)


def role_is(roles: Iterable[Role]) -> str:
    """SQL condition: the requester acts in one of these roles."""
    return f"{ROLE} IN ({', '.join(repr(role.value) for role in roles)})"


CORE = role_is(AUTHORITY_ROLES)
LEADS = role_is(sorted(CONSORTIUM_ROLES))
HEAD = role_is((Role.HEADTEACHER,))

OWN_CONSORTIUM = (
    f"({LEADS} AND ({is_among('consortium_id', CONSORTIA)} OR {is_among('handling_consortium_id', CONSORTIA)})"
    f" AND (NOT {is_among('school_urn', INTERESTS)} OR raised_by::text = {PERSON}))"
)
OWN_SCHOOL = f"({HEAD} AND school_urn::text = {SCHOOL} AND notified_at <= now())"
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
    """Row policy of a table that belongs to an escalation: people who may read or change the escalation may do so
    here.

    `kept`: rows are never changed. `for_school`: SQL condition on the rows that the school's own head sees; a
    head who is a named reader sees all rows. `added`: SQL condition that replaces who may write.
    """
    inside = f"SELECT FROM escalation c WHERE c.authority_id = {table}.authority_id AND c.id = {table}.escalation_id"
    raised = is_among("c.consortium_id", CONSORTIA)
    leading = f"{inside} AND ({raised} OR {is_among('c.handling_consortium_id', CONSORTIA)})"
    shown = inside
    if for_school != "true":
        shown += f" AND (NOT {HEAD} OR {for_school} OR c.school_urn::text <> {SCHOOL})"
    writes = added or f"{CORE} OR ({LEADS} AND EXISTS ({leading}))"
    return RowPolicy(seen=f"{CORE} OR EXISTS ({shown})", added=writes, changed="false" if kept else writes)


def scope_of_escalation(person: Principal, permission: Permission, row: EscalationRow) -> None:
    """Raise NotFound unless this person has this permission on this escalation."""
    if not may_escalation(person, permission, row):
        raise NotFound


def scope_of_part(person: Principal, permission: Permission, part: Part[RowOfPart]) -> None:
    """Raise NotFound unless this person has this permission on the escalation of this part."""
    scope_of_escalation(person, permission, part.escalation)


def may_escalation(
    person: Principal, permission: Permission, row: EscalationRow, interests: Collection[int] = ()
) -> bool:
    """Return whether this person has this permission on this escalation; a named reader may view it.

    `interests` are the URNs of the schools in which the person has an interest.
    """
    named = permission is Permission.VIEW_ESCALATION and row.named
    return named or may_on(person, permission, row, interests)


def escalation_filter(
    person: Principal, escalation: type[AuthorityOwned], named: ColumnElement[bool]
) -> ColumnElement[bool]:
    """SQL condition for the escalations this person may view, equal to `may_escalation`.

    `named` is the condition that they are a named reader.
    """
    return or_(named, record_filter(person, Permission.VIEW_ESCALATION, escalation))
