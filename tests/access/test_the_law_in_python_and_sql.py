"""`may` and `filter_by_scope` must agree for every role, permission and row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Date, Integer, Uuid, case, column, literal, select, true, values
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.authorisation import (
    consortium_filter,
    filter_by_scope,
    may,
    may_for_consortium,
)
from alongside.platform.access.permissions import ROLE_PERMISSIONS, Permission, Scope, scope_for
from alongside.platform.access.principal import GOVERNING_ROLES, SIGNED_IN_ROLES, Principal, Role
from alongside.platform.database.session import Database
from tests.personas import FORD, LOCK, MILL, NORTH, NORTHSHIRE, PARK, PERSONAS, QUAY, SOUTH, Persona

TODAY = date(2026, 11, 23)
SHOWN = (None, TODAY, TODAY + timedelta(days=1), TODAY - timedelta(days=40))
SIDES = (MILL, PARK, QUAY, LOCK, FORD)


def as_person(one: Persona) -> Principal:
    """Return the principal that the session query would return."""
    north, south = frozenset({MILL, PARK}), frozenset({QUAY, LOCK})
    by_school = {MILL: north, PARK: north, QUAY: south, LOCK: south}
    if one.role in GOVERNING_ROLES:
        by_school = {}
    if one.consortium_id is not None:
        schools = north if one.name.endswith("North") else south
    else:
        schools = by_school.get(one.school_urn or 0, frozenset())
    return Principal(
        authority_id=NORTHSHIRE,
        role=one.role,
        today=TODAY,
        id=one.person_id,
        school_urn=one.school_urn,
        consortium_ids=tuple(key for key, of in ((NORTH, north), (SOUTH, south)) if of == schools),
        consortium_schools=schools,
        organisation_schools=south if one.organisation is not None else frozenset(),
    )


PEOPLE = [
    *map(as_person, PERSONAS),
    Principal(NORTHSHIRE, Role.NOBODY, TODAY),
    Principal(NORTHSHIRE, Role.SYSTEM, TODAY),
]
ROWS = [(number, a, b, shown) for number, (a, b, shown) in enumerate(product(SIDES, SIDES, SHOWN))]


async def test_python_and_sql_agree_on_every_role_permission_and_row(database: Database) -> None:
    """Thousands of rows: one query per person over all rows."""
    table = values(
        column("number", Integer),
        column("one", Integer),
        column("other", Integer),
        column("shown", Date),
        name="r",
    ).data(ROWS)
    compared = 0
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        for person in PEOPLE:
            filters = {
                permission: filter_by_scope(
                    select(table.c.number),
                    person,
                    permission,
                    table.c.one,
                    table.c.other,
                    visible_to_authority_from=table.c.shown,
                ).whereclause
                for permission in Permission
            }
            in_sql = await numbers_by_permission(session, table.c.number, filters)
            for permission in Permission:
                in_python = {
                    number
                    for number, one, other, shown in ROWS
                    if may(person, permission, one, other, visible_to_authority_from=shown)
                }
                assert in_sql[permission] == in_python, (person.role, permission)
                compared += len(ROWS)
    assert compared > 30_000


async def numbers_by_permission(
    session: AsyncSession, number: Any, filters: Mapping[Permission, Any]
) -> dict[Permission, set[int]]:
    """Return the rows that each filter lets through, by one query: a query for each takes forty times as long."""
    columns = [case((true() if one is None else one, True), else_=False) for one in filters.values()]
    rows = (await session.execute(select(number, *columns))).all()
    return {
        permission: {row[0] for row in rows if row[place]}
        for place, permission in enumerate(filters, start=1)
    }


async def test_both_agree_on_the_things_of_a_consortium_and_schools_do_not_reach_them(
    database: Database,
) -> None:
    """Rows of North, of South and of neither."""
    table = values(column("number", Integer), column("consortium_id", Uuid), name="r").data(
        [(0, NORTH), (1, SOUTH), (2, None)]
    )
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        for person in PEOPLE:
            filters = {one: consortium_filter(person, one, table.c.consortium_id) for one in Permission}
            in_sql = await numbers_by_permission(session, table.c.number, filters)
            for permission in Permission:
                found = in_sql[permission]
                in_python = {
                    number
                    for number, key in enumerate((NORTH, SOUTH, None))
                    if may_for_consortium(person, permission, key)
                }
                assert found == in_python, (person.role, permission)
                if scope_for(person.role, permission) is Scope.OWN_CONSORTIUM:
                    assert found <= {0, 1} and len(found) <= 1, "one's own, and never the whole authority's"


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_stands_in_the_law_and_somebody_has_it(permission: Permission) -> None:
    """A permission that no role has, or that is missing from the table, is an error."""
    assert ROLE_PERMISSIONS[permission], permission


def test_nobody_signed_out_may_do_more_than_open_the_front_door() -> None:
    """People who are not signed in have one permission only."""
    assert {one for one in Permission if Role.NOBODY in ROLE_PERMISSIONS[one]} == {
        Permission.VIEW_PUBLIC_PAGES
    }


def test_a_head_without_a_school_reaches_nothing() -> None:
    """A role assignment without a school gives no scope at all."""
    stray = Principal(NORTHSHIRE, Role.HEADTEACHER, TODAY, id=uuid4())
    for permission in Permission:
        if scope_for(Role.HEADTEACHER, permission) is not Scope.AUTHORITY:
            assert not may(stray, permission, MILL), permission


def test_a_head_who_changes_consortium_takes_their_reach_along() -> None:
    """The scope follows the current members, not those when a row was created."""
    before = as_person(PERSONAS[0])
    after = replace(before, consortium_schools=frozenset({QUAY, LOCK}))
    assert may(before, Permission.VIEW_POST, PARK) and not may(before, Permission.VIEW_POST, QUAY)
    assert may(after, Permission.VIEW_POST, QUAY) and not may(after, Permission.VIEW_POST, PARK)
    assert may(after, Permission.VIEW_POST, MILL), "one's own school stays in reach"


def test_the_roles_of_the_law_are_the_roles_there_are() -> None:
    """A role without permissions could sign in and see nothing."""
    named = {role for entry in ROLE_PERMISSIONS.values() for role in entry}
    assert named >= SIGNED_IN_ROLES


def test_literal_rows_are_not_reached_by_the_system_role() -> None:
    """The system principal acts by rules and has no person's permissions."""
    system = Principal(NORTHSHIRE, Role.SYSTEM, TODAY)
    assert not any(may(system, permission, MILL) for permission in Permission)
    assert (
        str(filter_by_scope(select(literal(1)), system, Permission.VIEW_POST, literal(MILL)))
        .lower()
        .count("false")
    )
