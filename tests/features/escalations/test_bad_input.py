"""Invalid requests get the right status and message, and change nothing."""

from typing import Any
from uuid import UUID

import pytest

from alongside.features.escalations.tasks.actions import agree_task
from tests.client import Client
from tests.features.escalations.builders import a_running_escalation, acting, look
from tests.features.escalations.test_handle_an_escalation import TASK
from tests.isolation.sample_rows import TABLES
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    TWIN_OFFICER,
)

READINGS = ("escalation_access_log", "escalation_presence")
"""What says who was shown an escalation: a refused form shows it again."""

OF_ESCALATIONS = [
    table.name
    for table in TABLES
    if (table.name == "escalation" or "escalation_id" in table.c) and table.name not in READINGS
]


@pytest.fixture
async def escalation(client: Client) -> Any:
    """A running escalation with an open action, and a client on the app."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await agree_task(session, acting(OFFICER), escalation_id, TASK)
    return client, escalation_id


BAD: tuple[Any, ...] = (
    ("an illegal step", OFFICER, "resumption", {}, 409, "This can no longer be done"),
    (
        "closing with an open action",
        OFFICER,
        "closing",
        {"result": "better", "outcome_words": "w"},
        409,
        "still open",
    ),
    ("returning before its criteria are met", OFFICER, "return", {}, 409, "Not every criterion is met"),
    (
        "a deadline in the past",
        LEAD_OF_NORTH,
        "tasks",
        {"what": "w", "owner_name": "o", "due_on": "1/9/2020"},
        422,
        "must be today or later",
    ),
    (
        "a visit that lies ahead",
        OFFICER,
        "visits",
        {"visit_on": "1/9/2090", "hours": "2", "who": "w", "focus": "f", "found": "f"},
        422,
        "must be today or earlier",
    ),
    ("a step up without a reason", OFFICER, "escalate", {"note": " "}, 422, "Enter a reason"),
    (
        "a statutory step without its law",
        OFFICER,
        "statutory-steps",
        {"kind": "informal_concern"},
        422,
        "Enter the legal basis",
    ),
    (
        "an overruling without a ground",
        HEAD_OF_SERVICE,
        "overruling",
        {"reason": "r"},
        422,
        "statutory ground",
    ),
    (
        "an escalation given to nobody there",
        OFFICER,
        "owner",
        {"owner_id": "nobody"},
        422,
        "Select a member of the core team",
    ),
    ("an escalation of another consortium", LEAD_OF_SOUTH, "tasks", {"what": "w"}, 404, ""),
    ("an act of the core team by a lead", LEAD_OF_NORTH, "closing", {"result": "better"}, 404, ""),
    ("an act by the school", HEAD_OF_MILL, "tasks", {"what": "w"}, 404, ""),
    ("the twin", TWIN_OFFICER, "closing", {"result": "better", "outcome_words": "w"}, 404, ""),
)


async def test_what_cannot_be_done_says_why_and_changes_nothing(escalation: Any) -> None:
    """Each by its address, as a form would send it; afterwards every row is as it was."""
    client, escalation_id = escalation
    before = await rows_of(client, escalation_id)
    version = str((await look(client.app.state.app_context.database, escalation_id)).version)
    for what, one, noun, form, status, words in BAD:
        answer = await client.post(
            f"/escalations/{escalation_id}/{noun}", {"version": version, **form}, as_=one
        )
        assert answer.status_code == status, (what, answer.status_code)
        assert words in answer.text, what
    assert await rows_of(client, escalation_id) == before


async def test_a_form_without_its_version_is_out_of_date(escalation: Any) -> None:
    """Our own forms always say which version was shown."""
    client, escalation_id = escalation
    for noun, form in {
        "decision": {"outcome": "challenge", "decision": "We lead the review."},
        "plan": {"plan": "Three visits", "hours": "2", "criteria-0": "Reading is taught well"},
        "closing": {"result": "better", "outcome_words": "Reading is taught well."},
        "wait": {"waiting_on": "school", "note": "Their date"},
        "review": {"note": "It goes well"},
    }.items():
        answer = await client.post(f"/escalations/{escalation_id}/{noun}", form, as_=OFFICER)
        assert answer.status_code == 422 and "gone out of date" in answer.text, noun


async def rows_of(client: Client, escalation_id: UUID) -> dict[str, list[str]]:
    """Every row of an escalation, table by table."""
    found = {}
    for table in OF_ESCALATIONS:
        rows = await look(client.app.state.app_context.database, escalation_id, table)
        found[table] = sorted(str(row) for row in (rows if isinstance(rows, list) else [rows]))
    return found


async def test_the_list_for_a_spreadsheet_is_written_down_as_read(escalation: Any) -> None:
    """One line an escalation, for the person who takes the list along; others get a list without it."""
    client, escalation_id = escalation
    database = client.app.state.app_context.database
    mine = await client.get("/escalations.csv", as_=LEAD_OF_NORTH)
    assert "Mill Primary School" in mine.text and f"/escalations/{escalation_id}" in mine.text
    assert "Mill Primary School" not in (await client.get("/escalations.csv", as_=LEAD_OF_SOUTH)).text
    (reading,) = await look(database, escalation_id, "escalation_access_log")
    assert (reading.part, reading.person_id) == ("export", LEAD_OF_NORTH.person_id)
