"""The whole workflow over HTTP, from proposal to closing, with its errors."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest

from alongside.platform.database.session import Database
from alongside.platform.notifications.actions import NOTHING_TO_DO
from tests.client import Client, soup, words
from tests.features.agreements.builders import (
    a_pair,
    a_proposal,
    a_running_agreement,
    acting,
    an_offer,
    books_add_up,
    look,
)
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    QUAY,
    TWIN_HEAD_OF_MILL,
    Persona,
)

TERMS = {"days": "2", "starts_on": "11/1/2027", "ends_on": "19/3/2027", "message": "Glad to help"}
VISIT = {
    "visit_on": "24/11/2026",
    "days": "0.5",
    "focus": "Reading",
    "done": "Two lessons seen",
    "act": "record",
}


@pytest.fixture(autouse=True)
def noon(client: Client) -> None:
    """Set the clock to noon on 24 November 2026, a school day."""
    client.app.state.app_context.now = lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)


async def does(client: Client, one: Persona, path: str, form: Mapping[str, str] | None = None) -> str:
    """Send a form that must succeed; returns the redirect's path."""
    answer = await client.post(path, form, one)
    assert answer.status_code == 303, (answer.status_code, words(answer))
    location: str = answer.headers["location"]
    shown = await client.get(location, one)
    assert shown.status_code == 200, words(shown)
    return location


def hidden(response: httpx.Response, where: str, name: str = "version") -> str:
    """A hidden value of the form whose action ends with a path."""
    form = soup(response).select_one(f"form[action$='{where}']")
    assert form is not None, where
    found = form.select_one(f"input[name='{name}']")
    assert found is not None
    return str(found["value"])


async def test_from_need_to_closing(client: Client, database: Database) -> None:
    """Propose, counter-propose, accept, add an aim, sign, visit, review, close: each page links to the next."""
    need_id, offer_id = await a_pair(database)
    form = await client.get(f"/needs/{need_id}/proposals/new", HEAD_OF_PARK)
    assert "Same theme, 6 days left, 0.6 miles away, confirmed today" in words(form)
    sent = TERMS | {"begun_from": "need", "need_id": str(need_id), "picked": str(offer_id)}
    proposal = await does(client, HEAD_OF_PARK, "/proposals", sent)
    waiting = await client.get("/proposals", HEAD_OF_MILL)
    assert "Waiting for Mill Primary School until" in words(waiting)

    page = await client.get(f"{proposal}/counter-proposal", HEAD_OF_MILL)
    other = TERMS | {"days": "1.5", "version": hidden(page, "/counter-proposal")}
    await does(client, HEAD_OF_MILL, f"{proposal}/counter-proposal", other)
    page = await client.get(proposal, HEAD_OF_PARK)
    agreement = await does(
        client, HEAD_OF_PARK, f"{proposal}/acceptance", {"version": hidden(page, "/acceptance")}
    )
    assert agreement.startswith("/agreements/")

    aim = {"aim": "Fluent readers", "measure": "Words a minute", "baseline": "55", "target": "90"}
    await does(client, DELEGATE_OF_MILL, f"{agreement}/aims", aim)
    for head in (HEAD_OF_MILL, HEAD_OF_PARK):
        page = await client.get(agreement, head)
        await does(
            client,
            head,
            f"{agreement}/signature",
            {"version": hidden(await client.get(f"{agreement}/signature", head), "/signature")},
        )
    await does(client, HEAD_OF_PARK, f"{agreement}/visits", VISIT)
    await does(client, HEAD_OF_PARK, f"{agreement}/visits", VISIT | {"visit_on": "1/12/2026", "act": "plan"})
    assert "0.5 days used of 1.5 days" in words(await client.get(agreement, LEAD_OF_NORTH))

    for head, more in ((HEAD_OF_PARK, {}), (HEAD_OF_MILL, {"outcome": "met"})):
        for kind in ("half-way", "closing"):
            review = soup(await client.get(f"{agreement}/reviews/{kind}", head))
            names = {
                str(one["name"])
                for one in review.select("[name^=rating_], [name^=reason_], [name^=reached_]")
            }
            said = {name: "green" if name.startswith("rating") else "Tests show it" for name in names}
            said |= {"changed": "Fluency rose", "again": "yes"} | (more if kind == "closing" else {})
            await does(client, head, f"{agreement}/reviews/{kind}", said)
    seen = words(await client.get(agreement, HEAD_OF_MILL))
    assert "Closed" in seen
    assert "Pat Park recorded a visit" in seen
    assert (await look(database, "need", need_id)).state == "met"
    await books_add_up(database)
    for email in await look(database, "email_outbox"):
        asks = re.search(r" by (\w+ )?\d{1,2} \w+ \d{4}", email.body)
        assert asks or email.body.endswith(NOTHING_TO_DO), email.body


