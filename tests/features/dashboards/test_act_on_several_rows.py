"""Leads and officers select rows of a list and remind, assign or export them, after a page that says what happens."""

import csv
import io
from uuid import uuid4

from sqlalchemy import text

from alongside.features.escalations.state_changes.actions import assign_escalation
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.agreements.builders import an_agreement
from tests.features.escalations.builders import acting, an_escalation, ask_as
from tests.features.needs.stored_rows import notices_of
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    Persona,
)


async def audited(database: Database, verb: str) -> list[str]:
    """The subjects of the audit entries with this verb."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT subject_id FROM audit_entry WHERE verb = :verb ORDER BY id"), {"verb": verb}
        )
        return [str(row.subject_id) for row in found]


async def kinds(database: Database, one: Persona) -> list[str]:
    """The kinds of a person's notifications."""
    return [str(notice.kind) for notice in await notices_of(database, one)]


async def test_an_officer_assigns_the_selected_escalations(client: Client, database: Database) -> None:
    ids = [await an_escalation(database), await an_escalation(database, LEAD_OF_SOUTH, LOCK)]
    page = await client.get("/escalations?show=all", as_=OFFICER)
    assert all(f'name="selected" value="{one}"' in page.text for one in ids)
    query = "&".join(f"selected={one}" for one in ids)
    asked = words(await client.get(f"/escalations/selected/owner?{query}", as_=OFFICER))
    assert "What will happen" in asked
    assert "Mill Primary School : gets an owner" in asked
    assert "Lock Primary School : gets an owner" in asked
    form = {"selected": [str(one) for one in ids], "owner_id": str(HEAD_OF_SERVICE.person_id)}
    answer = await client.post("/escalations/selected/owner", form, as_=OFFICER)
    assert answer.status_code == 303
    assert sorted(await audited(database, "assign_escalation")) == sorted(map(str, ids))
    assert (await kinds(database, HEAD_OF_SERVICE)).count("escalation_assigned") == 2


async def test_owners_are_reminded_and_rows_without_one_are_left_out(
    client: Client, database: Database
) -> None:
    owned, nobody = await an_escalation(database), await an_escalation(database, LEAD_OF_SOUTH, LOCK)
    async with database.transaction(NORTHSHIRE) as session:
        await assign_escalation(session, acting(OFFICER), owned, HEAD_OF_SERVICE.person_id)
    query = f"selected={owned}&selected={nobody}"
    asked = words(await client.get(f"/escalations/selected/reminders?{query}", as_=OFFICER))
    assert "Mill Primary School : Hal Service is reminded today" in asked
    assert "Left out Lock Primary School : Nobody owns it. Assign it first." in asked
    form = {"selected": [str(owned), str(nobody)]}
    for _ in range(2):
        assert (await client.post("/escalations/selected/reminders", form, as_=OFFICER)).status_code == 303
    assert (await kinds(database, HEAD_OF_SERVICE)).count("escalation_reminder") == 1
    assert await audited(database, "remind_owner") == [str(owned), str(owned)]


async def test_the_selected_escalations_are_exported_and_logged_as_read(
    client: Client, database: Database
) -> None:
    mine, other = await an_escalation(database), await an_escalation(database, LEAD_OF_SOUTH, LOCK)
    path = f"/escalations/selected.csv?selected={mine}&selected={other}"
    assert (await client.get(path, as_=OFFICER)).text.count("\n") == 3
    of_a_lead = (await client.get(path, as_=LEAD_OF_NORTH)).text
    assert "Mill Primary School" in of_a_lead
    assert "Lock Primary School" not in of_a_lead
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, OFFICER)
        read = await session.scalar(text("SELECT count(*) FROM escalation_access_log WHERE part = 'export'"))
    assert read == 3


async def test_nothing_is_done_to_rows_of_others_or_to_too_many(client: Client, database: Database) -> None:
    escalation_id = await an_escalation(database)
    owner = {"selected": [str(escalation_id)], "owner_id": str(OFFICER.person_id)}
    for other in (HEAD_OF_MILL, LEAD_OF_NORTH):
        answer = await client.post("/escalations/selected/owner", owner, as_=other)
        assert answer.status_code in (403, 404)
    assert (await client.post("/escalations/selected/owner", owner, as_=OFFICER.twin)).status_code in (
        409,
        422,
    )
    many = "&".join(f"selected={uuid4()}" for _ in range(60))
    page = words(await client.get(f"/escalations/selected/reminders?{many}", as_=OFFICER))
    assert "Select at least one row" in page
    assert (await client.post("/escalations/selected/reminders", {}, as_=OFFICER)).status_code == 409
    assert await audited(database, "assign_escalation") == []


async def test_a_lead_reminds_the_schools_of_selected_agreements(client: Client, database: Database) -> None:
    agreement_id = await an_agreement(database)
    assert f'value="{agreement_id}"' in (await client.get("/agreements", as_=LEAD_OF_NORTH)).text
    assert 'name="selected"' not in (await client.get("/agreements", as_=HEAD_OF_MILL)).text
    path = f"/agreements/selected/reminders?selected={agreement_id}"
    asked = words(await client.get(path, as_=LEAD_OF_NORTH))
    assert "Mill Primary School and Park Primary School will be reminded to sign" in asked
    form = {"selected": [str(agreement_id)]}
    assert (await client.post("/agreements/selected/reminders", form, as_=LEAD_OF_NORTH)).status_code == 303
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert "agreement_reminder" in await kinds(database, head)
    assert await audited(database, "remind_to_sign") == [str(agreement_id)]
    assert (await client.post("/agreements/selected/reminders", form, as_=LEAD_OF_SOUTH)).status_code == 409
    rows = list(
        csv.reader(
            io.StringIO(
                (
                    await client.get(f"/agreements/selected.csv?selected={agreement_id}", as_=LEAD_OF_NORTH)
                ).text
            )
        )
    )
    assert [row[1] for row in rows[1:]] == ["Park Primary School"]
    nothing = (await client.get(f"/agreements/selected.csv?selected={agreement_id}", as_=LEAD_OF_SOUTH)).text
    assert nothing.count("\n") == 1


async def test_a_lead_reminds_the_selected_schools_of_the_tracker(client: Client, database: Database) -> None:
    await an_agreement(database)
    query = f"selected={MILL}&selected={QUAY}"
    asked = words(await client.get(f"/consortium/selected/reminders?{query}", as_=LEAD_OF_NORTH))
    assert "Mill Primary School : reminded of 1 agreement without all signatures" in asked
    assert "Quay" not in asked
    form = {"selected": [str(MILL), str(PARK), str(QUAY)]}
    assert (await client.post("/consortium/selected/reminders", form, as_=LEAD_OF_NORTH)).status_code == 303
    assert await audited(database, "remind_school") == [str(MILL), str(PARK)]
    [notice] = [one for one in await notices_of(database, HEAD_OF_MILL) if one.kind == "school_reminder"]
    assert notice.text == "Lee North reminds your school of 1 agreement without all signatures."
    exported = (await client.get(f"/consortium/tracker.csv?{query}", as_=LEAD_OF_NORTH)).text
    assert "Mill" in exported and "Park" not in exported and "Quay" not in exported
