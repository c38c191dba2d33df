"""The buttons of an escalation: each leads somewhere, and none is shown that would be refused."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from alongside.errors import ActionRefused
from alongside.features.escalations.access_log.actions import end_reader, name_reader
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.raising.actions import notify_school
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.tasks.actions import agree_task
from alongside.features.escalations.visits.actions import record_visit
from alongside.platform.access.permissions import ROLE_PERMISSIONS
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.escalations.builders import (
    END,
    a_running_escalation,
    acting,
    all_met,
    an_escalation,
    ask_as,
    look,
)
from tests.features.escalations.test_handle_an_escalation import TASK, VISIT
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

TYPED = "textarea, select, input:not([type=hidden])"
CLOSE, RETURN = "Close", "Ask the consortium to take the school back"


async def buttons_on(client: Client, escalation_id: UUID, one: Persona) -> list[str]:
    """The texts of the buttons that a person has on an escalation's page, those of its parts among them."""
    page = soup(await client.get(f"/escalations/{escalation_id}", as_=one))
    found = page.select(
        ".alongside-acts a, .alongside-acts button, .govuk-button-group a, .govuk-button-group button"
    )
    return [str(button.find(string=True, recursive=False)).strip() for button in found]


async def test_every_button_of_an_escalation_leads_to_a_form_or_an_action(client: Client) -> None:
    """A link opens a page, and a button is sent to an address that takes it."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    untold = await an_escalation(database, why_wait="The chair asked for a day")
    async with database.transaction(NORTHSHIRE) as session:
        await agree_task(session, acting(OFFICER), escalation_id, TASK)
        await record_visit(session, acting(OFFICER), escalation_id, VISIT)
    opened, sent = set(), set()
    for one in (OFFICER, HEAD_OF_SERVICE, LEAD_OF_NORTH):
        for which in (escalation_id, untold):
            page = soup(await client.get(f"/escalations/{which}", as_=one))
            main = page.select_one("main")
            assert main is not None
            for link in main.select("a[href^='/escalation']:not([download])"):
                where = str(link["href"])
                if where.endswith(".pdf") or "?notes" in where:
                    continue
                answer = await client.get(where, as_=one)
                assert answer.status_code == 200, where
                opened.add(where.rpartition("/")[2])
                asked = soup(answer).select("main form[method=post]")
                sent |= {str(form["action"]) for form in asked if not form.select(TYPED)}
            sent |= {str(form["action"]) for form in main.select("form[method=post]")}
    assert {"wait", "closing", "new", "owner", "overruling", "edit", "met"} - opened == {"closing"}
    for where in sorted(sent):
        answer = await client.post(where, as_=OFFICER)
        assert answer.status_code in (303, 409), (where, answer.status_code)
    call = {"call": "Thursday at 10am"}
    answer = await client.post(f"/escalations/{untold}/notify-school", call, as_=OFFICER)
    assert answer.status_code == 303
    assert (await look(database, untold)).notified_at is not None, "the headteacher is told by the button"


async def test_what_would_be_refused_is_not_offered(client: Client) -> None:
    """Closing waits for the open actions, the return for the criteria; a closed escalation offers no work."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    assert CLOSE in await buttons_on(client, escalation_id, OFFICER)
    assert RETURN not in await buttons_on(client, escalation_id, OFFICER)
    page = words(await client.get(f"/escalations/{escalation_id}", as_=OFFICER))
    assert f"{RETURN}: Not every criterion is met yet." in page
    async with database.transaction(NORTHSHIRE) as session:
        await agree_task(session, acting(OFFICER), escalation_id, TASK)
        await record_visit(session, acting(OFFICER), escalation_id, VISIT)
    assert CLOSE not in await buttons_on(client, escalation_id, OFFICER)
    page = words(await client.get(f"/escalations/{escalation_id}", as_=OFFICER))
    assert "To close this escalation, first finish or cancel its open actions" in page
    await all_met(database, escalation_id)
    assert RETURN in await buttons_on(client, escalation_id, OFFICER)
    await finish(database, escalation_id)
    assert await buttons_on(client, escalation_id, OFFICER) == ["Reopen"]
    assert await buttons_on(client, escalation_id, LEAD_OF_NORTH) == ["Reopen"]
    assert await buttons_on(client, escalation_id, HEAD_OF_MILL) == []


async def finish(database: Any, escalation_id: UUID) -> None:
    """Close an escalation, past its open actions."""
    async with database.transaction(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        await session.execute(text("UPDATE escalation_task SET state = 'done', done_on = current_date"))
        await actions.close_escalation(session, acting(OFFICER), escalation_id, END)


async def test_a_person_with_an_interest_can_only_assign_the_escalation(client: Client) -> None:
    """Nothing else is offered, and the page says why."""
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind)"
                " VALUES (901, :person, :urn, 'governor')"
            ),
            {"person": OFFICER.person_id, "urn": MILL},
        )
    assert await buttons_on(client, escalation_id, OFFICER) == ["Assign to someone else"]
    page = words(await client.get(f"/escalations/{escalation_id}", as_=OFFICER))
    assert "You have an interest in this school" in page


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda session, one: notify_school(session, acting(OFFICER), one), id="tell the headteacher"
        ),
        pytest.param(
            lambda session, one: name_reader(
                session, acting(OFFICER), one, HEAD_OF_SERVICE.person_id, "core_officer"
            ),
            id="name a reader",
        ),
        pytest.param(
            lambda session, one: end_reader(session, acting(OFFICER), one, uuid4()), id="end a reader"
        ),
        *(
            pytest.param(
                lambda session, one, permission=permission: lock_escalation(
                    session, acting(OFFICER), permission, one
                ),
                id=permission.value,
            )
            for permission, entry in ROLE_PERMISSIONS.items()
            if (granted := entry.get(OFFICER.role)) is not None and granted.without_interest
        ),
    ],
)
async def test_with_an_interest_no_action_works_without_its_button(database: Database, act: Any) -> None:
    """The page hides the buttons; the actions themselves refuse as well."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind)"
                " VALUES (901, :person, :urn, 'governor')"
            ),
            {"person": OFFICER.person_id, "urn": MILL},
        )
    with pytest.raises(ActionRefused, match="You have an interest"):
        async with database.transaction(NORTHSHIRE) as session:
            await act(session, escalation_id)


async def test_a_review_of_an_escalation_that_changed_says_its_state_and_keeps_the_text(
    client: Client,
) -> None:
    database = client.app.state.app_context.database
    escalation_id = await a_running_escalation(database)
    version = str((await look(database, escalation_id)).version)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.pause_deadline(session, acting(HEAD_OF_SERVICE), escalation_id, "school", "Their date")
    answer = await client.post(
        f"/escalations/{escalation_id}/review", {"version": version, "note": "It goes well"}, as_=OFFICER
    )
    assert answer.status_code == 409
    assert "It goes well" in answer.text and "The state is now: Waiting for the school." in words(answer)
    kept = soup(answer).select_one("input[name=version]")
    assert kept is not None and kept["value"] != version
