"""Matching requests from an escalation: across the authority, visible in the escalation only."""

from uuid import UUID

import pytest

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.escalations.matching_requests.actions import ask_matching
from alongside.features.escalations.state_changes import actions
from alongside.platform.database.session import Database
from tests.client import Client
from tests.features.escalations.builders import PROCURED, a_decided_escalation, acting, an_escalation, look
from tests.features.matching.builders import posts, rows, work
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

SAID = "asked for a match"


async def asked(database: Database, escalation_id: UUID, need_id: UUID, by: Persona = OFFICER) -> UUID:
    """Matching asked by one of the cast."""
    async with database.transaction(NORTHSHIRE) as session:
        return await ask_matching(session, acting(by), escalation_id, need_id)


async def test_an_officer_asks_across_the_authority_and_takes_what_is_found_into_the_escalation(
    client: Client, database: Database
) -> None:
    """The one open need is chosen already; the plan is of the whole authority; its partner stands in the decision."""
    made = await posts(database)
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    page = await client.get(f"/escalations/{escalation_id}/matching", as_=OFFICER)
    assert "Fluency at Mill" in page.text
    assert "Fluency at Park" not in page.text
    assert "checked" in page.text
    answer = await client.post(
        f"/escalations/{escalation_id}/matching", {"need": str(made["mill"])}, as_=OFFICER
    )
    assert answer.headers["location"] == f"/escalations/{escalation_id}"
    (kept,) = await look(database, escalation_id, "escalation_matching_request")
    assert kept.need_id == made["mill"]
    (run,) = await rows(database, "SELECT id, consortium_id FROM plan_run")
    assert (run.id, run.consortium_id) == (kept.run_id, None)
    assert (
        "Alongside is calculating a plan"
        in (await client.get(f"/escalations/{escalation_id}", as_=OFFICER)).text
    )
    assert await work(database) == 1
    (place,) = await rows(
        database,
        "SELECT s.name FROM plan_assignment p JOIN school s ON s.urn = p.supporting_urn AND s.authority_id = p.authority_id"
        " WHERE p.need_id = :id",
        id=made["mill"],
    )
    shown = (await client.get(f"/escalations/{escalation_id}", as_=OFFICER)).text
    assert f"The plan found {place.name}" in shown
    assert f"/plans/{run.id}" in shown
    decision = await client.get(f"/escalations/{escalation_id}/decision?found={kept.id}", as_=OFFICER)
    assert f'value="{place.name}"' in decision.text
    plain = await client.get(f"/escalations/{escalation_id}/decision?found={run.id}", as_=OFFICER)
    assert f'value="{place.name}"' not in plain.text


async def test_who_has_no_part_in_the_escalation_is_not_told_that_matching_was_asked_for_one(
    client: Client, database: Database
) -> None:
    """The head reads nothing of it; a lead of the case reads that, not whom; plans say nothing of any case."""
    made = await posts(database)
    escalation_id = await a_decided_escalation(database, PROCURED)
    run_id = await asked(database, escalation_id, made["mill"])
    assert await work(database) == 1
    for head in (f"/escalations/{escalation_id}", f"/escalations/{escalation_id}/matching"):
        text = (await client.get(head, as_=HEAD_OF_MILL)).text
        assert SAID not in text
        assert "The plan found" not in text
    lead = (await client.get(f"/escalations/{escalation_id}", as_=LEAD_OF_NORTH)).text
    assert "The plan found a school." in lead
    assert str(run_id) not in lead
    for path in ("/plans", f"/plans/{run_id}", f"/plans/{run_id}/needs/{made['mill']}"):
        text = (await client.get(path, as_=HEAD_OF_SERVICE)).text
        assert f"/escalations/{escalation_id}" not in text
    for one in (LEAD_OF_NORTH, LEAD_OF_SOUTH, HEAD_OF_MILL):
        assert (await client.get(f"/escalations/{escalation_id}/matching", as_=one)).status_code == 404
        with pytest.raises(NotFound):
            await asked(database, escalation_id, made["mill"], one)
    assert not await rows(
        database, "SELECT 1 FROM audit_entry WHERE verb = 'ask_matching' AND note LIKE '%Fluency%'"
    )


async def test_only_an_open_need_of_the_school_itself_in_an_escalation_in_which_somebody_is_looked_for(
    client: Client, database: Database
) -> None:
    """Another school's need, no need, and an escalation that was just raised are refused, and nothing is kept."""
    made = await posts(database)
    raised = await an_escalation(database)
    with pytest.raises(ActionRefused):
        await asked(database, raised, made["mill"])
    escalation_id = await a_decided_escalation(database, PROCURED)
    with pytest.raises(ValidationFailed):
        await asked(database, escalation_id, made["park"])
    for need in ("", str(made["park"]), "nonsense"):
        answer = await client.post(f"/escalations/{escalation_id}/matching", {"need": need}, as_=OFFICER)
        assert answer.status_code == 422, need
    assert not await rows(database, "SELECT 1 FROM plan_run")
