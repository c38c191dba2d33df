"""Pins, forbids and swaps: the cost is shown before they are made, and every later plan applies them."""

from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.matching.builders import a_plan, partners, posts, rows, work
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH, LEAD_OF_SOUTH


async def test_a_swap_shows_its_cost_first_and_then_holds(client: Client, database: Database) -> None:
    made = await posts(database)
    where = await a_plan(client, database)
    chosen = await partners(database, where)
    other = "lock_offer" if chosen["Fluency at Mill"] == "Quay comes" else "quay_offer"
    assignment = f"{where}/needs/{made['mill']}"
    page = words(
        await client.get(f"{assignment}/constraints/new?kind=pin&offer={made[other]}", as_=LEAD_OF_NORTH)
    )
    assert "Effect on the plan" in page
    assert "The whole plan would" in page
    assert await partners(database, where) == chosen, "looking changes nothing"
    form = {"kind": "pin", "offer": str(made[other]), "reason": ""}
    assert (await client.post(f"{assignment}/constraints", form, as_=LEAD_OF_NORTH)).status_code == 422
    form["reason"] = "They worked well together last year"
    answer = await client.post(f"{assignment}/constraints", form, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303
    assert await work(database) == 1
    after = await partners(database, answer.headers["location"])
    assert after["Fluency at Mill"] == {"lock_offer": "Lock comes", "quay_offer": "Quay comes"}[other]
    page = words(await client.get(f"{answer.headers['location']}/needs/{made['mill']}", as_=LEAD_OF_NORTH))
    assert "They worked well together last year" in page
    states = [row.state for row in await rows(database, "SELECT state FROM plan_run ORDER BY id")]
    assert states == ["superseded", "done"]


async def test_a_forbidden_partner_is_not_chosen_until_that_is_lifted(
    client: Client, database: Database
) -> None:
    made = await posts(database)
    where = await a_plan(client, database)
    assignment = f"{where}/needs/{made['mill']}"
    for offer in ("quay_offer", "lock_offer"):
        form = {"kind": "forbid", "offer": str(made[offer]), "reason": "Not these two"}
        answer = await client.post(f"{assignment}/constraints", form, as_=LEAD_OF_NORTH)
        assert answer.status_code == 303, answer.text
    await work(database)
    run = answer.headers["location"]
    assert (await partners(database, run))["Fluency at Mill"] is None
    assert "kept out of the plan by those who lead it" in words(await client.get(run, as_=LEAD_OF_NORTH))
    page = soup(await client.get(f"{run}/needs/{made['mill']}", as_=LEAD_OF_NORTH))
    lifting = page.select("form[action$='/remove']")
    assert len(lifting) == 2
    answer = await client.post(str(lifting[0]["action"]), {}, as_=LEAD_OF_NORTH)
    assert answer.status_code == 303
    assert (await client.post(str(lifting[0]["action"]), {}, as_=LEAD_OF_NORTH)).status_code == 409
    await work(database)
    assert (await partners(database, answer.headers["location"]))["Fluency at Mill"] is not None


async def test_a_pin_that_cannot_be_kept_is_told_and_the_last_plan_stands(
    client: Client, database: Database
) -> None:
    """Two pins on the one offer, which has days for one of them."""
    made = await posts(database)
    where = await a_plan(client, database)
    stands = where
    for need in ("mill", "park"):
        form = {"kind": "pin", "offer": str(made["quay_offer"]), "reason": "Both want Quay"}
        answer = await client.post(f"{where}/needs/{made[need]}/constraints", form, as_=LEAD_OF_NORTH)
        assert answer.status_code == 303, answer.text
    await work(database)
    failed = answer.headers["location"]
    page = words(await client.get(failed, as_=LEAD_OF_NORTH))
    assert "This plan was not made" in page
    assert "A pair that is kept in the plan cannot be kept: the offer has not enough days left" in page
    assert "of Mill Primary School" in page or "of Park Primary School" in page
    assert "Plan for North" in words(await client.get(stands, as_=LEAD_OF_NORTH))
    states = {
        row.state for row in await rows(database, "SELECT state FROM plan_run WHERE state <> 'cancelled'")
    }
    assert states == {"done", "failed"}


async def test_nobody_else_says_what_is_wanted(client: Client, database: Database) -> None:
    made = await posts(database)
    where = await a_plan(client, database)
    assignment = f"{where}/needs/{made['mill']}"
    form = {"kind": "pin", "offer": str(made["lock_offer"]), "reason": "Mine"}
    for other in (LEAD_OF_SOUTH, HEAD_OF_MILL, LEAD_OF_NORTH.twin):
        assert (await client.post(f"{assignment}/constraints", form, as_=other)).status_code == 404
        assert (
            await client.get(f"{assignment}/constraints/new?kind=pin&offer={made['lock_offer']}", as_=other)
        ).status_code == 404
    for wrong in ({"kind": "own"}, {"offer": "x"}, {"offer": "00000000-0000-7000-8000-000000000009"}):
        assert (
            await client.post(f"{assignment}/constraints", form | wrong, as_=LEAD_OF_NORTH)
        ).status_code == 404
    assert await rows(database, "SELECT * FROM plan_constraint") == []
