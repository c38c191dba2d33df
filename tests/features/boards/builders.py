"""Constitutes the board of the tests and fills its seats over HTTP."""

from datetime import date
from uuid import UUID

from bs4 import Tag

from tests.client import Client, soup
from tests.databases import APP_DAY
from tests.personas import CLERK, Persona

BOARD = "/boards/board"
LATER = APP_DAY.replace(year=APP_DAY.year + 3)


def day_of(name: str, day: date) -> dict[str, str]:
    """Return the three boxes of a date."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


async def constituted(client: Client, on: date = APP_DAY) -> None:
    """Constitute the board on a day, by default today."""
    answer = await client.post(f"{BOARD}/constitution", day_of("on", on), as_=CLERK)
    assert answer.status_code == 303, answer.text


async def seat(client: Client, group: str, number: int = 1) -> str:
    """Return the address of a seat."""
    page = soup(await client.get(BOARD, as_=CLERK))
    for table in page.select("main table"):
        caption = table.select_one("caption")
        if isinstance(caption, Tag) and caption.get_text() == group:
            return str(table.select("tbody a")[number - 1]["href"])
    raise AssertionError(f"no seats of {group}")


def holder(one: Persona) -> str:
    """Return the choice of a person, for their school if they have one."""
    return f"{one.person_id}:{one.school_urn or ''}"


async def fill(
    client: Client, address: str, one: Persona, begins: date = APP_DAY, ends: date = LATER, who: str = ""
) -> int:
    """Fill a seat; returns the status."""
    form = (
        {"holder": who or holder(one), "by": "Heads"} | day_of("from_on", begins) | day_of("until_on", ends)
    )
    return (await client.post(f"{address}/appointment", form, as_=CLERK)).status_code


def id_of(address: str) -> UUID:
    """Return the id in the address of a seat."""
    return UUID(address.rpartition("/")[2])