async def test_the_last_yes_sent_a_hundred_times_makes_one_agreement(
    client: Client, database: Database
) -> None:
    """Repeated requests have one effect and get the same answer each time."""
    proposal_id = await a_proposal(database)
    answers = [
        await client.post(
            f"/proposals/{proposal_id}/acceptance", {"version": "1"}, HEAD_OF_MILL, key="k" * 32
        )
        for _ in range(100)
    ]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {
        (303, answers[0].headers["location"])
    }
    assert len(await look(database, "support_agreement")) == 1


async def test_an_illegal_step_answers_409_with_the_present_state(client: Client, database: Database) -> None:
    """Declining a proposal after accepting it."""
    proposal_id = await a_proposal(database)
    await does(client, HEAD_OF_MILL, f"/proposals/{proposal_id}/acceptance", {"version": "1"})
    answer = await client.post(
        f"/proposals/{proposal_id}/refusal", {"reason": "other", "words": "No"}, HEAD_OF_MILL
    )
    assert answer.status_code == 409
    assert "agreed" in words(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": "many"}, "Enter days as a whole or half number"),
        ({"days": "0"}, "Enter days as a whole or half number"),
        ({"starts_on": "32/1/2027"}, "Enter the first day"),
        ({"ends_on": "1/1/2027"}, "the same as or after the start"),
        ({"starts_on": "1/1/2020", "ends_on": "2/1/2020"}, "today or later"),
        ({"picked": ""}, "Choose one of the list"),
        ({"picked": "nothing"}, "Choose one of the list"),
        ({"message": "x" * 2001}, "2,000 characters or fewer"),
    ],
)
async def test_a_mistake_says_its_cure_and_keeps_what_was_typed(
    client: Client, database: Database, change: dict[str, str], said: str
) -> None:
    """422 with an error summary, and the message is still in the form."""
    need_id, offer_id = await a_pair(database)
    sent = TERMS | {"begun_from": "need", "need_id": str(need_id), "picked": str(offer_id)} | change
    answer = await client.post("/proposals", sent, HEAD_OF_MILL)
    assert answer.status_code == 422
    page = soup(answer)
    assert said in page.select_one(".govuk-error-summary").get_text()  # type: ignore[union-attr]
    assert page.title is not None
    assert page.title.get_text().startswith("Error")
    assert page.select_one("textarea[name=message]").get_text().strip() == sent["message"]  # type: ignore[union-attr]


async def test_a_refusal_without_a_reason_is_sent_back(client: Client, database: Database) -> None:
    """The form comes back with the reasons and the typed text."""
    proposal_id = await a_proposal(database)
    form = await client.get(f"/proposals/{proposal_id}/refusal", HEAD_OF_MILL)
    assert soup(form).select("[name=reason]")
    for sent, said in (({"words": "Hm"}, "Select a reason"), ({"reason": "other"}, "Enter details")):
        answer = await client.post(f"/proposals/{proposal_id}/refusal", sent, HEAD_OF_MILL)
        assert answer.status_code == 422
        assert said in words(answer)


async def test_a_visit_without_words_or_in_the_future_is_sent_back(
    client: Client, database: Database
) -> None:
    """More days than are left are refused with a message."""
    agreement = f"/agreements/{await a_running_agreement(database)}"
    for change, status, said in (
        ({"done": ""}, 422, "Say what was done"),
        ({"visit_on": "25/11/2026"}, 422, "must be today or earlier"),
        ({"days": "21"}, 422, "up to 20"),
        ({"days": "2.5"}, 409, "2 days of the 2 days agreed can still be recorded"),
    ):
        answer = await client.post(f"{agreement}/visits", VISIT | change, HEAD_OF_PARK)
        assert answer.status_code == status, change
        assert said in words(answer)


async def test_a_change_is_proposed_and_agreed_on_the_page(client: Client, database: Database) -> None:
    """The form shows the current agreement; the other head finds the amendment on its page."""
    agreement = f"/agreements/{await a_running_agreement(database)}"
    form = soup(await client.get(f"{agreement}/amendments/new", HEAD_OF_MILL))
    sent = {str(one["name"]): str(one.get("value") or "") for one in form.select("main input[name]")}
    sent |= {str(one["name"]): one.get_text().strip() for one in form.select("main textarea[name]")}
    sent = {name: value for name, value in sent.items() if name not in ("csrf_token", "idempotency_key")}
    await does(
        client, HEAD_OF_MILL, f"{agreement}/amendments", sent | {"days": "3", "reason": "It goes well"}
    )
    own = await client.get(agreement, HEAD_OF_MILL)
    assert "Your school has proposed a change" in words(own)
    assert "/amendments/new" not in own.text, "a second change would be refused after it was typed"
    again = await client.get(f"{agreement}/amendments/new", HEAD_OF_MILL)
    assert "A change is already proposed" in words(again)
    refused = await client.post(
        f"{agreement}/amendments",
        sent | {"days": "4", "reason": "It goes well, and we want more"},
        HEAD_OF_MILL,
    )
    assert refused.status_code == 409
    kept = soup(refused).select("main label")
    assert kept and not any(re.search("[0-9a-f]{32}", one.get_text()) for one in kept)
    page = await client.get(agreement, HEAD_OF_PARK)
    assert "Nothing changes until you agree" in words(page)
    found = re.search(r"/amendments/[0-9a-f-]+/agreement", page.text)
    assert found
    await does(
        client,
        HEAD_OF_PARK,
        found.group(0),
        {"version": hidden(await client.get(found.group(0), HEAD_OF_PARK), "/agreement")},
    )
    assert "0 days used of 3 days" in words(await client.get(agreement, HEAD_OF_PARK))


