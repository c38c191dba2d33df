"""Visibility of each field of a plan for each persona, above all of the names of other schools.

North’s plan: Mill’s best partner, Quay, is full with Park, so Mill gets Lock. Mill has excluded Park, and the
core team has suspended Ford. Another offer of Ford’s is visible to its consortium only.
"""

from typing import Any

import pytest

from alongside.features.matching.exclusions.actions import exclude_school
from alongside.features.matching.suspensions.actions import suspend_supplier
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.matching.builders import a_need, a_plan, acting, an_offer, ask, rows, work
from tests.personas import (
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    FORD,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
    Persona,
)

NOBODY: frozenset[str] = frozenset()
FIELDS = {
    "own partner": "Lock Primary School",
    "the better one": "Quay Primary School, Quay comes",
    "who holds it": "Park Primary School, Fluency at Park",
    "an offer kept within": "Ford is kept",
    "a rule kept private": "ruled out by one of the two schools",
    "that something is private": "set aside for reasons that are not shown here",
    "an unfit school as such": "not in a position to support others",
}
LEADS = frozenset({"own partner", "the better one", "who holds it", "that something is private"})
SCHOOL = frozenset({"own partner", "the better one", "that something is private"})
CORE = frozenset(
    {"own partner", "the better one", "who holds it", "a rule kept private", "an unfit school as such"}
)
CELLS: list[tuple[Persona, frozenset[str]]] = [
    (LEAD_OF_NORTH, LEADS),
    (DEPUTY_OF_NORTH, LEADS),
    (OFFICER, CORE),
    (HEAD_OF_MILL, SCHOOL),
    (DELEGATE_OF_MILL, SCHOOL),
    (HEAD_OF_PARK, NOBODY),
    (HEAD_OF_QUAY, NOBODY),
    (LEAD_OF_SOUTH, NOBODY),
    (LEAD_OF_NORTH.twin, NOBODY),
    (HEAD_OF_MILL.twin, NOBODY),
    (OFFICER.twin, NOBODY),
]


@pytest.fixture(scope="module")
async def notified(module_client: Client, module_database: Any) -> Any:
    """The sent plan, and the path of Mill’s assignment."""
    from tests.databases import open_database

    database = open_database(module_database)
    await setting(database)
    where = await a_plan(module_client, database)
    page = soup(await module_client.get(f"{where}/send", as_=LEAD_OF_NORTH))
    needs = [str(one["value"]) for one in page.select("input[name=need]")]
    await module_client.post(f"{where}/send", {"need": needs}, as_=LEAD_OF_NORTH)
    [mill] = await rows(database, "SELECT id FROM need WHERE title = 'Fluency at Mill'")
    yield where, mill.id
    await database.close()


async def setting(database: Database) -> None:
    """Quay is nearer to Mill than Lock, but has days for one need, and Park can have no other partner."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, title="Fluency at Mill")
        await a_need(session, PARK, days=2, title="Fluency at Park")
        await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"])
        await an_offer(session, LOCK, days="2", title="Lock comes", phases=["primary"])
        await an_offer(session, PARK, days="6", title="Park comes", phases=["primary"])
        await an_offer(session, FORD, days="6", title="Ford is kept", visible_to_authority_from=None)
        await an_offer(session, FORD, days="6", title="Ford is out", phases=["primary"])
        await exclude_school(session, acting(HEAD_OF_MILL), PARK, "")
        await exclude_school(session, acting(HEAD_OF_PARK), LOCK, "")
        await suspend_supplier(session, acting(OFFICER), FORD, "In intervention", None)


@pytest.mark.parametrize(
    ("person", "seen"), CELLS, ids=[f"{one.name} {one.authority_id}" for one, _ in CELLS]
)
async def test_each_field_is_shown_to_those_who_may_see_it_and_to_nobody_else(
    notified: Any, module_client: Client, person: Persona, seen: frozenset[str]
) -> None:
    """On the plan and need pages that this persona can open, and in the CSV."""
    where, need = notified
    pages = [
        f"{where}/needs/{need}",
        f"/needs/{need}/why",
        where,
        f"{where}/assignments.csv",
        f"{where}/comparison",
    ]
    shown = ""
    for path in pages:
        answer = await module_client.get(path, as_=person)
        if answer.status_code == 200:
            shown += answer.text if path.endswith("csv") else words(answer)
    assert {name for name, text_ in FIELDS.items() if text_ in shown} == seen


async def test_the_sentence_for_a_need_without_partner_tells_leads_nothing_private(
    client: Client, database: Database
) -> None:
    """Only Park could help Mill, and Mill has excluded it: the lead does not see that, the core team does."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, title="Fluency at Mill")
        await an_offer(session, PARK, days="6", title="Park comes", phases=["primary"])
        await exclude_school(session, acting(HEAD_OF_MILL), PARK, "We fell out")
    where = await ask(client)
    await work(database)
    for path in (where, f"{where}/assignments.csv"):
        lead, core = [(await client.get(path, as_=one)).text for one in (LEAD_OF_NORTH, OFFICER)]
        assert "ruled out by one of the two schools" not in lead
        assert "set aside for reasons that are not shown here" in lead
        assert "ruled out by one of the two schools" in core
        assert "We fell out" not in lead + core
