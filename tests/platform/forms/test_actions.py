"""Declared actions over HTTP: the form, validation, edit conflicts, scopes, and the buttons on a record's page."""

from datetime import date

import pytest

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import anonymous
from alongside.platform.forms.action import Action, Resource, buttons_for
from alongside.platform.forms.button_action import ButtonAction
from tests.client import Client, soup, words
from tests.features.agreements.builders import a_proposal, a_running_agreement
from tests.features.directory.form_values import checked_entry, sent_entry, verified_entry
from tests.features.needs.form_values import form_at, posted_need
from tests.features.offers.form_values import posted_offer
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    TWIN_HEAD_OF_MILL,
    Persona,
)


async def buttons_on(client: Client, where: str, as_: Persona) -> list[str]:
    """The texts of the buttons that a person has on a record's page."""
    page = soup(await client.get(where, as_=as_))
    return [one.get_text(strip=True) for one in page.select(".alongside-acts a, .alongside-acts button")]


async def test_the_form_names_the_record_and_leads_back_to_it(client: Client) -> None:
    where = await verified_entry(client)
    page = soup(await client.get(f"{where}/retirement", as_=LEAD_OF_NORTH))
    assert page.h1 is not None and "Ten minutes of reading aloud" in page.h1.get_text()
    assert page.select_one(f'a.govuk-back-link[href="{where}"]')
    warning = page.select_one(f'form[action="{where}/retirement"] button.govuk-button--warning')
    assert warning is not None
    assert "govuk-button--secondary" not in warning["class"], "white text on the white of a secondary button"


async def test_a_form_without_a_reason_is_refused_with_the_error_at_its_field(client: Client) -> None:
    where = await verified_entry(client)
    refused = await client.post(f"{where}/retirement", {"note": " … "}, as_=LEAD_OF_NORTH)
    assert refused.status_code == 422
    page = soup(refused)
    assert page.select_one('.govuk-error-summary a[href="#note"]') and page.select_one("#note-error")
    assert (await client.post(f"{where}/retirement", {"note": "Out of date"}, as_=LEAD_OF_NORTH)).headers[
        "location"
    ] == "/directory/entries"


async def test_a_refused_form_keeps_what_was_typed(client: Client) -> None:
    where = await checked_entry(client)
    typed = await form_at(client, f"{where}/verification", LEAD_OF_NORTH)
    typed |= {"level": "3", "note": "I saw the library's own figures."}
    refused = await client.post(f"{where}/verification", typed, as_=LEAD_OF_NORTH)
    assert refused.status_code == 422
    page = soup(refused)
    note, version = page.select_one("#note"), page.select_one('input[name="version"]')
    assert note is not None and note.get_text(strip=True) == "I saw the library's own figures."
    assert version is not None and version["value"] == typed["version"]


async def test_an_error_of_the_action_itself_is_shown_at_its_field(client: Client) -> None:
    where = await posted_offer(client)
    typed = await form_at(client, f"{where}/extension") | {"days_total": "0"}
    refused = await client.post(f"{where}/extension", typed, as_=HEAD_OF_MILL)
    assert refused.status_code == 422 and soup(refused).select_one("#days_total-error")


async def test_an_edit_conflict_shows_both_texts_and_the_next_attempt_replaces_the_other(
    client: Client,
) -> None:
    where = await posted_offer(client)
    mine = await form_at(client, f"{where}/extension")
    theirs = await form_at(client, f"{where}/extension")
    first = await client.post(f"{where}/extension", theirs | {"days_total": "21"}, as_=HEAD_OF_MILL)
    assert first.status_code == 303
    late = await client.post(f"{where}/extension", mine | {"days_total": "34"}, as_=HEAD_OF_MILL)
    assert late.status_code == 409
    said = words(late)
    assert "Your version" in said and "21" in said and "34" in said
    assert "of 21 days are promised" in said, "the record is the current one"
    page = soup(late)
    kept = {
        str(one["name"]): str(one.get("value", "")) for one in page.select("form input[name]") if one["name"]
    }
    assert kept["days_total"] == "34" and kept["version"] != mine["version"]
    again = await client.post(f"{where}/extension", kept, as_=HEAD_OF_MILL)
    assert again.status_code == 303


async def test_a_form_with_a_version_is_refused_without_one(client: Client) -> None:
    where = await posted_offer(client)
    typed = await form_at(client, f"{where}/extension") | {"days_total": "30"}
    del typed["version"]
    refused = await client.post(f"{where}/extension", typed, as_=HEAD_OF_MILL)
    assert refused.status_code == 422 and "Reload the page" in words(refused)


