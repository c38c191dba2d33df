"""Every route × method × role × scope, generated from the app's routes, against the hand-written access rules."""

import hashlib
import re
from collections import Counter
from typing import Any

import asyncpg
import pytest

from alongside.platform.access.permissions import ROLE_PERMISSIONS
from alongside.platform.access.principal import ROLE_NAMES
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import owned_tables
from alongside.platform.web.problems import STATUSES as PROBLEMS
from tests.access.dataset import make_world
from tests.access.matrix import OBJECTS, OWN_THINGS, Route, matrix, routes_of
from tests.access.oracle import AGREED, agreed
from tests.client import Client
from tests.databases import DatabaseCopy, app_over, copy_of_template, drop
from tests.faults.clients import Answered, call
from tests.personas import (
    HEAD_OF_MILL,
    OFFICER,
    Persona,
)

WRONG_METHODS = ("PUT", "PATCH", "DELETE", "PROPFIND")


@pytest.fixture(scope="module")
async def test_database(database_server: Any) -> Any:
    """A database with one row of everything, and a client for the app."""
    copy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    async with app_over(copy) as app:
        yield Client(app), world, copy
    await drop(database_server, copy)


async def state_of(copy: DatabaseCopy) -> str:
    """Return a fingerprint of every row of every table."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        parts = [
            await connection.fetchval(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {name} t"
            )
            for name in sorted(table.name for table in owned_tables(Base.metadata))
            if name != "user_session"
        ]
    finally:
        await connection.close()
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def test_what_was_agreed_is_the_law_role_by_role() -> None:
    """The hand-written rules and the permissions table name the same roles for the same permissions."""
    for permission, entry in ROLE_PERMISSIONS.items():
        roles = {role.value for role in entry}
        assert roles == set(AGREED[permission.value]), permission
    assert set(AGREED) == {permission.value for permission in ROLE_PERMISSIONS}
    assert set(ROLE_NAMES) >= {role for entry in ROLE_PERMISSIONS.values() for role in entry}


async def test_every_route_declares_its_permission_and_names_only_known_things(test_database: Any) -> None:
    """A new route without a permission, or a new kind of path parameter, fails here until it is classified."""
    client, _, _ = test_database
    routes = routes_of(client.app)
    assert len(routes) > 100
    for route in routes:
        assert route.permission in AGREED, route
        assert set(route.names) <= OBJECTS | OWN_THINGS, route


def happened(route: Route, status: int, location: str) -> str:
    """Return the actual result, in the same words."""
    if status == 303 and location.startswith("/sign-in"):
        return "sign in"
    if status == 403:
        return "sign in"
    return "refused" if status == 404 else "in" if status < 500 else f"broken {status}"


async def ask(client: Client, route: Route, path: str, actor: Persona | None, htmx: bool) -> Answered:
    """Send the request of this case straight to the app, because a client library takes as long as the page."""
    more = {"hx-request": "true"} if htmx else {}
    form: dict[str, str] | None = {} if route.method == "POST" else None
    return await call(client.app, actor, path, form, method=route.method, more=more)


def tried_here(route: Route) -> bool:
    """Return whether the route is tested here; routes of a person's own sign-in have their own tests."""
    if set(route.names) & {
        "view_id",
        "following_id",
        "person_id",
        "role_assignment_id",
        "session_id",
        "invitation_id",
        "batch_id",
        "mail_id",
        "notification_id",
        "hold_id",
        "request_id",
        "interest_id",
        "suspension_id",
        "constraint_id",
        "cover_id",
        "reader_id",
        "token",
        "feed_id",
    }:
        return False
    return route.path not in ("/sign-out", "/account/sessions/end", "/sign-in/persona", "/metrics")


async def test_every_cell_is_as_agreed_and_what_is_refused_changes_nothing(test_database: Any) -> None:
    """Thousands of cases; the refused ones first, with a fingerprint of every row before and after."""
    client, world, copy = test_database
    routes = [route for route in routes_of(client.app) if tried_here(route)]
    cells = matrix(routes)
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    entered: set[Route] = set()
    before = await state_of(copy)
    for wanted in ("refused", "sign in", "in"):
        for cell in cells:
            if cell.expected != wanted:
                continue
            route, actor = cell.route, cell.actor
            answer = await ask(client, route, route.filled(world, cell.scope), actor, cell.htmx)
            counted[wanted] += 1
            got = happened(route, answer.status, answer.headers.get("location", ""))
            if got != wanted and not excused(route, wanted, got):
                who = actor.role.value if actor else "nobody"
                wrong.append(f"{route.method} {route.path} as {who} on {cell.scope}: {got}, not {wanted}")
            entered |= {route} if got == "in" and answer.status < 400 else set()
        if wanted == "sign in":
            assert await state_of(copy) == before, "something that was refused has changed a row"
    print(dict(counted), "cells")
    assert not wrong, f"{len(wrong)} of {sum(counted.values())} cells:\n" + "\n".join(sorted(set(wrong)))
    assert sum(counted.values()) > 3000
    assert {route.path for route in routes if route.method == "GET"} - {
        r.path for r in entered
    } <= NOBODY_SEES | IN_ANOTHER_STATE


