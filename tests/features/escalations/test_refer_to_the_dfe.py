"""Referral of an academy to the DfE regions group: date, reference and answer are recorded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from alongside.errors import ActionRefused
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.triage.forms import Decision
from alongside.platform.database.session import Database
from tests.client import Client
from tests.features.escalations.builders import CHALLENGE, TODAY, acting, an_escalation, look, notified
from tests.features.escalations.test_statutory_powers import maintained, raw
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH, NORTHSHIRE, OFFICER

TYPED = {
    "outcome": "regions_group",
    "decision": "We have referred the school to the DfE.",
    "referred_on": f"{TODAY:%-d/%-m/%Y}",
    "referral_reference": "RG/2026/7",
}


async def an_academy_escalation(database: Database, group: str = "Academies") -> UUID:
    """An acknowledged escalation of an academy."""
    await maintained(database, group)
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    return escalation_id


async def post(client: Client, escalation_id: UUID, noun: str, form: dict[str, Any]) -> Any:
    """Send a form of an escalation as the officer, with the version that is shown."""
    version = str((await look(client.app.state.app_context.database, escalation_id)).version)
    return await client.post(
        f"/escalations/{escalation_id}/{noun}", {"version": version, **form}, as_=OFFICER
    )


async def test_a_referral_is_recorded_with_its_date_reference_and_answer(client: Client) -> None:
    """Offered for an academy; shown to the consortium, and to everybody with a part in it; printed in the
    escalation file.
    """
    database = client.app.state.app_context.database
    escalation_id = await an_academy_escalation(database)
    asked = await client.get(f"/escalations/{escalation_id}/decision", as_=OFFICER)
    assert "Referral to the DfE regions group" in asked.text and "Statutory route" not in asked.text
    for lacking in ("referred_on", "referral_reference"):
        answer = await post(client, escalation_id, "decision", TYPED | {lacking: ""})
        assert answer.status_code == 422 and "of the referral" in answer.text, lacking
    ahead = f"{TODAY + timedelta(days=1):%-d/%-m/%Y}"
    assert (await post(client, escalation_id, "decision", TYPED | {"referred_on": ahead})).status_code == 422
    assert (await post(client, escalation_id, "decision", TYPED)).status_code == 303
    shown = await client.get(f"/escalations/{escalation_id}", as_=LEAD_OF_NORTH)
    assert "RG/2026/7" in shown.text and "No answer yet" in shown.text
    early = {"referral_answered_on": "1/1/2020", "referral_answer": "A meeting in March"}
    refused = await post(client, escalation_id, "referral-answer", early)
    assert refused.status_code == 422 and "A meeting in March" in refused.text
    given = early | {"referral_answered_on": f"{TODAY:%-d/%-m/%Y}"}
    assert (await post(client, escalation_id, "referral-answer", given)).status_code == 303
    shown = await client.get(f"/escalations/{escalation_id}", as_=LEAD_OF_NORTH)
    assert "A meeting in March" in shown.text
    assert "escalation_referral_answered" in await notified(database, HEAD_OF_MILL)
    assert "escalation_referral_answered" not in await notified(database, LEAD_OF_SOUTH)


async def test_postgresql_holds_what_a_referral_needs(database: Database) -> None:
    """Date, reference, an answer not before the referral; and only a school that the authority does not maintain."""
    escalation_id = await an_academy_escalation(database)
    sql = (
        "UPDATE escalation SET outcome = 'regions_group', decision = 'd', referred_on = :referred_on,"
        " referral_reference = :reference, referral_answer = :answer, referral_answered_on = :answered_on"
        " WHERE id = :id"
    )
    whole: dict[str, Any] = {
        "referred_on": TODAY,
        "reference": "RG/1",
        "answer": "",
        "answered_on": None,
        "id": escalation_id,
    }
    for wrong, promise in (
        ({"referred_on": None}, "ck_escalation_referred"),
        ({"reference": ""}, "ck_escalation_referred"),
        ({"answer": "Yes"}, "ck_escalation_referral_answered"),
        ({"answer": "Yes", "answered_on": TODAY - timedelta(days=1)}, "ck_escalation_referral_answered"),
    ):
        assert await raw(database, OFFICER, sql, **(whole | wrong)) == promise, wrong
    assert await raw(database, OFFICER, sql, **whole) == ""
    await maintained(database)
    assert await raw(database, OFFICER, sql, **whole) == "academies_only"
    referral: Decision = {
        **CHALLENGE,
        "outcome": "regions_group",
        "referred_on": TODAY,
        "referral_reference": "RG/1",
    }
    with pytest.raises(ActionRefused, match="own statutory powers"):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.decide_escalation(session, acting(OFFICER), escalation_id, referral)


async def test_a_referral_stays_on_record_when_something_else_is_decided(client: Client) -> None:
    database = client.app.state.app_context.database
    escalation_id = await an_academy_escalation(database, "Free Schools")
    assert (await post(client, escalation_id, "decision", TYPED)).status_code == 303
    other = {"outcome": "challenge", "decision": "We challenge"}
    assert (await post(client, escalation_id, "decision", other)).status_code == 303
    row = await look(database, escalation_id)
    assert (row.outcome, row.referred_on, row.referral_reference) == ("challenge", TODAY, "RG/2026/7")
