"""Who has a seat at a case: the second policy that PostgreSQL holds, and how far each permission goes.

A case is seen by the lead and deputy of the consortium that raised it and of one that it was handed to, by the core
team, by people named for it (members of the board), and by the headteacher from the moment of being told. Who leads a
consortium and has an interest in the school has no seat, unless they raised the case themselves.
Source: domain §1.5 WI3 and WI7, §4.3 F24, §6.15.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from alongside.access.permissions import Permission, Reach, reach_of
from alongside.access.person import CONSORTIUM_ROLES, Person, Role
from alongside.database.asker import CONSORTIA, INTERESTS, PERSON, ROLE, SCHOOL, SecondPolicy, among
from alongside.errors import NotThere

THE_AUTHORITY = (Role.CORE_OFFICER, Role.HEAD_OF_SERVICE, Role.SYSTEM)


def asks_as(roles: Iterable[Role]) -> str:
    """The SQL of “who asks acts in one of these roles”."""
    return f"{ROLE} IN ({', '.join(repr(role.value) for role in roles)})"


CORE = asks_as(THE_AUTHORITY)
LEADS = asks_as(sorted(CONSORTIUM_ROLES))
HEAD = asks_as((Role.HEADTEACHER,))

OWN_CONSORTIUM = (
    f"({LEADS} AND ({among('consortium_id', CONSORTIA)} OR {among('handling_consortium_id', CONSORTIA)})"
    f" AND (NOT {among('school_urn', INTERESTS)} OR raised_by::text = {PERSON}))"
)
OWN_SCHOOL = f"({HEAD} AND school_urn::text = {SCHOOL} AND told_at IS NOT NULL)"
NAMED = (
    "EXISTS (SELECT FROM escalation_reader r WHERE r.authority_id = escalation.authority_id"
    f" AND r.case_id = escalation.id AND r.ended_at IS NULL AND r.person_id::text = {PERSON})"
)

OF_CASE = SecondPolicy(
    seen=f"{CORE} OR {OWN_CONSORTIUM} OR {OWN_SCHOOL} OR {NAMED}", added=f"{CORE} OR {OWN_CONSORTIUM}"
)
OF_OFFICERS = SecondPolicy(seen=CORE)
OF_READERS = SecondPolicy(seen=f"{CORE} OR person_id::text = {PERSON}", added=CORE)


def of_case_row(table: str, *, kept: bool = False, for_school: str = "true", added: str = "") -> SecondPolicy:
    """The policy of what belongs to a case: whoever sees the case sees it, whoever may change the case writes it.

    `kept` rows are never changed. The school's own head sees those for which `for_school` holds; a head who was named
    to read the case sees all. `added` replaces who writes.
    """
    inside = (
        f"SELECT FROM escalation c WHERE c.authority_id = {table}.authority_id AND c.id = {table}.case_id"
    )
    leading = f"{inside} AND ({among('c.consortium_id', CONSORTIA)} OR {among('c.handling_consortium_id', CONSORTIA)})"
    shown = inside
    if for_school != "true":
        shown += f" AND (NOT {HEAD} OR {for_school} OR c.school_urn::text <> {SCHOOL})"
    writes = added or f"{CORE} OR ({LEADS} AND EXISTS ({leading}))"
    return SecondPolicy(seen=f"{CORE} OR EXISTS ({shown})", added=writes, changed="false" if kept else writes)


def reach_case(person: Person, permission: Permission, row: Any) -> None:
    """Go on only if this person may do this to this case. Raises NotThere otherwise.

    The row has `school_urn`, `consortium_id`, `handling_consortium_id`, `told_at` and `named`.
    """
    if not may_case(person, permission, row):
        raise NotThere


def may_case(person: Person, permission: Permission, row: Any) -> bool:
    """Whether this person may do this to this case, their interests left aside.

    Only the consortium that raised it answers for it: one that handles it works on it and ends nothing.
    """
    its = {row.consortium_id}
    if permission is not Permission.ANSWER_CASE:
        its.add(row.handling_consortium_id)
    match reach_of(person.role, permission):
        case Reach.AUTHORITY:
            return True
        case Reach.OWN_CONSORTIUM if its & set(person.consortium_ids):
            return True
        case Reach.OWN_SCHOOL if row.school_urn == person.school_urn and row.told_at is not None:
            return True
        case _:
            return permission is Permission.SEE_CASE and bool(row.named)


def case_clause(person: Person, case: Any, named: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same answer as `may_case` for seeing, as a condition on rows; `named` is whether they were named to read."""
    match reach_of(person.role, Permission.SEE_CASE):
        case Reach.AUTHORITY:
            return true()
        case Reach.OWN_CONSORTIUM:
            own = sorted(person.consortium_ids)
            return or_(named, case.consortium_id.in_(own), case.handling_consortium_id.in_(own))
        case Reach.OWN_SCHOOL:
            return or_(named, and_(case.school_urn == person.school_urn, case.told_at.is_not(None)))
        case _:
            return named