NAMED_IN_THE_BODY = {
    ("POST", path) for path in ("/proposals", "/needs", "/escalations", "/directory/suggested-entries")
}
IN_ANOTHER_STATE = {
    "/profiles/{profile_id}/final",
    "/motions/{motion_id}/interest",
    "/motions/{motion_id}/vote",
}
"""Forms that the rows of these tests refuse, whoever asks, because of their state."""

NOBODY_SEES = {"/not-signed-in/{because}", "/sign-in/{key}", "/sign-in/{key}/callback", "/outbox"} | {
    f"/problems/{status}" for status in PROBLEMS
}


def excused(route: Route, wanted: str, got: str) -> bool:
    """Return whether a difference is expected: an issuer that does not exist, a row that the empty form did not name."""
    if route.permission == "view_public_pages" and (wanted, got) == ("in", "sign in"):
        return True  # the start page redirects to the sign-in page
    if wanted == "in" and got == "refused":
        return (
            route.path in NOBODY_SEES
            or (route.method, route.path) in NAMED_IN_THE_BODY
            or "removal" in route.path
        )
    return False


SHOWN_TO_ALL = ("view_schools", "view_public_pages")
"""Permissions for everybody of the authority, or for everybody."""


async def test_a_thing_of_another_looks_exactly_like_nothing(test_database: Any) -> None:
    """Another school's row, the twin's and a missing one give the same status, headers and text."""
    client, world, _ = test_database
    compared = 0
    for route in routes_of(client.app):
        if route.method != "GET" or not set(route.names) & OBJECTS or route.permission in SHOWN_TO_ALL:
            continue
        if agreed(route.permission, route.path, "headteacher", "other consortium"):
            continue
        pages = [
            await client.get(route.filled(world, scope), as_=HEAD_OF_MILL)
            for scope in ("missing", "other consortium", "twin")
        ]
        seen = {(page.status_code, blank(page.text), frozenset(plain_headers(page))) for page in pages}
        assert len(seen) == 1, route
        compared += len(pages)
    assert compared > 30


def blank(text: str) -> str:
    """Return a page without the keys and reference numbers that differ between any two."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}", "", text)


def plain_headers(page: Any) -> list[tuple[str, str]]:
    """Return the headers without the length, which the masked ids change, and the times of the demonstration."""
    unlike = ("content-length", "server-timing")
    return [(name, value) for name, value in page.headers.items() if name not in unlike]


async def test_other_methods_are_nowhere(test_database: Any) -> None:
    """No address answers a method that it does not declare."""
    client, world, copy = test_database
    before = await state_of(copy)
    for route in routes_of(client.app):
        for method in WRONG_METHODS:
            answer = await client.http.request(
                method,
                route.filled(world, "own"),
                headers=client._headers(OFFICER, {"sec-fetch-site": "same-origin"}),
            )
            assert answer.status_code in (404, 405), (method, route.path)
    assert await state_of(copy) == before


async def test_a_write_that_is_not_from_our_own_form_is_refused(test_database: Any) -> None:
    """No token, a wrong one, another session's, another site, no origin: tested on every write."""
    client, world, copy = test_database
    before = await state_of(copy)
    attacks: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"csrf_token": ""}, {}),
        ({"csrf_token": "0" * 64}, {}),
        ({"csrf_token": Client.token_of(OFFICER)}, {}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
        ({}, {"sec-fetch-site": "", "origin": "https://evil.example"}),
    ]
    for route in routes_of(client.app):
        if route.method != "POST" or (not tried_here(route) and route.path != "/sign-out"):
            continue
        for form, headers in attacks:
            answer = await client.post(route.filled(world, "own"), form, as_=HEAD_OF_MILL, **headers)
            assert answer.status_code in (403, 404), (route.path, form, headers, answer.status_code)
    assert await state_of(copy) == before
