"""Posting an offer with its themes, days and appetite."""

from typing import Any

import pytest

from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.features.needs.stored_rows import change_school
from tests.features.offers.form_values import OFFER, offer, posted_offer
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    OFFICER,
    TWIN_HEAD_OF_MILL,
)

NOWHERE = "/offers/00000000-0000-7000-8000-00000000dead"


async def test_a_head_posts_an_offer_in_one_request(client: Client) -> None:
    where = await posted_offer(client)
    seen = words(await client.get(where, as_=HEAD_OF_PARK))
    for expected in (
        "Phonics that sticks",
        "Mill Primary School",
        "Confirmed today",
        "6 of 6 days",
        "2 at most, 0 now",
        "Rita Reading",
        "Specialist Leader of Education until 31 August 2030",
        "8 miles",
        "Nine in ten pass the check.",
    ):
        assert expected in seen
    assert "Activity" not in seen
    assert "Withdraw" not in seen
    assert "Propose this offer for a need" in seen


@pytest.mark.parametrize(
    ("changed", "cure"),
    [
        ({"title": "💥"}, "Enter a title"),
        ({"themes": []}, "Choose at least one theme"),
        ({"themes": ["alchemy"]}, "Choose themes from the list"),
        ({"evidence_writing": ""}, "Say what shows that you are strong in this"),
        ({"evidence_writing": "x" * 1001}, "1,000 characters or fewer"),
        ({"days_total": "201"}, "whole or half number up to 200"),
        ({"days_total": "0"}, "whole or half number up to 200"),
        ({"engagements_max": "51"}, "whole number from 1 to 50"),
        ({"engagements_max": ""}, "whole number from 1 to 50"),
        ({"travel_miles": "far"}, "whole number of miles"),
        ({"leader_name": ""}, "Enter the name of the person"),
        ({"designation_until": "1/1/2020"}, "Enter an end that is today or later"),
        ({"appetite": "no"}, "Enter the date from which others may ask again"),
        ({"appetite": "perhaps"}, "Choose whether you would like to be asked"),
        ({"forms_of_support": []}, "Choose the forms of support"),
        ({"when_not_sure": None}, "Choose terms, enter dates, or tick"),
        ({"description": "A pupil called Jack came far."}, "Take out what names a pupil"),
    ],
)
async def test_a_mistake_is_named_with_its_cure_and_nothing_typed_is_lost(
    client: Client, changed: dict[str, Any], cure: str
) -> None:
    answer = await client.post("/offers", offer(**changed), as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    page = soup(answer)
    assert cure in element(page, ".govuk-error-summary").get_text()
    for link in page.select(".govuk-error-summary a"):
        assert page.select_one(f'[id="{attribute(link, "href").removeprefix("#")}"]') is not None
    kept = offer(**changed)
    assert element(page, 'textarea[name="description"]').get_text().strip() == kept["description"]
    assert (
        element(page, 'textarea[name="evidence_early_reading"]').get_text().strip()
        == (OFFER["evidence_early_reading"])
    )
    ticked = {one["value"] for one in page.select('input[name="themes"][checked]')}
    assert ticked == set(kept["themes"]) - {"alchemy"}
    assert "No offers here" in words(await client.get("/offers", as_=HEAD_OF_MILL))


async def test_not_yours_not_there_and_the_twins_are_the_same_404(client: Client) -> None:
    where = await posted_offer(client)
    draft = await posted_offer(client, act="draft")
    assert (await client.get(where, as_=OFFICER)).status_code == 200
    nothing = words(await client.get(NOWHERE, as_=HEAD_OF_QUAY))
    for path, other in (
        (where, HEAD_OF_QUAY),
        (where, LEAD_OF_SOUTH),
        (draft, HEAD_OF_PARK),
        (draft, LEAD_OF_NORTH),
        (draft, OFFICER),
    ):
        answer = await client.get(path, as_=other)
        assert answer.status_code == 404
        if other is HEAD_OF_QUAY:
            assert words(answer) == nothing
    twins = await client.get(where, as_=TWIN_HEAD_OF_MILL)
    assert twins.status_code == 404
    assert words(twins) == words(await client.get(NOWHERE, as_=TWIN_HEAD_OF_MILL))
    for noun in ("post", "pause", "confirmation", "withdrawal", "reopening", "extension", "edit"):
        for other in (TWIN_HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, OFFICER):
            answer = await client.post(f"{where}/{noun}", offer(version="1"), as_=other)
            assert answer.status_code == 404, (noun, other.name)
    assert "No offers here" in words(await client.get("/offers", as_=TWIN_HEAD_OF_MILL))


async def test_only_schools_post_offers_and_their_leads_read_what_is_posted(client: Client) -> None:
    for other in (LEAD_OF_NORTH, OFFICER, ADMINISTRATOR):
        assert (await client.get("/offers/new", as_=other)).status_code == 404
        assert (await client.post("/offers", OFFER, as_=other)).status_code == 404
    await posted_offer(client, title="=1+1")
    await posted_offer(client, title="Only a draft", act="draft")
    listed = words(await client.get("/offers", as_=LEAD_OF_NORTH))
    assert "=1+1" in listed
    assert "Only a draft" not in listed
    assert "Only a draft" in words(await client.get("/offers?state=drafts", as_=HEAD_OF_MILL))
    file = (await client.get("/offers.csv", as_=LEAD_OF_NORTH)).text
    assert "'=1+1" in file
    assert "Only a draft" not in file
    assert "=1+1" not in (await client.get("/offers.csv", as_=LEAD_OF_SOUTH)).text


async def test_a_school_that_is_closed_in_the_register_offers_nothing(
    client: Client, copy: DatabaseCopy
) -> None:
    await change_school(copy, MILL, status="closed")
    assert (await client.get("/offers/new", as_=HEAD_OF_MILL)).status_code == 409
    assert (await client.post("/offers", OFFER, as_=HEAD_OF_MILL)).status_code == 409


async def test_a_draft_is_posted_when_it_is_complete(client: Client) -> None:
    where = await posted_offer(client, act="draft", leader_name="", when_not_sure=None)
    lacking = await client.post(f"{where}/post", {}, as_=HEAD_OF_MILL)
    assert lacking.status_code == 422
    assert "Enter the name of the person" in words(lacking)
    whole = await posted_offer(client, act="draft")
    assert (await client.post(f"{whole}/post", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "Live" in words(await client.get(whole, as_=HEAD_OF_PARK))


async def test_who_says_not_this_year_is_left_alone_and_the_reason_stays_inside(client: Client) -> None:
    where = await posted_offer(
        client, appetite="no", ask_again_on="1/9/2027", appetite_reason="Three of us are new."
    )
    seen = words(await client.get(where, as_=HEAD_OF_PARK))
    assert "Not available this year. Ask again from 1 September 2027." in seen
    assert "Three of us are new." not in seen
    assert "Three of us are new." in words(await client.get(where, as_=LEAD_OF_NORTH))


async def test_pausing_an_offer_says_first_that_its_proposals_end(client: Client) -> None:
    """One click ended them, and the other schools were told; the page before it now says so."""
    where = await posted_offer(client)
    page = soup(await client.get(where, as_=HEAD_OF_MILL))
    assert page.select_one(f'main form[action="{where}/pause"]') is None
    assert page.select_one(f'main a[href="{where}/pause"]') is not None
    asked = words(await client.get(f"{where}/pause", as_=HEAD_OF_MILL))
    assert "Proposals that wait for an answer end, and we tell both schools." in asked
    assert (await client.post(f"{where}/pause", {}, as_=HEAD_OF_MILL)).status_code == 303
    assert "Paused" in words(await client.get(where, as_=HEAD_OF_MILL))