@pytest.mark.parametrize("one", [HEAD_OF_QUAY, LEAD_OF_SOUTH, TWIN_HEAD_OF_MILL])
async def test_a_record_out_of_scope_looks_as_if_it_did_not_exist(client: Client, one: Persona) -> None:
    where = await verified_entry(client)
    for noun in ("return", "retirement", "verification", "check", "edit", "archive"):
        assert (await client.get(f"{where}/{noun}", as_=one)).status_code == 404, noun
        assert (await client.post(f"{where}/{noun}", {"note": "x"}, as_=one)).status_code == 404, noun
    for noun in ("submission", "retraction", "restoration"):
        assert (await client.post(f"{where}/{noun}", as_=one)).status_code == 404, noun


async def test_a_button_is_shown_where_the_person_may_and_the_state_allows_it(client: Client) -> None:
    where = await sent_entry(client)
    assert await buttons_on(client, where, HEAD_OF_MILL) == ["Withdraw from checking", "Archive"]
    assert await buttons_on(client, where, HEAD_OF_PARK) == ["Check this entry"]
    assert await buttons_on(client, where, LEAD_OF_NORTH) == ["Check this entry", "Return this entry"]
    await client.post(f"{where}/check", {"fit": "yes", "note": "Clear."}, as_=HEAD_OF_PARK)
    assert await buttons_on(client, where, HEAD_OF_PARK) == []
    assert await buttons_on(client, where, LEAD_OF_NORTH) == ["Verify this entry", "Return this entry"]


async def test_what_a_button_hides_is_refused_with_the_reason(client: Client) -> None:
    where = await sent_entry(client)
    assert "Check this entry" not in await buttons_on(client, where, HEAD_OF_MILL)
    for refused in (
        await client.get(f"{where}/check", as_=HEAD_OF_MILL),
        await client.post(f"{where}/check", {"fit": "yes", "note": "Clear."}, as_=HEAD_OF_MILL),
    ):
        assert refused.status_code == 409 and "Someone from another school" in words(refused)


async def test_every_button_that_opens_a_form_leads_to_a_page(client: Client) -> None:
    """A renamed URL would leave a button that leads nowhere."""
    database = client.app.state.app_context.database
    pages = [await verified_entry(client), await posted_need(client), await posted_offer(client)]
    pages += [
        f"/proposals/{await a_proposal(database)}",
        f"/agreements/{await a_running_agreement(database)}",
    ]
    for where in pages:
        links = soup(await client.get(where, as_=HEAD_OF_MILL)).select(".alongside-acts a[href]")
        assert links, where
        for link in links:
            answer = await client.get(str(link["href"]), as_=HEAD_OF_MILL)
            assert answer.status_code == 200, link["href"]


async def test_a_button_sends_an_action_once(client: Client) -> None:
    where = await sent_entry(client)
    first = await client.post(f"{where}/retraction", as_=HEAD_OF_MILL, key="k" * 20)
    second = await client.post(f"{where}/retraction", as_=HEAD_OF_MILL, key="k" * 20)
    assert (first.status_code, second.status_code) == (303, 303)
    assert (await client.post(f"{where}/retraction", as_=HEAD_OF_MILL)).status_code == 409


def test_an_action_that_explains_shows_its_reason_instead_of_the_button() -> None:
    async def load(*_: object) -> int:
        return 1

    async def run(_: object) -> None:
        return None

    number: Resource[int] = Resource(
        name="number", path="/numbers/{n:int}", load=load, url=lambda n: f"/numbers/{n}", may=lambda *_: True
    )

    def action(explains: bool) -> Action[int]:
        return ButtonAction(
            name="double",
            resource=number,
            slug="double",
            permission=Permission.VIEW_OWN_HOME,
            label="Double",
            refusal=lambda _, n: "Odd numbers only." if n % 2 == 0 else None,
            explains=explains,
            run=run,
        )

    person = anonymous(HEAD_OF_MILL.authority_id, date(2026, 11, 27))
    assert [one.refusal for one in buttons_for(person, 2, [action(True)])] == ["Odd numbers only."]
    assert buttons_for(person, 2, [action(False)]) == []
    assert [one.url for one in buttons_for(person, 3, [action(False)])] == ["/numbers/3/double"]
