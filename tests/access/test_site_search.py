"""The search over everything finds exactly the records that were agreed, for every role, and each can be opened."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.access.expected import (
    WITHOUT_POSTS,
    Names,
    agreements,
    escalations,
    found_entries,
    found_needs,
    found_offers,
    visits,
)
from tests.access.reading import everything_at
from tests.access.rows import make_rows
from tests.access.test_every_row import answers_for
from tests.client import Client
from tests.databases import app_over, copy_of_template, drop
from tests.personas import (
    PERSONAS,
    SCHOOLS,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
    TWINS,
    Persona,
)

READERS = (*PERSONAS, TWIN_HEAD_OF_MILL, TWIN_OFFICER)
FROM_WORDS = "ZQ"
"""A word in the title of every need, offer, agreement's need and entry."""


RULES: dict[str, Callable[[Persona, Names], set[str]]] = {
    "needs": found_needs,
    "offers": found_offers,
    "agreements": agreements,
    "escalations": escalations,
    "entries": found_entries,
    "visits": visits,
}


KINDS = {
    "needs": ("need-",),
    "offers": ("offer-",),
    "agreements": ("agreement-",),
    "escalations": ("case-",),
    "entries": ("entry-",),
    "visits": ("visit-",),
}
"""How the names of the rows of each kind begin."""


@pytest.fixture(scope="module")
async def filled(database_server: Any) -> Any:
    """The app over a database with rows of every place, and their names."""
    copy = await copy_of_template(database_server)
    rows = await make_rows(copy)
    async with app_over(copy) as app:
        yield app, rows
    await drop(database_server, copy)


async def _found(app: Any, who: Persona, kind: str) -> str:
    """All pages of the hits of one kind; escalations are found by the names of their schools."""
    words = {one.partition(" ")[0] for one in SCHOOLS.values()} if kind == "escalations" else {FROM_WORDS}
    texts = [
        await everything_at(app, who, f"/search?in={kind}&q={one}", "/search") or "" for one in sorted(words)
    ]
    return "\n".join(text.partition("<main")[2] for text in texts)


@pytest.mark.parametrize("who", READERS, ids=lambda who: f"{who.name} {who.authority_id}")
async def test_everything_that_may_be_opened_is_found_and_nothing_else(filled: Any, who: Persona) -> None:
    app, rows = filled
    wrong = []
    for kind, rule in RULES.items():
        named = KINDS[kind]
        seen = {one for one in rows.shown_in(await _found(app, who, kind)) if one.startswith(named)}
        wanted = {one for one in rule(who, set(rows.names.values())) if one.startswith(named)}
        if seen != wanted:
            wrong.append(f"{kind}: too much {sorted(seen - wanted)}, missing {sorted(wanted - seen)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", READERS, ids=lambda who: f"{who.name} {who.authority_id}")
async def test_every_hit_leads_to_a_page(filled: Any, who: Persona) -> None:
    app, _ = filled
    client = Client(app)
    text = (await client.get(f"/search?q={FROM_WORDS}", as_=who)).text.partition("<main")[2]
    paths = re.findall(r'alongside-card"><a class="govuk-link" href="([^"]+)"', text)
    assert paths or who.role.value in WITHOUT_POSTS
    for path in paths:
        assert (await client.get(path, as_=who)).status_code == 200, path


async def test_people_are_found_as_far_as_somebody_answers_for_them(filled: Any) -> None:
    app, _ = filled
    client = Client(app)
    for who in PERSONAS:
        for other in (*PERSONAS, *TWINS[:1]):
            text = (await client.get(f"/search?in=people&q={other.name.split()[0]}", as_=who)).text
            listed = other.name in text.partition("<main")[2].partition("alongside-list")[2]
            may = who.role.value != "delegate" and answers_for(who, other)
            assert listed == may, (who.name, other.name)


@pytest.mark.parametrize(
    ("typed", "found"), [("st marys", True), ("ST. MARY’S", True), ("990001", True), ("nothing such", False)]
)
async def test_a_school_is_found_as_people_type_it(filled: Any, typed: str, found: bool) -> None:
    """By name without its apostrophe, in capitals, and by URN."""
    app, _ = filled
    urn, name = next(iter(SCHOOLS.items()))
    typed = str(urn) if typed == "990001" else name.upper() if "st" in typed.lower() else typed
    text = (await Client(app).get(f"/search?q={typed}", as_=PERSONAS[0])).text
    assert (f"/schools/{urn}" in text) == found
    assert ("Nothing found" in text) != found


@pytest.mark.parametrize(
    "address", ["/search", "/search?q=", "/search?q=%25&in=needs&page=zz", "/search?q=a&in=nothing"]
)
async def test_odd_addresses_are_answered(filled: Any, address: str) -> None:
    app, _ = filled
    assert (await Client(app).get(address, as_=PERSONAS[0])).status_code == 200
