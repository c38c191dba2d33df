"""`may_on` and `record_filter` agree on every record, and the limits of a grant are those of the hand-written rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import DateTime, Integer, String, Uuid, column, values

from alongside.errors import NotFound
from alongside.platform.access.permissions import ROLE_PERMISSIONS, Grant, Party, Permission, Scope
from alongside.platform.access.principal import Principal, Role
from alongside.platform.access.records import may_on, record_filter, require_on
from alongside.platform.database.session import Database
from tests.access.test_the_law_in_python_and_sql import PEOPLE, as_person, numbers_by_permission
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    SOUTH,
)

TODAY_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

SCHOOLS = (MILL, PARK, QUAY, LOCK)


@dataclass(frozen=True)
class Between:
    """A record of two parties, such as a proposal."""

    number: int
    requesting_urn: int
    supporting_urn: int
    state: str


@dataclass(frozen=True)
class About:
    """A record of one school and of consortia, such as an escalation."""

    number: int
    school_urn: int
    consortium_id: UUID
    handling_consortium_id: UUID | None
    notified_at: Any
    state: str


@dataclass(frozen=True)
class Owned:
    """A record of one school that mentions another, such as an entry about an agreement."""

    number: int
    school_urn: int
    partner_urn: int | None
    state: str


BETWEEN = [
    Between(number, one, other, state)
    for number, (one, other, state) in enumerate(product(SCHOOLS, SCHOOLS, ("draft", "to_release")))
]
ABOUT = [
    About(number, urn, raised, handled, output, "active")
    for number, (urn, raised, handled, output) in enumerate(
        product(SCHOOLS, (NORTH, SOUTH), (NORTH, SOUTH, None), (None, TODAY_AT))
    )
]
OWNED = [
    Owned(number, one, other, state)
    for number, (one, other, state) in enumerate(product(SCHOOLS, (*SCHOOLS, None), ("draft", "open")))
]
TYPES: dict[str, Any] = {
    "number": Integer,
    "school_urn": Integer,
    "partner_urn": Integer,
    "requesting_urn": Integer,
    "supporting_urn": Integer,
    "state": String,
    "consortium_id": Uuid,
    "handling_consortium_id": Uuid,
    "notified_at": DateTime(timezone=True),
}
INTERESTS = {MILL, QUAY}


def table_of(records: Sequence[Any]) -> Any:
    """The records as a table in SQL."""
    names = list(vars(records[0]))
    columns = [column(name, TYPES[name]) for name in names]
    rows = [tuple(getattr(one, name) for name in names) for one in records]
    return values(*columns, name="r").data(rows).alias("r").c


def has_columns(permission: Permission, records: Sequence[Any]) -> bool:
    """Whether the records have what the permission's grants ask for; others are not about such records."""
    needed = {one.once for one in ROLE_PERMISSIONS[permission].values() if one.once}
    return all(hasattr(records[0], name) for name in needed)


@pytest.mark.parametrize("records", [BETWEEN, ABOUT, OWNED], ids=["between", "about", "owned"])
@pytest.mark.parametrize("interests", [frozenset(), frozenset(INTERESTS)], ids=["no interest", "interests"])
async def test_python_and_sql_agree_on_every_record(
    database: Database, records: Sequence[Any], interests: frozenset[int]
) -> None:
    table, compared = table_of(records), 0
    permissions = [one for one in Permission if has_columns(one, records)]
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        for person in PEOPLE:
            in_sql = await numbers_by_permission(
                session,
                table.number,
                {one: record_filter(person, one, table, interests) for one in permissions},
            )
            for permission in permissions:
                in_python = {one.number for one in records if may_on(person, permission, one, interests)}
                assert in_sql[permission] == in_python, (person.role, permission)
                compared += len(records)
    assert compared > 10_000


def between(person: Principal, permission: Permission) -> set[tuple[int, int]]:
    """The pairs of requesting and supporting school on which a person has a permission."""
    return {(one.requesting_urn, one.supporting_urn) for one in BETWEEN if may_on(person, permission, one)}


