"""A school's page shows exactly what each person may open of it: every section, with all of its pages."""

from typing import Any

import pytest

from tests.access.expected import (
    GIVER,
    HOMES,
    Names,
    agreements,
    escalations,
    found_entries,
    found_needs,
    found_offers,
    line_of,
    owner_of,
    visits,
)
from tests.access.reading import everything_at
from tests.access.rows import make_rows
from tests.access.test_every_row import answers_for
from tests.client import Client
from tests.databases import app_over, copy_of_template, drop
from tests.personas import (
    HEAD_OF_MILL,
    LEAD_OF_NORTH,
    MILL,
    OFFICER,
    PERSONAS,
    QUAY,
    SCHOOLS,
    SOUTHSHIRE,
    TWIN_HEAD_OF_MILL,
    TWIN_OFFICER,
    Persona,
)

READERS = (*PERSONAS, TWIN_HEAD_OF_MILL, TWIN_OFFICER)
KINDS = ("need-", "offer-", "agreement-", "entry-", "case-", "visit-")


def expected(who: Persona, place: str, names: Names) -> set[str]:
    """Return the records of the school of a place that a persona may open."""
    between = agreements(who, names) | visits(who, names)
    found = {one for one in between if place in (line_of(one), GIVER.get(line_of(one)))}
    titles = {f"need-of-{one}" for one in found if one.startswith("agreement-")}
    by_place = found_needs(who, names) | found_entries(who, names) | escalations(who, names)
    found |= titles | {one for one in by_place if line_of(one) == place}
    return found | {one for one in found_offers(who, names) if owner_of(one) == place}


@pytest.fixture(scope="module")
async def filled(database_server: Any) -> Any:
    """The app over a database with rows of every place, and their names."""
    copy = await copy_of_template(database_server)
    rows = await make_rows(copy)
    async with app_over(copy) as app:
        yield app, rows
    await drop(database_server, copy)


@pytest.mark.parametrize("who", READERS, ids=lambda who: f"{who.name} {who.authority_id}")
async def test_everything_that_may_be_opened_is_on_the_page_and_nothing_else(
    filled: Any, who: Persona
) -> None:
    app, rows = filled
    wrong = []
    for urn in SCHOOLS:
        place = HOMES[urn]
        if who.authority_id == SOUTHSHIRE:
            place = {"mill": "twin", "ford": "twin ford"}.get(place, "nowhere")
        text = (await everything_at(app, who, f"/schools/{urn}") or "").partition("<main")[2]
        seen = {one for one in rows.shown_in(text) if one.startswith(KINDS)}
        wanted = {one for one in expected(who, place, set(rows.names.values())) if one.startswith(KINDS)}
        people = [one for one in PERSONAS if one.school_urn == urn and who.authority_id == one.authority_id]
        for one in (one for one in people if one is not who):
            if (one.name in text) != (who.role.value != "delegate" and answers_for(who, one)):
                wrong.append(f"{urn}: {one.name} {'is' if one.name in text else 'is not'} named")
        if seen != wanted:
            wrong.append(f"{urn}: too much {sorted(seen - wanted)}, missing {sorted(wanted - seen)}")
    assert not wrong, "\n".join(wrong)


async def test_a_consortium_is_named_to_its_members_and_the_core_team(filled: Any) -> None:
    app, _ = filled
    client = Client(app)
    for who, urn, named in (
        (HEAD_OF_MILL, MILL, True),
        (HEAD_OF_MILL, QUAY, False),
        (LEAD_OF_NORTH, MILL, True),
        (LEAD_OF_NORTH, QUAY, False),
        (OFFICER, QUAY, True),
    ):
        text = (await client.get(f"/schools/{urn}", as_=who)).text
        assert ("section-consortia" in text) == named, (who.name, urn)
