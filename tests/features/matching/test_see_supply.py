"""Leads see unmet need, the effect of more days, and the workload of each school."""

import re
from unittest.mock import AsyncMock

import pytest

from alongside.features.authorities import calendar_of
from alongside.features.matching.capacity import pages
from alongside.platform.database.session import Database
from alongside.platform.school_calendar.calendar import terms_from
from alongside.platform.school_calendar.terms import term_key, term_words
from tests.client import Client, words
from tests.features.matching.builders import TODAY, a_need, a_plan, an_offer, ask, posts, work
from tests.personas import (
    HEAD_OF_MILL,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)


async def short_of_days(database: Database) -> None:
    """Two needs of two days each, and one offer of two days for up to two schools."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
        await a_need(session, PARK, days=2, title="Fluency at Park")
        await a_need(session, PARK, days=2, theme="governance", title="Chairing at Park")
        await an_offer(session, QUAY, days="2", engagements_max=3, title="Quay comes", phases=["primary"])


async def test_the_map_tells_gaps_by_what_they_are_for_want_of(client: Client, database: Database) -> None:
    await short_of_days(database)
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    assert "1 with no offer that suits" in page
    assert "1 because days or money ran out" in page
    file = (await client.get(f"{where}/capacity/gaps.csv", as_=LEAD_OF_NORTH)).text
    assert "Governance" in file


async def test_a_need_that_names_dates_has_its_place_in_their_terms(
    client: Client, database: Database
) -> None:
    calendar = calendar_of(NORTHSHIRE)
    coming = terms_from(calendar, TODAY)[1]
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, starts_on=coming.starts_on, ends_on=coming.ends_on)
        await a_need(session, PARK, days=2, urgency="planned", starts_on=None, ends_on=None)
        await a_need(session, PARK, days=2, urgency="now", theme="governance", starts_on=None)
        await an_offer(session, LOCK, days="6", phases=["primary"])
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    heads = page.partition("Theme and phase")[2].partition("1 need")[0]
    assert term_words(term_key(coming)) in heads
    assert term_words(term_key(terms_from(calendar, TODAY)[0])) in heads
    assert "No term named" in heads


async def test_more_days_of_an_offer_serve_one_more(client: Client, database: Database) -> None:
    """The reported effect, and the same question entered in the form."""
    await short_of_days(database)
    where = await a_plan(client, database)
    answer = await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH)
    page = words(answer)
    assert re.search(r"If .* gave 3 days more", page), page
    assert "1 more need is met." in page
    [offer] = re.findall(r'<option value="([0-9a-f-]{36})"', answer.text)
    notified = words(await client.get(f"{where}/capacity?offer={offer}&days=2", as_=LEAD_OF_NORTH))
    assert "with 2 more days: 1 more need is met. The whole plan was solved again for this." in notified
    assert "Fluency at Park" in notified
    less = words(await client.get(f"{where}/capacity?offer={offer}&days=1", as_=LEAD_OF_NORTH))
    assert "with 1 more day: Nothing changes." in less


async def test_one_more_leader_is_named_where_nobody_is(client: Client, database: Database) -> None:
    await short_of_days(database)
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    assert "One more leader for Governance" in page


async def test_a_question_that_cannot_be_is_answered_with_the_cure(
    client: Client, database: Database
) -> None:
    await posts(database)
    where = await a_plan(client, database)
    for question in ("offer=&days=2", "offer=nonsense&days=2", "offer=&days=-1", "days=999"):
        answer = await client.get(f"{where}/capacity?{question}", as_=LEAD_OF_NORTH)
        assert answer.status_code == 422, question
        assert "Choose an offer from the list" in words(answer)


async def test_loads_add_up_and_schools_of_others_are_not_named(client: Client, database: Database) -> None:
    """North’s lead sees own schools, and no sum of only two other schools. The core team sees all."""
    await posts(database)
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    loads = page.partition("Given and received The table shows the days that")[2]
    assert "Schools elsewhere, together" not in loads, "the sum of two would tell what one of them gives"
    assert "Quay" not in loads
    assert "Mill" in loads
    everything = words(await client.get(f"{where}/capacity", as_=OFFICER)).partition(
        "Given and received The table shows the days that"
    )[2]
    assert "Quay" in everything
    assert "Schools elsewhere" not in everything
    assert "three or more of them" in loads
    assert "three or more of them" not in everything, "nothing is summed for who sees all"
    file = (await client.get(f"{where}/capacity/loads.csv", as_=LEAD_OF_NORTH)).text
    assert "Quay" not in file
    assert "elsewhere" not in file
    file = (await client.get(f"{where}/capacity/loads.csv", as_=OFFICER)).text
    gives, gets = ([float(one) for one in column] for column in zip(*_days(file), strict=True))
    assert sum(gives) == sum(gets) == 4


async def test_given_and_received_has_pages(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan for a county names 150 schools, whose rows made the page larger than a page may be."""
    await posts(database)
    where = await a_plan(client, database)
    loads = [
        {"name": f"School {number}", "load": 4, "over": False, "gives": 2, "lately": 2, "gets": 0}
        for number in range(150)
    ]
    monkeypatch.setattr(pages, "_loads", AsyncMock(return_value=loads))
    first = await client.get(f"{where}/capacity", as_=OFFICER)
    assert len(first.content) < 60_000
    assert "School 24" in first.text and "School 25" not in first.text
    assert "1 to 25 of 150" in words(first)
    second = await client.get(f"{where}/capacity?loads=2", as_=OFFICER)
    assert "School 25" in second.text and "School 24" not in second.text


def _days(file: str) -> list[tuple[str, str]]:
    lines = [line.split(",") for line in file.replace('"', "").splitlines()[1:] if line]
    return [(line[-4], line[-3]) for line in lines]


async def test_a_full_load_is_marked_before_anybody_is_asked(client: Client, database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=20, title="A long way at Mill")
        await an_offer(session, PARK, days="20", title="Park comes", phases=["primary"])
    where = await a_plan(client, database)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    assert "A full load" in page.partition("Given and received The table shows the days that")[2]


async def test_it_is_for_those_who_lead(client: Client, database: Database) -> None:
    await posts(database)
    where = await a_plan(client, database)
    for address in (f"{where}/capacity", f"{where}/capacity/gaps.csv", f"{where}/capacity/loads.csv"):
        assert (await client.get(address, as_=OFFICER)).status_code == 200
        for other in (LEAD_OF_SOUTH, HEAD_OF_MILL, LEAD_OF_NORTH.twin):
            assert (await client.get(address, as_=other)).status_code == 404


async def test_a_plan_that_was_not_worked_out_has_nothing_to_show(client: Client, database: Database) -> None:
    where = await ask(client)
    page = words(await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH))
    assert "Nothing to show of this plan" in page
    await work(database)
    assert (await client.get(f"{where}/capacity", as_=LEAD_OF_NORTH)).status_code == 200