def test_only_the_supporting_head_releases_a_leader() -> None:
    mill, park = as_person(HEAD_OF_MILL), as_person(HEAD_OF_PARK)
    assert between(mill, Permission.RELEASE_LEADER) == {(one, MILL) for one in SCHOOLS}
    assert between(park, Permission.RELEASE_LEADER) == {(one, PARK) for one in SCHOOLS}
    for other in (DELEGATE_OF_MILL, LEAD_OF_NORTH, OFFICER):
        assert not between(as_person(other), Permission.RELEASE_LEADER)


def test_a_record_outside_the_scope_is_not_found() -> None:
    record = Between(0, PARK, MILL, "to_release")
    require_on(as_person(HEAD_OF_MILL), Permission.RELEASE_LEADER, record)
    for other in (HEAD_OF_PARK, DELEGATE_OF_MILL, LEAD_OF_NORTH, OFFICER):
        with pytest.raises(NotFound):
            require_on(as_person(other), Permission.RELEASE_LEADER, record)


def test_only_the_requesting_school_states_the_outcome() -> None:
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL):
        assert between(as_person(one), Permission.STATE_OUTCOME) == {(MILL, other) for other in SCHOOLS}


def test_a_lead_edits_a_need_only_while_it_is_a_draft() -> None:
    def editable(who: Principal) -> set[tuple[int, str]]:
        return {
            (one.school_urn, one.state)
            for one in OWNED
            if one.partner_urn is None and may_on(who, Permission.EDIT_NEED, one)
        }

    assert editable(as_person(HEAD_OF_MILL)) == {(MILL, "draft"), (MILL, "open")}
    assert editable(as_person(LEAD_OF_NORTH)) == {(MILL, "draft"), (PARK, "draft")}
    assert editable(as_person(OFFICER)) == {(urn, "draft") for urn in SCHOOLS}


def test_the_other_school_of_an_entry_does_not_write_it() -> None:
    mine, about_mine = Owned(0, MILL, PARK, "draft"), Owned(1, PARK, MILL, "draft")
    head = as_person(HEAD_OF_MILL)
    assert may_on(head, Permission.WRITE_ENTRY, mine) and not may_on(head, Permission.WRITE_ENTRY, about_mine)
    for entry in (mine, about_mine):
        assert may_on(head, Permission.CONSENT_TO_ENTRY, entry)


def test_who_raised_an_escalation_answers_for_it_and_who_handles_it_works_on_it() -> None:
    handed_over = About(0, MILL, NORTH, SOUTH, None, "active")
    north, south = as_person(LEAD_OF_NORTH), as_person(LEAD_OF_SOUTH)
    for permission, holders in (
        (Permission.RESPOND_TO_ESCALATION, (True, False)),
        (Permission.CONTRIBUTE_TO_ESCALATION, (True, True)),
        (Permission.VIEW_ESCALATION, (True, True)),
    ):
        assert (may_on(north, permission, handed_over), may_on(south, permission, handed_over)) == holders


def test_a_head_sees_an_escalation_once_notified() -> None:
    head = as_person(HEAD_OF_MILL)
    for output, seen in ((None, False), (TODAY_AT, True)):
        about = About(0, MILL, NORTH, None, output, "active")
        assert may_on(head, Permission.VIEW_ESCALATION, about) is seen
        assert not may_on(head, Permission.VIEW_ESCALATION, About(0, PARK, NORTH, None, output, "active"))


@pytest.mark.parametrize("one", [LEAD_OF_NORTH, OFFICER])
def test_an_interest_leaves_only_reading_and_handing_over(one: Any) -> None:
    who, about = as_person(one), About(0, MILL, NORTH, None, None, "active")
    left = {
        permission
        for permission in Permission
        if "escalation" in permission.value and may_on(who, permission, about, {MILL})
    }
    before = {
        permission
        for permission in Permission
        if "escalation" in permission.value and may_on(who, permission, about, {PARK})
    }
    assert before > left
    assert left <= {
        Permission.VIEW_ESCALATION,
        Permission.ASSIGN_ESCALATION,
        Permission.RAISE_ESCALATION,
        Permission.VIEW_ESCALATION_REPORTS,
    }


def test_a_grant_is_described_in_words() -> None:
    assert Grant(Scope.OWN_SCHOOL, Party.SUPPORTING).described() == "supporting school"
    assert ROLE_PERMISSIONS[Permission.EDIT_NEED][Role.CONSORTIUM_LEAD].described() == (
        "consortium while draft or to confirm"
    )