async def test_two_who_correct_one_record_see_both_texts(client: Client, database: Database) -> None:
    """409 with both versions; the later text is still in the form."""
    agreement = f"/agreements/{await a_running_agreement(database)}"
    await does(client, HEAD_OF_PARK, f"{agreement}/visits", VISIT)
    (visit,) = await look(database, "visit")
    await does(client, HEAD_OF_PARK, f"/visits/{visit.id}/record", VISIT | {"done": "Three", "version": "1"})
    answer = await client.post(
        f"/visits/{visit.id}/record", VISIT | {"done": "Four lessons", "version": "1"}, HEAD_OF_PARK
    )
    assert answer.status_code == 409
    assert "Four lessons" in words(answer)
    assert "Three" in words(answer)
    assert soup(answer).select_one("textarea[name=done]").get_text().strip() == "Four lessons"  # type: ignore[union-attr]


async def test_what_is_not_yours_is_not_there(client: Client, database: Database) -> None:
    """Another school, another consortium and another authority get the same 404 as for an unknown id."""
    agreement_id = await a_running_agreement(database)
    row = await look(database, "support_agreement", agreement_id)
    await does(client, HEAD_OF_MILL, f"/agreements/{agreement_id}/visits", VISIT)
    (visit,) = await look(database, "visit")
    nowhere = await client.get("/agreements/00000000-0000-7000-8000-000000000999", HEAD_OF_QUAY)
    assert nowhere.status_code == 404
    for path in (
        f"/agreements/{agreement_id}",
        f"/proposals/{row.proposal_id}",
        f"/visits/{visit.id}/record",
        f"/agreements/{agreement_id}/amendments/new",
        f"/agreements/{agreement_id}/early-end",
        f"/agreements/{agreement_id}/reviews/closing",
        f"/agreements/{agreement_id}/aims/new",
    ):
        assert (await client.get(path, HEAD_OF_MILL)).status_code == 200, path
        for other in (HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
            answer = await client.get(path, other)
            assert answer.status_code == 404, (path, other.name)
            assert "Mill" not in soup(answer).select_one("main").get_text()  # type: ignore[union-attr]
    for other in (HEAD_OF_QUAY, TWIN_HEAD_OF_MILL):
        assert "No agreements here" in words(await client.get("/agreements", other))


async def test_leaders_read_and_propose_but_do_not_answer(client: Client, database: Database) -> None:
    """A lead's page has no actions of the schools; the officer sees everything."""
    need_id, offer_id = await a_pair(database)
    form = await client.get(f"/needs/{need_id}/proposals/new", LEAD_OF_NORTH)
    assert "Both schools are asked" in words(form)
    sent = TERMS | {"begun_from": "offer", "offer_id": str(offer_id), "picked": str(need_id)}
    proposal = await does(client, LEAD_OF_NORTH, "/proposals", sent)
    page = await client.get(proposal, LEAD_OF_NORTH)
    assert "Withdraw the proposal" in words(page)
    assert not soup(page).select("form[action$='/acceptance']")
    assert (await client.post(f"{proposal}/acceptance", {"version": "1"}, LEAD_OF_NORTH)).status_code == 404
    assert (await client.get(proposal, OFFICER)).status_code == 200


async def test_an_offer_of_another_consortium_that_is_not_shown_cannot_be_picked(
    client: Client, database: Database
) -> None:
    """A request with its id gets “not on the list”."""
    need_id, _ = await a_pair(database)
    async with database.transaction(NORTHSHIRE) as session:
        secret = await an_offer(session, QUAY, visible_to_authority_from=None)
    sent = TERMS | {"begun_from": "need", "need_id": str(need_id), "picked": str(secret)}
    assert (await client.post("/proposals", sent, HEAD_OF_MILL)).status_code == 422
    assert await look(database, "proposal") == []
    assert acting(HEAD_OF_MILL).school_urn
