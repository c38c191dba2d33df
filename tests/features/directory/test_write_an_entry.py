"""Writing an entry: required fields, preview, and two people who edit at once."""

from decimal import Decimal

import pytest

from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.directory.form_values import entry, sent_entry, verified_entry
from tests.features.directory.stored_rows import asked, entry_row, id_of
from tests.features.needs.form_values import form_at
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    OFFICER,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
)


async def test_an_entry_is_kept_as_it_was_typed_and_shown_as_it_was_meant(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await sent_entry(client)
    row = await entry_row(copy, where)
    assert (row["state"], row["cost_pence"], row["staff_hours"]) == ("submitted", 120_000, Decimal("40.0"))
    page = soup(await client.get(where, as_=HEAD_OF_MILL))
    assert element(page, ".alongside-prose strong").get_text() == "heard"
    assert element(page, ".alongside-prose ol li").get_text() == "A box of books for each class"
    assert "£1,200" in page.get_text() and "40 hours (All class teachers)" in page.get_text()


async def test_a_draft_needs_a_title_and_sending_it_needs_the_rest(client: Client) -> None:
    bare = {"title": "Something we try", "act": "draft"}
    answer = await client.post("/directory/entries", bare, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    where = answer.headers["location"]
    lacking = await client.post(f"{where}/submission", as_=HEAD_OF_MILL)
    assert lacking.status_code == 422
    said = element(soup(lacking), ".govuk-error-summary").get_text(" ")
    for cure in ("Choose at least one theme", "Say what the problem was", "Say which role", "Say what shows"):
        assert cure in said
    assert (await client.post("/directory/entries", {"act": "draft"}, as_=HEAD_OF_MILL)).status_code == 422


async def test_a_preview_saves_nothing_and_keeps_what_was_typed(client: Client, copy: DatabaseCopy) -> None:
    answer = await client.post("/directory/entries", entry(act="preview"), as_=HEAD_OF_MILL)
    assert answer.status_code == 200
    page = soup(answer)
    assert element(page, ".alongside-preview strong").get_text() == "heard"
    assert "**heard**" in element(page, 'textarea[name="problem"]').get_text()
    assert not await asked(copy, "SELECT 1 FROM directory_entry")


@pytest.mark.parametrize(
    ("name", "typed", "cure"),
    [
        ("title", "x" * 10_000, "The title must be 120 characters or fewer"),
        ("title", "…", "Enter a title"),
        ("problem", "x" * 8_001, "The problem must be 8,000 characters or fewer"),
        ("cost_pence", "a lot", "Enter an amount up to £1,000,000"),
        ("cost_pence", "1000000.01", "Enter an amount up to £1,000,000"),
        ("cost_pence", "-3", "Enter an amount"),
        ("cost_pence", "1,2", "Enter an amount"),
        ("staff_hours", "10001", "Enter hours up to 10,000"),
        ("staff_hours", "some", "Enter hours up to 10,000"),
        ("themes", ["phrenology"], "Choose themes from the list"),
        ("themes", ["early_reading", "writing", "mathematics", "send", "attendance", "behaviour"], "5 themes at most"),
        ("claimed_level", "7", "Choose how strong"),
        ("visibility", "everywhere", "Choose who may see it"),
        ("kind", "rumour", "Choose what it is"),
        ("term", "2031-32_spring", "Choose a term"),
        ("who_to_ask", "pat@park.example", "Enter a role without an address or number"),
        ("who_to_ask", "Ring 01942 244991", "Enter a role without an address or number"),
        ("problem", "Our pupil Jack could not read", "names a pupil"),
        ("evidence", "After a disclosure of self-harm", "safeguarding"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_names_its_cure_and_stays_in_its_field(
    module_client: Client, module_database: DatabaseCopy, name: str, typed: object, cure: str
) -> None:
    answer = await module_client.post("/directory/entries", entry(**{name: typed}), as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    page = soup(answer)
    assert cure in element(page, ".govuk-error-summary").get_text(" ")
    assert element(page, 'textarea[name="what_to_avoid"]').get_text().strip() == "Do not turn it into a test."
    assert not await asked(module_database, "SELECT 1 FROM directory_entry")


@pytest.mark.parametrize(
    "contact", ["Ask jo.bloggs@mill.example", "Ring 01942 244 991 at ten", "+44 7700 900123"]
)
async def test_what_everybody_could_read_holds_no_way_to_one_person(
    module_client: Client, contact: str
) -> None:
    """An email address is accepted in an entry for the authority and refused in a public one."""
    answer = entry(what_you_need=contact, act="preview")
    assert (await module_client.post("/directory/entries", answer, as_=HEAD_OF_MILL)).status_code == 200
    public = await module_client.post(
        "/directory/entries", entry(visibility="public", what_you_need=contact), as_=HEAD_OF_MILL
    )
    assert public.status_code == 422 and "people ask through Alongside" in words(public)


async def test_numbers_in_a_text_are_no_telephone_numbers(client: Client) -> None:
    figures = (
        "In 2024-25 we went from 0.45 to 0.72, from 1,200 to 1,950 loans, for £12,500; 2023 2024 2025 2026"
    )
    assert await sent_entry(client, visibility="public", evidence=figures)


async def test_two_people_who_write_at_once_lose_nothing(client: Client) -> None:
    where = await sent_entry(client, act="draft")
    mine = await form_at(client, f"{where}/edit")
    theirs = await form_at(client, f"{where}/edit", DELEGATE_OF_MILL)
    theirs["problem"] = "What the delegate wrote."
    assert (await client.post(f"{where}/edit", theirs, as_=DELEGATE_OF_MILL)).status_code == 303
    mine["problem"] = "What the head wrote."
    stale = await client.post(f"{where}/edit", mine, as_=HEAD_OF_MILL)
    assert stale.status_code == 409
    table = element(soup(stale), "main table").get_text(" ")
    assert "What the head wrote." in table and "What the delegate wrote." in table
    mine["version"] = attribute(element(soup(stale), 'input[name="version"]'), "value")
    assert (await client.post(f"{where}/edit", mine, as_=HEAD_OF_MILL)).status_code == 303
    assert "What the head wrote." in words(await client.get(where, as_=HEAD_OF_MILL))


async def test_a_draft_is_for_its_school_and_those_who_look_after_it(client: Client) -> None:
    where = await sent_entry(client, act="draft")
    for one in (HEAD_OF_MILL, DELEGATE_OF_MILL, LEAD_OF_NORTH, OFFICER):
        assert (await client.get(where, as_=one)).status_code == 200, one.name
    for one in (HEAD_OF_PARK, HEAD_OF_QUAY, TWIN_HEAD_OF_MILL, TWIN_OFFICER):
        assert (await client.get(where, as_=one)).status_code == 404, one.name
    assert (await client.get(f"{where}/edit", as_=LEAD_OF_NORTH)).status_code == 404


async def test_an_entry_is_shown_as_far_as_its_school_chose(client: Client) -> None:
    near = await verified_entry(client, visibility="consortium")
    wide = await verified_entry(client, visibility="authority", title="For all of us")
    assert (await client.get(near, as_=HEAD_OF_PARK)).status_code == 200
    assert (await client.get(near, as_=HEAD_OF_QUAY)).status_code == 404
    assert (await client.get(wide, as_=HEAD_OF_QUAY)).status_code == 200
    for twin in (TWIN_HEAD_OF_MILL, TWIN_OFFICER):
        assert (await client.get(near, as_=twin)).status_code == 404
        assert (await client.get(wide, as_=twin)).status_code == 404


async def test_texts_that_are_sent_to_others_are_not_in_the_audit_or_emails(
    client: Client, copy: DatabaseCopy
) -> None:
    where = await verified_entry(client, problem="A canary sat in the library.")
    assert not await asked(copy, "SELECT 1 FROM audit_entry j WHERE j::text LIKE '%canary%'")
    assert not await asked(copy, "SELECT 1 FROM email_outbox m WHERE m::text LIKE '%canary%'")
    assert id_of(where)
