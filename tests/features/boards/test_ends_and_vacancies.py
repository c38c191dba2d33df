"""Vacancies and terms that end soon reach those who act: first pages and calendars."""

from datetime import timedelta

from tests.client import Client, soup, words
from tests.databases import APP_DAY
from tests.features.boards.builders import constituted, fill, seat
from tests.personas import CLERK, HEAD_OF_MILL, HEAD_OF_SERVICE, MEMBER_OF_BOARD, OFFICER, Persona

SOON = APP_DAY + timedelta(days=30)


async def test_vacancies_and_ends_are_work_of_the_head_of_service_and_the_clerk(client: Client) -> None:
    home = words(await client.get("/consortium", as_=HEAD_OF_SERVICE))
    assert "Constitute a board" in home and "Improvement Board" in home
    assert "Constitute a board" not in words(await client.get("/consortium", as_=OFFICER))
    await constituted(client)
    assert await fill(client, await seat(client, "Independent members"), MEMBER_OF_BOARD, ends=SOON) == 303
    home = words(await client.get("/consortium", as_=HEAD_OF_SERVICE))
    assert "Fill 6 vacant seats" in home and "Elect or appoint for the next term" in home
    first = words(await client.get("/boards", as_=CLERK))
    assert "Fill 6 vacant seats: Improvement Board" in first and "Record the chair" in first
    assert "Fill" not in words(await client.get("/boards", as_=HEAD_OF_MILL))


async def test_the_end_of_a_term_is_in_the_calendar_of_its_holder_and_the_clerk(client: Client) -> None:
    await constituted(client)
    assert await fill(client, await seat(client, "Independent members"), MEMBER_OF_BOARD, ends=SOON) == 303
    assert await fill(client, await seat(client, "Primary schools"), HEAD_OF_MILL, ends=SOON) == 303
    own = [await feed(client, one) for one in (MEMBER_OF_BOARD, HEAD_OF_MILL, CLERK, OFFICER)]
    assert [one.count("Your term ends: Improvement Board") for one in own] == [1, 1, 0, 0]
    assert [one.count("A term ends: Improvement Board") for one in own] == [0, 0, 1, 0]


async def feed(client: Client, one: Persona) -> str:
    """Return the calendar of a person as a calendar program reads it."""
    assert (await client.post("/account/calendar/link", {}, as_=one)).status_code == 303
    shown = soup(await client.get("/account/calendar", as_=one)).select_one("input#link")
    assert shown is not None
    address = "/" + str(shown["value"]).split("/", 3)[3]
    text = (await client.http.get(address, headers={"host": "northshire.localhost"})).text
    return text.replace("\r\n ", "")
