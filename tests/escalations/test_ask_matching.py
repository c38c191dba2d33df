"""Matching asked for a case: across the whole authority, kept in the case alone, and what it finds taken into it."""

from uuid import UUID

import pytest

from alongside.database.session import Database
from alongside.errors import Invalid, NotThere, Refused
from alongside.escalations.handling import actions
from alongside.escalations.procuring.actions import ask_matching
from tests.client import Client
from tests.escalations.scene import PROCURED, a_case, a_decided_case, acting, look
from tests.matching.scene import posts, rows, work
from tests.people import (
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    Cast,
)

SAID = "asked matching for somebody who could do it"


async def asked(database: Database, case_id: UUID, need_id: UUID, by: Cast = OFFICER) -> UUID:
    """Matching asked by one of the cast."""
    async with database.fenced(NORTHSHIRE) as session:
        return await ask_matching(session, acting(by), case_id, need_id)


async def test_an_officer_asks_across_the_authority_and_takes_what_is_found_into_the_case(
    client: Client, database: Database
) -> None:
    """The one open need is chosen already; the plan is of the whole authority; its partner stands in the decision."""
    made = await posts(database)
    case_id = await a_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.acknowledge_case(session, acting(OFFICER), case_id)
    page = await client.get(f"/cases/{case_id}/matching", as_=OFFICER)
    assert "Fluency at Mill" in page.text
    assert "Fluency at Park" not in page.text
    assert "checked" in page.text
    answer = await client.post(f"/cases/{case_id}/matching", {"need": str(made["mill"])}, as_=OFFICER)
    assert answer.headers["location"] == f"/cases/{case_id}"
    (kept,) = await look(database, case_id, "escalation_matching")
    assert kept.need_id == made["mill"]
    (run,) = await rows(database, "SELECT id, consortium_id FROM plan_run")
    assert (run.id, run.consortium_id) == (kept.run_id, None)
    assert "A plan is being worked out" in (await client.get(f"/cases/{case_id}", as_=OFFICER)).text
    assert await work(database) == 1
    (place,) = await rows(
        database,
        "SELECT s.name FROM plan_place p JOIN school s ON s.urn = p.giving_urn AND s.authority_id = p.authority_id"
        " WHERE p.need_id = :id",
        id=made["mill"],
    )
    shown = (await client.get(f"/cases/{case_id}", as_=OFFICER)).text
    assert f"The plan finds {place.name}" in shown
    assert f"/plans/{run.id}" in shown
    decision = await client.get(f"/cases/{case_id}/decision?found={kept.id}", as_=OFFICER)
    assert f'value="{place.name}"' in decision.text
    plain = await client.get(f"/cases/{case_id}/decision?found={run.id}", as_=OFFICER)
    assert f'value="{place.name}"' not in plain.text


async def test_who_has_no_part_in_the_case_is_not_told_that_matching_was_asked_for_one(
    client: Client, database: Database
) -> None:
    """The head reads nothing of it; a lead of the case reads that, not whom; plans say nothing of any case."""
    made = await posts(database)
    case_id = await a_decided_case(database, PROCURED)
    run_id = await asked(database, case_id, made["mill"])
    assert await work(database) == 1
    for head in (f"/cases/{case_id}", f"/cases/{case_id}/matching"):
        text = (await client.get(head, as_=HEAD_OF_MILL)).text
        assert SAID not in text
        assert "The plan finds" not in text
    lead = (await client.get(f"/cases/{case_id}", as_=LEAD_OF_NORTH)).text
    assert "The plan finds a school." in lead
    assert str(run_id) not in lead
    for path in ("/plans", f"/plans/{run_id}", f"/plans/{run_id}/needs/{made['mill']}"):
        text = (await client.get(path, as_=HEAD_OF_SERVICE)).text
        assert f"/cases/{case_id}" not in text
    for one in (LEAD_OF_NORTH, LEAD_OF_SOUTH, HEAD_OF_MILL):
        assert (await client.get(f"/cases/{case_id}/matching", as_=one)).status_code == 404
        with pytest.raises(NotThere):
            await asked(database, case_id, made["mill"], one)
    assert not await rows(
        database, "SELECT 1 FROM journal_entry WHERE verb = 'ask_matching' AND note LIKE '%Fluency%'"
    )


async def test_only_an_open_need_of_the_school_itself_in_a_case_in_which_somebody_is_looked_for(
    client: Client, database: Database
) -> None:
    """Another school's need, no need, and a case that was just raised are refused, and nothing is kept."""
    made = await posts(database)
    raised = await a_case(database)
    with pytest.raises(Refused):
        await asked(database, raised, made["mill"])
    case_id = await a_decided_case(database, PROCURED)
    with pytest.raises(Invalid):
        await asked(database, case_id, made["park"])
    for need in ("", str(made["park"]), "nonsense"):
        answer = await client.post(f"/cases/{case_id}/matching", {"need": need}, as_=OFFICER)
        assert answer.status_code == 422, need
    assert not await rows(database, "SELECT 1 FROM plan_run")
