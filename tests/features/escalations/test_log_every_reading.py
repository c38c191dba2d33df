"""Every page that shows an escalation is logged first; a second open escalation of a school is warned about."""

from typing import Any

import asyncpg

from tests.access.escalations import escalation_of_everything
from tests.access.matrix import routes_of
from tests.client import Client
from tests.features.escalations.builders import an_escalation, look
from tests.personas import HEAD_OF_SERVICE, LEAD_OF_NORTH, MILL, NORTHSHIRE, OFFICER

LISTS = {
    "/escalations",
    "/escalations.csv",
    "/escalations/selected.csv",
    "/escalations/selected/owner",
    "/escalations/selected/reminders",
    "/escalations/new",
    "/escalations/safeguarding",
    "/escalations/reports",
    "/escalations/reports.csv",
    "/leave-cover",
    "/escalations/{escalation_id}/presence",
}
"""Addresses that show no single escalation; the spreadsheet has a test of its own."""

BY = {
    "/escalations/{escalation_id}/overruling": HEAD_OF_SERVICE,
    "/escalations/{escalation_id}/decline-return": LEAD_OF_NORTH,
    "/escalations/{escalation_id}/accept-return": LEAD_OF_NORTH,
    "/escalations/{escalation_id}/withdrawal": LEAD_OF_NORTH,
    "/escalations/{escalation_id}/reopening": LEAD_OF_NORTH,
}
"""Who opens what the core team may not."""


async def test_every_page_that_shows_an_escalation_is_logged_before_it_is_shown(
    client: Client, copy: Any
) -> None:
    """One entry for each page, of the person who opened it: the plan, the decision, each form, each file."""
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    made = await escalation_of_everything(connection, NORTHSHIRE, MILL)
    await connection.close()
    database, escalation_id = client.app.state.app_context.database, made["escalation_id"]
    unlogged, seen = [], 0
    for route in routes_of(client.app):
        if (
            route.method != "GET"
            or not route.path.startswith(("/escalations", "/escalation-"))
            or route.path in LISTS
        ):
            continue
        path = route.path
        for name, value in made.items():
            path = path.replace(f"{{{name}}}", str(value))
        assert "{" not in path, path
        before = len(await look(database, escalation_id, "escalation_access_log"))
        answer = await client.get(path, as_=BY.get(route.path, OFFICER))
        assert answer.status_code == 200, (route.path, answer.status_code)
        seen += 1
        if len(await look(database, escalation_id, "escalation_access_log")) != before + 1:
            unlogged.append(route.path)
    assert unlogged == []
    assert seen > 25


async def test_a_refused_form_is_a_reading_too(client: Client, copy: Any) -> None:
    """An empty form shows the escalation again, the notes of officers and the log among it: no way round the
    access log.
    """
    connection = await asyncpg.connect(copy.superuser_url)
    await connection.execute("SET session_replication_role = replica")
    made = await escalation_of_everything(connection, NORTHSHIRE, MILL)
    await connection.close()
    database, escalation_id = client.app.state.app_context.database, made["escalation_id"]
    unlogged, seen = [], set()
    for route in routes_of(client.app):
        if route.method != "POST" or not route.path.startswith(
            ("/escalations/{escalation_id}", "/escalation-")
        ):
            continue
        if route.path in LISTS:
            continue
        path = route.path
        for name, value in made.items():
            path = path.replace(f"{{{name}}}", str(value))
        before = len(await look(database, escalation_id, "escalation_access_log"))
        answer = await client.post(path, {"version": "1"}, as_=BY.get(route.path, OFFICER))
        assert answer.status_code < 500, (route.path, answer.status_code)
        if answer.status_code != 422 or "This could not be read" in answer.text:
            continue  # nothing of the escalation is shown
        seen.add(route.path)
        if len(await look(database, escalation_id, "escalation_access_log")) != before + 1:
            unlogged.append(route.path)
    assert unlogged == []
    assert {
        "/escalations/{escalation_id}/notes",
        "/escalations/{escalation_id}/readers",
        "/escalations/{escalation_id}/decision",
    } <= seen
    assert len(seen) > 15


RAISED: dict[str, Any] = {
    "school_urn": str(MILL),
    "reason": "too_close",
    "tried": ["talk"],
    "wanted": "Somebody from outside leads the review",
    "urgency": "soon",
    "notify_head": "now",
    "call": "Thursday at 10am",
}


async def test_a_second_open_escalation_of_a_school_is_raised_with_open_eyes_only(client: Client) -> None:
    """Warned with the text kept; ticked, it is raised; and each page of both says that there is another."""
    database = client.app.state.app_context.database
    first = await an_escalation(database)
    answer = await client.post("/escalations", RAISED, as_=LEAD_OF_NORTH)
    assert answer.status_code == 422
    assert f"/escalations/{first}" in answer.text and RAISED["wanted"] in answer.text
    answer = await client.post("/escalations", RAISED | {"another": "y"}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303
    second = answer.headers["location"]
    for one, other in ((second, f"/escalations/{first}"), (f"/escalations/{first}", second)):
        for reader in (OFFICER, LEAD_OF_NORTH):
            shown = await client.get(one, as_=reader)
            assert "1 other open escalation" in shown.text and other in shown.text, reader.name


async def test_a_first_escalation_asks_for_no_tick(client: Client) -> None:
    answer = await client.post("/escalations", RAISED, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303
    shown = await client.get(answer.headers["location"], as_=OFFICER)
    assert "other open escalation" not in shown.text
