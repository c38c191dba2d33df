"""Suggested entries: pre-filled from a successful agreement, published only with the consent of both schools."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from alongside.features.agreements.visits.actions import log_visit
from alongside.features.directory.suggested_entries.actions import ask_for_entry
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import TODAY, a_running_agreement, acting, notified
from tests.features.agreements.test_keep_diary import record
from tests.features.agreements.test_review_agreement import give, judgement
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.needs.form_values import form_at
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_LOCK,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    TWIN_HEAD_OF_MILL,
)

REST = {
    "themes": ["early_reading"],
    "phases": ["primary"],
    "context": "Two forms of entry.",
    "what_you_need": "A reading lead with a free afternoon.",
    "who_to_ask": "Reading lead",
    "visibility": "authority",
    "act": "draft",
}


async def closed_agreement(database: Database, outcome: str = "met") -> UUID:
    """Park has supported Mill, and both have reviewed the agreement."""
    agreement_id = await a_running_agreement(database)
    async with database.transaction(NORTHSHIRE) as session:
        await log_visit(session, acting(HEAD_OF_PARK), agreement_id, record("0.5"))
    await give(database, HEAD_OF_MILL, agreement_id, "closing", await judgement(database, outcome))
    await give(database, HEAD_OF_PARK, agreement_id, "closing", await judgement(database))
    return agreement_id


async def harvested(client: Client, agreement_id: UUID, as_: Any = HEAD_OF_MILL) -> Any:
    """The response to creating an entry from an agreement."""
    return await client.post("/directory/suggested-entries", {"agreement_id": str(agreement_id)}, as_=as_)


async def written_on(client: Client, agreement_id: UUID, **changed: Any) -> str:
    """The URL of an entry that Mill created from the agreement and completed."""
    edition = (await harvested(client, agreement_id)).headers["location"]
    kept = await form_at(client, edition)
    assert (await client.post(edition, kept | REST | changed, as_=HEAD_OF_MILL)).status_code == 303
    return str(edition.removesuffix("/edit"))


async def agree(client: Client, where: str, as_: Any) -> Any:
    """Consent to the current text."""
    kept = await form_at(client, f"{where}/consent", as_)
    return await client.post(f"{where}/consent", kept, as_=as_)


async def test_only_what_met_its_aim_is_offered_and_to_both_sides(client: Client, database: Database) -> None:
    await closed_agreement(database)
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL, HEAD_OF_PARK):
        assert "Fluency in Year 2" in words(await client.get("/directory/suggested-entries", as_=one)), (
            one.name
        )
    for one in (HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        assert "Nothing waits here" in words(await client.get("/directory/suggested-entries", as_=one)), (
            one.name
        )
    assert (await client.get("/directory/suggested-entries", as_=LEAD_OF_NORTH)).status_code == 404


@pytest.mark.parametrize("outcome", ["part_met", "not_met"])
async def test_what_did_not_meet_its_aim_is_not_offered(
    client: Client, database: Database, outcome: str
) -> None:
    agreement_id = await closed_agreement(database, outcome)
    assert "Nothing waits here" in words(await client.get("/directory/suggested-entries", as_=HEAD_OF_MILL))
    assert (await harvested(client, agreement_id)).status_code == 404


async def test_it_begins_with_what_both_have_recorded(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    agreement_id = await closed_agreement(database)
    answer = await harvested(client, agreement_id)
    assert answer.status_code == 303
    row = await entry_row(copy, answer.headers["location"])
    assert (row["title"], row["problem"], row["claimed_level"]) == (
        "Fluency in Year 2",
        "Help with fluency",
        3,
    )
    assert (
        "Words a minute, from 55 to 88 (target: 90)" in row["evidence"] and "Fluency rose" in row["evidence"]
    )
    assert row["what_we_did"].startswith("- **")
    assert (row["partner_urn"], row["agreement_id"]) == (HEAD_OF_PARK.school_urn, agreement_id)
    assert (await harvested(client, agreement_id, HEAD_OF_PARK)).status_code == 404
    assert "entry_harvested" in await notified(database, HEAD_OF_PARK)


async def test_it_goes_out_when_both_have_said_yes_to_the_very_text(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await written_on(client, await closed_agreement(database))
    refused = await client.post(f"{where}/submission", as_=HEAD_OF_MILL)
    assert refused.status_code == 409 and "both schools must agree" in words(refused)
    assert "Agree to an entry about your agreement" in words(await client.get("/home", as_=HEAD_OF_PARK))
    assert (await agree(client, where, HEAD_OF_MILL)).status_code == 303
    assert (await client.post(f"{where}/submission", as_=HEAD_OF_MILL)).status_code == 409
    stale = await form_at(client, f"{where}/consent", HEAD_OF_PARK)
    kept = await form_at(client, f"{where}/edit")
    changed = kept | {"context": "Three forms of entry.", "act": "draft"}
    assert (await client.post(f"{where}/edit", changed, as_=HEAD_OF_MILL)).status_code == 303
    late = await client.post(f"{where}/consent", stale, as_=HEAD_OF_PARK)
    assert late.status_code == 409 and "changed since you read it" in words(late)
    for head in (HEAD_OF_PARK, HEAD_OF_MILL):
        assert (await agree(client, where, head)).status_code == 303
    assert "entry_agreed" in await notified(database, HEAD_OF_PARK) + await notified(
        database, DELEGATE_OF_MILL
    )
    assert (await client.post(f"{where}/submission", as_=HEAD_OF_MILL)).status_code == 303
    assert (await entry_row(copy, where))["state"] == "submitted"


async def test_neither_of_the_two_checks_it(client: Client, database: Database) -> None:
    where = await written_on(client, await closed_agreement(database))
    for head in (HEAD_OF_PARK, HEAD_OF_MILL):
        await agree(client, where, head)
    await client.post(f"{where}/submission", as_=HEAD_OF_MILL)
    said = {"fit": "yes", "note": "Clear."}
    assert (await client.post(f"{where}/check", said, as_=HEAD_OF_PARK)).status_code == 409
    assert (await client.post(f"{where}/check", said, as_=LEAD_OF_NORTH)).status_code == 303


async def test_postgresql_asks_for_both_whoever_sends_it(
    client: Client, database: Database, copy: DatabaseCopy
) -> None:
    where = await written_on(client, await closed_agreement(database))
    await agree(client, where, HEAD_OF_PARK)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await asked(copy, "UPDATE directory_entry SET state = 'submitted' WHERE id = $1", id_of(where))
    assert refused.value.constraint_name == "consent_of_both"


async def test_a_draft_about_two_schools_is_for_those_two_and_who_looks_after_the_keeper(
    client: Client, database: Database
) -> None:
    where = await written_on(client, await closed_agreement(database))
    for one in (HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER):
        assert (await client.get(where, as_=one)).status_code == 200, one.name
    for one in (HEAD_OF_QUAY, HEAD_OF_LOCK, LEAD_OF_SOUTH, TWIN_HEAD_OF_MILL):
        assert (await client.get(where, as_=one)).status_code == 404, one.name
        assert (await client.get(f"{where}/consent", as_=one)).status_code == 404, one.name
    assert (await client.get(f"{where}/edit", as_=HEAD_OF_PARK)).status_code == 404
    assert (await client.get(f"{where}/consent", as_=DELEGATE_OF_MILL)).status_code == 404
    page = soup(await client.get(where, as_=HEAD_OF_PARK))
    assert [one.get_text() for one in page.select(".alongside-acts a")] == ["Agree to this text"]


async def test_both_schools_are_asked_once_by_the_clock(client: Client, database: Database) -> None:
    await closed_agreement(database)
    for _ in range(2):
        async with database.transaction(NORTHSHIRE) as session:
            await ask_for_entry(session, system(NORTHSHIRE, TODAY))
    for one in (HEAD_OF_MILL, HEAD_OF_PARK):
        assert (await notified(database, one)).count("harvest") == 1
    assert "harvest" not in await notified(database, HEAD_OF_QUAY)


@pytest.mark.parametrize("rubbish", ["", "x", "00000000-0000-7000-8000-000000000099"])
async def test_what_is_no_agreement_is_not_there(module_client: Client, rubbish: str) -> None:
    answer = await module_client.post(
        "/directory/suggested-entries", {"agreement_id": rubbish}, as_=HEAD_OF_MILL
    )
    assert answer.status_code == 404
