"""Exclusions and suspensions rule out matches and are visible only to the people concerned."""

from datetime import timedelta
from typing import Any

import pytest

from alongside.features.matching.problem_input.builder import build_instance
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.matching.builders import TODAY, a_need, a_plan, an_offer, partners, posts, rows
from tests.personas import (
    DELEGATE_OF_MILL,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    QUAY,
)


async def lifting(client: Client, path: str, as_: Any) -> str:
    """The action of the only form on a page that lifts something."""
    [form] = soup(await client.get(path, as_=as_)).select(
        "form.alongside-act[action*='/']:not([action^='/sign'])"
    )
    return str(form["action"])


async def test_an_excluded_school_is_not_chosen_by_either_side_until_that_is_lifted(
    client: Client, database: Database
) -> None:
    await posts(database)
    answer = await client.post("/exclusions", {"other": str(LOCK), "reason": "Not again"}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303
    assert (await client.post("/exclusions", {"other": str(LOCK)}, as_=HEAD_OF_MILL)).status_code == 409
    assert (await partners(database, await a_plan(client, database)))["Fluency at Mill"] == "Quay comes"
    await client.post("/exclusions", {"other": str(MILL)}, as_=HEAD_OF_QUAY)
    assert (await partners(database, await a_plan(client, database)))["Fluency at Mill"] is None
    where = await lifting(client, "/exclusions", HEAD_OF_QUAY)
    assert (await client.post(where, {}, as_=HEAD_OF_MILL)).status_code == 404
    assert (await client.post(where, {}, as_=HEAD_OF_QUAY)).status_code == 303
    assert (await partners(database, await a_plan(client, database)))["Fluency at Mill"] == "Quay comes"


async def test_only_the_school_and_the_core_team_see_an_exclusion(client: Client) -> None:
    await client.post("/exclusions", {"other": str(QUAY), "reason": "We fell out"}, as_=HEAD_OF_MILL)
    for one in (HEAD_OF_MILL, OFFICER, HEAD_OF_SERVICE):
        assert "We fell out" in words(await client.get("/exclusions", as_=one)), one
    for one in (HEAD_OF_QUAY, HEAD_OF_PARK, HEAD_OF_MILL.twin, OFFICER.twin):
        page = await client.get("/exclusions", as_=one)
        assert page.status_code == 200
        assert "We fell out" not in page.text, one
    for one in (LEAD_OF_NORTH, DELEGATE_OF_MILL):
        assert (await client.get("/exclusions", as_=one)).status_code == 404


@pytest.mark.parametrize("other", ["", str(MILL), "990099", "x", "²"])
async def test_what_is_no_other_school_is_refused(client: Client, database: Database, other: str) -> None:
    answer = await client.post("/exclusions", {"other": other}, as_=HEAD_OF_MILL)
    assert answer.status_code == 422
    assert "Choose a school from the list" in words(answer)
    assert await rows(database, "SELECT * FROM school_exclusion") == []


async def test_the_audit_tells_that_a_school_was_ruled_out_but_not_which_or_why(
    client: Client, database: Database
) -> None:
    await client.post("/exclusions", {"other": str(QUAY), "reason": "We fell out"}, as_=HEAD_OF_MILL)
    [entry] = await rows(database, "SELECT * FROM audit_entry WHERE verb = 'exclude_school'")
    assert entry.schools == [MILL]
    assert (entry.note, entry.changes) == (None, {})


async def test_a_school_not_fit_just_now_is_left_out_until_its_day(
    client: Client, database: Database
) -> None:
    await posts(database)
    until = TODAY + timedelta(days=10)
    form = {
        "school": str(LOCK),
        "reason": "In intervention",
        "until_on-day": str(until.day),
        "until_on-month": str(until.month),
        "until_on-year": str(until.year),
    }
    for other in (LEAD_OF_NORTH, HEAD_OF_MILL):
        assert (await client.post("/support-suspensions", form, as_=other)).status_code == 404
    assert (await client.post("/support-suspensions", form, as_=OFFICER)).status_code == 303
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        fit = {}
        for day in (TODAY, until, until + timedelta(days=1)):
            instance = await build_instance(session, NORTHSHIRE, day, None)
            fit[day] = [one.fit for one in instance.offers if one.school == LOCK]
    assert list(fit.values()) == [[False], [False], [True]]
    assert "Lock comes" not in (await partners(database, await a_plan(client, database))).values()
    where = await lifting(client, "/support-suspensions", HEAD_OF_SERVICE)
    assert (await client.post(where, {}, as_=HEAD_OF_SERVICE)).status_code == 303
    assert "Lock comes" in (await partners(database, await a_plan(client, database))).values()


async def test_a_consortium_plan_knows_nothing_that_its_lead_may_not_see(database: Database) -> None:
    """Offers visible only to another consortium are not even counted; the authority’s plan includes them."""
    from tests.personas import NORTH

    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2)
        await a_need(session, QUAY, days=2, visible_to_authority_from=None)
        await an_offer(
            session, QUAY, days="2", title="Kept", visible_to_authority_from=None, phases=["primary"]
        )
        await an_offer(session, LOCK, days="2", title="Shown", phases=["primary"])
        north = await build_instance(session, NORTHSHIRE, TODAY, NORTH)
        whole = await build_instance(session, NORTHSHIRE, TODAY, None)
    assert {one.school for one in north.needs} == {MILL}
    assert {one.school for one in north.offers} == {LOCK}
    assert {one.school for one in whole.needs} == {MILL, QUAY}
    assert {one.school for one in whole.offers} == {QUAY, LOCK}
