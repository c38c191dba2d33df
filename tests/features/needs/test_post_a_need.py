"""Posting a need, and its validation errors."""

import pytest

from alongside.platform.database.session import Database
from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.needs.form_values import NEED, need, posted_need
from tests.features.needs.stored_rows import change_school, notices_of
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    OFFICER,
    QUAY,
    TWIN_HEAD_OF_MILL,
)

NOWHERE = "/needs/00000000-0000-7000-8000-00000000dead"


async def test_a_head_posts_a_need_in_one_request(client: Client) -> None:
    answer = await client.post("/needs", NEED, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    seen = words(await client.get(answer.headers["location"], as_=HEAD_OF_MILL))
    for expected in ("Fluency in Year 3 and 4", "Mill Primary School", "Open", "2.5 days", "Key stage 2"):
        assert expected in seen
    assert "Waiting for a school to offer support" in seen


async def test_the_form_already_knows_school_and_phase(client: Client) -> None:
    page = soup(await client.get("/needs/new", as_=HEAD_OF_MILL))
    assert attribute(element(page, '[name="school_urn"]'), "value") == str(MILL)
    assert "Mill Primary School" in page.get_text()
    assert attribute(element(page, '[name="phase"] [selected]'), "value") == "primary"


@pytest.mark.parametrize(
    ("field", "typed", "cure"),
    [
        ("title", "", "Enter a title"),
        ("title", "x" * 121, "120 characters or fewer"),
        ("theme", "", "Choose what it is about"),
        ("theme", "astrology", "Choose what it is about"),
        ("wanted", "", "Say what your school wants help with"),
        ("wanted", "y" * 4001, "4,000 characters or fewer"),
        ("days", "2.3", "whole or half number up to 200"),
        ("days", "-1", "whole or half number up to 200"),
        ("days", "1e2", "whole or half number up to 200"),
        ("days", "", "tick that you are not sure yet"),
        ("starts_on", "31/2/2027", "Enter a real date"),
        ("urgency", "", "Choose how urgent"),
        ("terms", "2099_never", "Choose terms from the list"),
    ],
)
async def test_a_mistake_is_named_with_its_cure_and_nothing_typed_is_lost(
    client: Client, field: str, typed: str, cure: str
) -> None:
    answer = await client.post("/needs", need(**{field: typed}), as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    page = soup(answer)
    summary = element(page, ".govuk-error-summary")
    assert cure in summary.get_text()
    assert page.select_one(f'[id="{attribute(element(summary, "a"), "href").removeprefix("#")}"]') is not None
    kept = {"wanted": NEED["wanted"], "success_criteria": NEED["success_criteria"]} | (
        {field: typed} if field == "wanted" else {}
    )
    for name, text in kept.items():
        assert element(page, f'textarea[name="{name}"]').get_text().strip() == text
    if field in ("title", "days"):
        assert attribute(element(page, f'input[name="{field}"]'), "value") == typed
    if field == "starts_on":
        boxes = [
            attribute(element(page, f'input[name="starts_on-{part}"]'), "value")
            for part in ("day", "month", "year")
        ]
        assert "/".join(boxes) == typed
    assert "No needs here" in words(await client.get("/needs", as_=HEAD_OF_MILL))


async def test_an_end_before_the_start_is_refused(client: Client) -> None:
    answer = await client.post(
        "/needs", need(starts_on="12/1/2027", ends_on="2027-01-11", when_not_sure=None), as_=HEAD_OF_MILL
    )
    assert answer.status_code == 422
    assert "The end date must be the same as or after the start date" in words(answer)


async def test_a_draft_needs_only_a_title_and_a_theme_and_stays_inside(client: Client) -> None:
    where = await posted_need(
        client,
        wanted="",
        success_criteria="",
        form_of_support="",
        urgency="",
        days="",
        audience="",
        act="draft",
    )
    assert "Draft" in words(await client.get(where, as_=HEAD_OF_MILL))
    assert (await client.get(where, as_=LEAD_OF_NORTH)).status_code == 200
    for other in (HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_SOUTH):
        assert (await client.get(where, as_=other)).status_code == 404
    lacking = await client.post(f"{where}/post", {}, as_=HEAD_OF_MILL)
    assert lacking.status_code == 422
    assert "Say what your school wants help with" in words(lacking)


async def test_a_lead_drafts_the_head_is_told_and_confirms(client: Client, database: Database) -> None:
    where = await posted_need(client, as_=LEAD_OF_NORTH, school_urn=str(MILL), act="send")
    seen = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "Waiting for the headteacher of Mill Primary School to confirm" in seen
    assert (await client.post(f"{where}/post", {}, as_=LEAD_OF_NORTH)).status_code == 404
    [notified] = await notices_of(database, HEAD_OF_MILL)
    assert "waits for you to confirm" in notified.text
    assert notified.path == where
    assert (await client.post(f"{where}/post", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "Open" in words(await client.get(where, as_=HEAD_OF_PARK))
    assert "Mill Primary School has posted a need: mathematics." in [
        one.text for one in await notices_of(database, LEAD_OF_NORTH)
    ]
    assert NEED["wanted"] not in str([one.text for one in await notices_of(database, LEAD_OF_NORTH)])


async def test_a_lead_cannot_post_in_a_heads_place(client: Client) -> None:
    answer = await client.post("/needs", need(school_urn=str(MILL)), as_=LEAD_OF_NORTH)
    assert answer.status_code == 404


async def test_who_looks_after_several_schools_chooses_one(client: Client) -> None:
    page = words(await client.get("/needs/new", as_=LEAD_OF_NORTH))
    assert "Mill Primary School" in page
    assert "Quay Primary School" not in page
    assert "Quay Primary School" in words(await client.get("/needs/new", as_=OFFICER))
    for urn in (QUAY, 123, "abc", 99999999999):
        assert (await client.get(f"/needs/new?school={urn}", as_=LEAD_OF_NORTH)).status_code == 404
        drafted = await client.post("/needs", need(school_urn=str(urn), act="draft"), as_=LEAD_OF_NORTH)
        assert drafted.status_code == 404


async def test_not_yours_not_there_and_the_twins_are_the_same_404(client: Client) -> None:
    where = await posted_need(client, audience="consortium")
    nowhere = await client.get(NOWHERE, as_=HEAD_OF_QUAY)
    beyond = await client.get(where, as_=HEAD_OF_QUAY)
    assert nowhere.status_code == beyond.status_code == 404
    assert words(nowhere) == words(beyond)
    twins = await client.get(where, as_=TWIN_HEAD_OF_MILL)
    twins_nothing = await client.get(NOWHERE, as_=TWIN_HEAD_OF_MILL)
    assert twins.status_code == twins_nothing.status_code == 404
    assert words(twins) == words(twins_nothing)
    for act in ("post", "pause", "confirmation", "withdrawal", "reopening", "edit", "send"):
        assert (
            await client.post(f"{where}/{act}", need(version="1"), as_=TWIN_HEAD_OF_MILL)
        ).status_code == 404
    assert "No needs here" in words(await client.get("/needs", as_=TWIN_HEAD_OF_MILL))


async def test_a_school_that_is_closed_in_the_register_posts_nothing(
    client: Client, copy: DatabaseCopy
) -> None:
    await change_school(copy, MILL, status="closed")
    assert (await client.get("/needs/new", as_=HEAD_OF_MILL)).status_code == 409
    refused = await client.post("/needs", NEED, as_=HEAD_OF_MILL)
    assert refused.status_code == 409
    assert "not open in the register" in words(refused)


async def test_a_second_need_on_a_theme_is_asked_about_once(client: Client) -> None:
    await posted_need(client)
    again = await client.post("/needs", need(title="Another"), as_=HEAD_OF_MILL)
    assert again.status_code == 422
    assert "Your school already asks for this: “ Fluency in Year 3 and 4 ”" in words(again)
    assert (
        await client.post("/needs", need(title="Another", checked_second="y"), as_=HEAD_OF_MILL)
    ).status_code == 303


async def test_a_pupils_name_is_asked_about_and_may_stand_when_looked_at(client: Client) -> None:
    text = "We have a pupil called Jack in mind."
    asked = await client.post("/needs", need(wanted=text), as_=HEAD_OF_MILL)
    assert asked.status_code == 422
    assert "You wrote “ pupil called Jack ”" in words(asked)
    assert soup(asked).select_one('input[name="checked_no_pupil"]') is not None
    answer = await client.post("/needs", need(wanted=text, checked_no_pupil="y"), as_=HEAD_OF_MILL)
    assert answer.status_code == 303


async def test_a_safeguarding_matter_is_pointed_elsewhere(client: Client) -> None:
    text = "There was a disclosure last week."
    asked = await client.post("/needs", need(wanted=text), as_=HEAD_OF_MILL)
    assert asked.status_code == 422
    assert "designated safeguarding lead" in words(asked)
    answer = await client.post("/needs", need(wanted=text, checked_not_safeguarding="y"), as_=HEAD_OF_MILL)
    assert answer.status_code == 303


async def test_the_list_pages_filters_and_opens_safely_in_a_spreadsheet(client: Client) -> None:
    await posted_need(client, title="=HYPERLINK(1)")
    await posted_need(client, title="A draft", act="draft")
    assert "=HYPERLINK(1)" in words(await client.get("/needs?state=open", as_=HEAD_OF_MILL))
    assert "A draft" not in words(await client.get("/needs?state=open", as_=HEAD_OF_MILL))
    for odd in ("?state=nonsense&page=-1", "?page=999", "?page=abc"):
        assert (await client.get(f"/needs{odd}", as_=HEAD_OF_MILL)).status_code == 200
    file = await client.get("/needs.csv", as_=LEAD_OF_NORTH)
    assert file.headers["content-disposition"].startswith("attachment")
    assert "'=HYPERLINK(1)" in file.text
    assert "HYPERLINK" not in (await client.get("/needs.csv", as_=LEAD_OF_SOUTH)).text
