"""A headteacher reads the best offers for a need without a plan, and sees only visible offers."""

import re
from uuid import UUID

from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.features.matching.builders import a_need, an_offer, posts
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
)


async def test_the_offers_that_suit_come_best_first(client: Client, database: Database) -> None:
    there = await posts(database)
    answer = await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL)
    page = words(answer)
    assert "Schools that could help" in page
    assert "2 offers of those that you may see suit this need" in page
    scores = [int(score) for score in re.findall(r"<strong>(\d+) of 1,000</strong>", answer.text)]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


async def test_the_points_of_each_score_add_up(client: Client, database: Database) -> None:
    there = await posts(database)
    text = (await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL)).text
    tables = re.findall(r"which add up to (\d+)</caption>(.*?)</table>", text, re.DOTALL)
    assert tables
    for score, table in tables:
        points = [int(one) for one in re.findall(r"numeric\">(\d+)</td>", table)]
        assert sum(points) == int(score)
        assert len(points) == 6


async def test_an_offer_that_is_not_shown_beyond_its_consortium_is_not_named(
    client: Client, database: Database
) -> None:
    there = await posts(database)
    async with database.transaction(NORTHSHIRE) as session:
        hidden = await an_offer(
            session,
            QUAY,
            days="5",
            title="Quietly at Quay",
            phases=["primary"],
            visible_to_authority_from=None,
        )
    page = words(await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL))
    assert "Quietly at Quay" not in page
    assert "2 offers of those that you may see" in page
    assert str(hidden) not in page
    assert "kept within a consortium" not in page
    seen_by_all = words(await client.get(f"/needs/{there['mill']}/shortlist", as_=OFFICER))
    assert "1 offer is kept within a consortium for now" in seen_by_all


async def test_it_is_for_the_school_and_those_who_look_after_it(client: Client, database: Database) -> None:
    there = await posts(database)
    where = f"/needs/{there['mill']}/shortlist"
    for reader in (HEAD_OF_MILL, LEAD_OF_NORTH, OFFICER):
        assert (await client.get(where, as_=reader)).status_code == 200
    for other in (HEAD_OF_PARK, HEAD_OF_QUAY, LEAD_OF_SOUTH, HEAD_OF_MILL.twin):
        assert (await client.get(where, as_=other)).status_code == 404


async def test_an_exclusion_rules_out_and_its_reason_stays_private(
    client: Client, database: Database
) -> None:
    there = await posts(database)
    answer = await client.post(
        "/exclusions", {"other": str(QUAY), "reason": "We share a chair of governors"}, as_=HEAD_OF_MILL
    )
    assert answer.status_code == 303, answer.text
    page = words(await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL))
    assert "Quay comes" not in page
    assert "reasons that are not shown here" in page
    assert "chair of governors" not in page


async def test_an_offer_is_proposed_from_the_shortlist(client: Client, database: Database) -> None:
    there = await posts(database)
    text = (await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL)).text
    [first, *_] = re.findall(r'href="(/needs/[^"]*/proposals/new\?offer=[^"]*)"', text)
    form = (await client.get(first, as_=HEAD_OF_MILL)).text
    picked = first.rpartition("=")[2]
    assert re.search(rf'value="{picked}"[^>]*checked', form) or re.search(
        rf'checked[^>]*value="{picked}"', form
    )


async def test_what_is_being_asked_is_said_and_not_listed_again(client: Client, database: Database) -> None:
    there = await posts(database)
    where = f"/needs/{there['mill']}"
    made = await client.post(
        "/proposals",
        {
            "begun_from": "need",
            "need_id": str(there["mill"]),
            "picked": str(there["lock_offer"]),
            "days": "2",
            "starts_on-day": "11",
            "starts_on-month": "1",
            "starts_on-year": "2027",
            "ends_on-day": "26",
            "ends_on-month": "3",
            "ends_on-year": "2027",
            "message": "",
        },
        as_=HEAD_OF_MILL,
    )
    assert made.status_code == 303, made.text
    page = words(await client.get(f"{where}/shortlist", as_=HEAD_OF_MILL))
    assert "Asked already, and yet to answer" in page
    assert "1 offer of those that you may see suits" in page


async def test_a_need_without_any_offer_says_so(client: Client, database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        alone = await a_need(session, MILL, theme="governance", title="Nobody for this")
        await an_offer(session, LOCK, title="Phonics only")
    page = words(await client.get(f"/needs/{alone}/shortlist", as_=HEAD_OF_MILL))
    assert "No offer suits just now" in page
    assert "not strong enough in this one" in page


async def test_a_need_that_was_withdrawn_is_not_looking(client: Client, database: Database) -> None:
    there = await posts(database)
    await withdrawn(database, there["mill"])
    page = words(await client.get(f"/needs/{there['mill']}/shortlist", as_=HEAD_OF_MILL))
    assert "not looking for a partner" in page


async def withdrawn(database: Database, need_id: UUID) -> None:
    """Withdraw a need."""
    from alongside.features.needs.models import WITHDRAW_NEED, Need
    from alongside.platform.workflow import apply_transition
    from tests.features.matching.builders import acting

    async with database.transaction(NORTHSHIRE) as session:
        need = await session.get_one(Need, (NORTHSHIRE, need_id))
        await apply_transition(session, acting(HEAD_OF_MILL), Need, need, WITHDRAW_NEED, note="met_elsewhere")
