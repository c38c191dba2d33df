"""A plan is sent once, without infeasible pairs; after a decline there are options or a better plan."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.answers.actions import refuse_proposal
from alongside.features.agreements.proposals.hard_rules import NOT_SHOWN
from alongside.features.matching.proposals.actions import SendResult, send_plan
from alongside.features.matching.replacement.actions import replan_after_declines
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.features.agreements.builders import notified
from tests.features.matching.builders import (
    TODAY,
    a_need,
    a_plan,
    acting,
    an_offer,
    ask,
    partners,
    posts,
    rows,
    work,
)
from tests.personas import (
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    LOCK,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)


async def send(client: Client, where: str, **headers: Any) -> Any:
    """Send all pairs that the page lists."""
    page = soup(await client.get(f"{where}/send", as_=LEAD_OF_NORTH))
    needs = [str(one["value"]) for one in page.select("input[name=need]")]
    return await client.post(f"{where}/send", {"need": needs}, as_=LEAD_OF_NORTH, **headers)


async def test_sent_twice_each_pair_is_proposed_once(client: Client, database: Database) -> None:
    await posts(database)
    where = await a_plan(client, database)
    page = soup(await client.get(f"{where}/send", as_=LEAD_OF_NORTH))
    form = {"need": [str(one["value"]) for one in page.select("input[name=need]")]}
    assert len(form["need"]) == 2
    for key in ("k" * 32, "k" * 32, "l" * 32):
        assert (await client.post(f"{where}/send", form, as_=LEAD_OF_NORTH, key=key)).status_code == 303
    proposals = await rows(database, "SELECT * FROM proposal")
    assert len(proposals) == 2
    assert {one.proposed_as for one in proposals} == {"leader"}
    [run] = await rows(database, "SELECT state FROM plan_run")
    assert run.state == "sent"
    assert "proposal_made" in await notified(database, HEAD_OF_MILL)
    assert "proposal_made" in await notified(database, HEAD_OF_QUAY)
    seen = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "2 of 2 needs matched 2 of them already proposed" in seen
    assert "Waiting for Mill Primary School and" in seen
    assert "Nothing is left to send" in words(await client.get(f"{where}/send", as_=LEAD_OF_NORTH))


async def test_what_became_impossible_is_skipped_and_says_why(client: Client, database: Database) -> None:
    await posts(database)
    where = await a_plan(client, database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text("UPDATE offer SET state = 'paused' WHERE title = 'Quay comes'"))
    answer = await send(client, where)
    assert answer.status_code == 303
    assert len(await rows(database, "SELECT * FROM proposal")) == 1
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "Quay Primary School has paused or withdrawn this offer" in page


@pytest.mark.parametrize(
    "rule",
    [
        "INSERT INTO school_support_suspension (authority_id, school_urn, reason, set_by)"
        f" VALUES ({NORTHSHIRE}, {QUAY}, 'Ofsted', '{OFFICER.person_id}'),"
        f" ({NORTHSHIRE}, {LOCK}, 'Ofsted', '{OFFICER.person_id}')",
        "INSERT INTO school_exclusion (authority_id, school_urn, other_urn, made_by)"
        f" SELECT {NORTHSHIRE}, asking, giving, '{HEAD_OF_QUAY.person_id}'"
        f" FROM unnest(ARRAY[{MILL}, {PARK}]) asking, unnest(ARRAY[{QUAY}, {LOCK}]) giving",
    ],
)
async def test_what_only_the_core_team_may_know_is_not_kept_in_a_plan_that_leads_read(
    client: Client, database: Database, rule: str
) -> None:
    """The officer who sends the plan gets the full reason; the plan stores one without private facts."""
    await posts(database)
    where = await a_plan(client, database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(text(rule))
    page = soup(await client.get(f"{where}/send", as_=OFFICER))
    form = {"need": [str(one["value"]) for one in page.select("input[name=need]")]}
    assert (await client.post(f"{where}/send", form, as_=OFFICER)).status_code == 303
    kept = [
        one.not_sent_because for one in await rows(database, "SELECT not_sent_because FROM plan_assignment")
    ]
    assert NOT_SHOWN in kept
    seen = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert NOT_SHOWN in seen
    assert "suspended" not in seen and "asked not to be paired" not in seen


async def _declined(client: Client, database: Database) -> tuple[str, Any]:
    """A plan that was sent, in which Quay has declined its match."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
        await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"])
        await an_offer(session, PARK, days="2", title="Park comes", phases=["primary"])
    where = await a_plan(client, database)
    assert (await send(client, where)).status_code == 303
    [proposal] = await rows(database, "SELECT * FROM proposal")
    giver = HEAD_OF_QUAY if proposal.supporting_urn == QUAY else HEAD_OF_PARK
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(giver), proposal.id, "no_days", "")
    return where, proposal


async def test_after_a_decline_somebody_else_is_asked_at_once(client: Client, database: Database) -> None:
    where, declined = await _declined(client, database)
    seen = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "0 of 1 needs matched 0 of them already proposed" in seen, "a declined match does not count"
    assert "Somebody else is to be found for 1 need" in seen
    assert "No days left for this" in seen
    mending = f"{where}/needs/{declined.need_id}/replacements"
    page = soup(await client.get(mending, as_=LEAD_OF_NORTH))
    ways = page.select("input[name=option]")
    assert len(ways) == 1
    assert "No other school’s partner changes" in page.get_text(" ")
    form = {"option": str(ways[0]["value"])}
    assert (await client.post(mending, form, as_=LEAD_OF_NORTH)).status_code == 303
    again = await client.post(mending, form, as_=LEAD_OF_NORTH)
    assert again.status_code == 409, "it is mended already"
    live = await rows(database, "SELECT * FROM proposal WHERE state = 'proposed'")
    assert len(live) == 1
    assert live[0].supporting_urn != declined.supporting_urn
    seen = words(await client.get(f"{where}/needs/{declined.need_id}", as_=LEAD_OF_NORTH))
    assert "after another partner had declined" in seen
    assert "The score" in seen


async def test_the_worker_looks_for_a_better_plan_once_for_each_decline(
    client: Client, database: Database
) -> None:
    """The new plan equals the only option, so it is not better by the margin and is set aside."""
    where, _ = await _declined(client, database)
    assert await work(database) == 1
    assert await work(database) == 0
    runs = await rows(database, "SELECT * FROM plan_run ORDER BY id")
    assert [(one.because, one.state) for one in runs] == [("fresh", "sent"), ("decline", "set_aside")]
    assert runs[1].starts_from_id == runs[0].id
    [assignment] = await rows(
        database, "SELECT * FROM plan_assignment WHERE run_id = CAST(:run AS uuid)", run=where[7:]
    )
    assert assignment.again_id == runs[1].id
    assert (await partners(database, f"/plans/{runs[1].id}")) != await partners(database, where)


async def test_a_decline_that_comes_while_a_plan_is_worked_out_waits_for_the_next_turn(
    client: Client, database: Database
) -> None:
    """A run in progress may have read data from before the decline, so it does not count for it."""
    where, _ = await _declined(client, database)
    other = await ask(client)
    async with database.transaction(NORTHSHIRE) as session:
        await replan_after_declines(session, system(NORTHSHIRE, TODAY))
    assert [row.again_id for row in await rows(database, "SELECT again_id FROM plan_assignment")] == [None]
    assert len(await rows(database, "SELECT * FROM plan_run")) == 2, (where, other)


async def test_what_a_school_said_yes_to_stays_in_every_later_plan(
    client: Client, database: Database
) -> None:
    made = await posts(database)
    where = await a_plan(client, database)
    await send(client, where)
    before = await partners(database, where)
    [mine] = await rows(database, "SELECT * FROM proposal WHERE requesting_urn = :urn", urn=MILL)
    async with database.transaction(NORTHSHIRE) as session:
        await accept_proposal(session, acting(HEAD_OF_MILL), mine.id, 1)
    answer = await client.post(
        f"{where}/needs/{made['mill']}/constraints",
        {"kind": "forbid", "offer": str(mine.offer_id), "reason": "Too late"},
        as_=LEAD_OF_NORTH,
    )
    assert answer.status_code == 409
    again = await a_plan(client, database)
    assert (await partners(database, again))["Fluency at Mill"] == before["Fluency at Mill"]
    [assignment] = await rows(
        database,
        "SELECT * FROM plan_assignment WHERE run_id = CAST(:run AS uuid) AND requesting_urn = :urn",
        run=again[7:],
        urn=MILL,
    )
    assert (assignment.held_by, assignment.proposal_id) == ("proposal", mine.id)


async def test_after_three_declines_in_a_row_people_are_asked(client: Client, database: Database) -> None:
    where, declined = await _declined(client, database)
    async with database.transaction(NORTHSHIRE) as session:
        for _ in range(2):
            await session.execute(
                text(
                    "INSERT INTO proposal (authority_id, need_id, offer_id, requesting_urn, supporting_urn, state, days,"
                    " starts_on, ends_on, message, proposed_as, respond_by)"
                    " SELECT authority_id, need_id, offer_id, requesting_urn, supporting_urn, 'proposed', days, starts_on,"
                    " ends_on, '', declined_by, respond_by"
                    " FROM proposal WHERE id = :id"
                ),
                {"id": declined.id},
            )
            await session.execute(text("UPDATE proposal SET state = 'lapsed' WHERE state = 'proposed'"))
    await work(database)
    for one in (LEAD_OF_NORTH, OFFICER):
        assert "needs_person" in await notified(database, one)
    assert "needs_person" not in await notified(database, HEAD_OF_MILL)
    page = words(await client.get(f"{where}/needs/{declined.need_id}/replacements", as_=LEAD_OF_NORTH))
    assert "Schools have declined 3 times in a row" in page


async def test_two_who_send_at_once_propose_each_pair_once(client: Client, database: Database) -> None:
    """The second request waits for the first, and then finds nothing left to send."""
    await posts(database)
    where = await a_plan(client, database)
    run_id = UUID(where[7:])
    needs = [row.need_id for row in await rows(database, "SELECT need_id FROM plan_assignment")]

    async def send_second() -> Any:
        async with database.transaction(NORTHSHIRE) as session:
            return await send_plan(session, acting(DEPUTY_OF_NORTH), run_id, needs)

    async with database.transaction(NORTHSHIRE) as session:
        first = await send_plan(session, acting(LEAD_OF_NORTH), run_id, needs)
        second = asyncio.create_task(send_second())
        await asyncio.sleep(0.3)
        assert not second.done()
    assert (first.proposed, first.skipped) == (2, 0)
    assert await second == SendResult(0, 0)
    assert len(await rows(database, "SELECT * FROM proposal")) == 2


async def _better_is_found(client: Client, database: Database) -> tuple[str, str]:
    """The paths of a plan with a declined partner, and of a better plan with a new offer."""
    async with database.transaction(NORTHSHIRE) as session:
        await a_need(session, MILL, days=2, urgency="now", title="Fluency at Mill")
        await an_offer(session, QUAY, days="2", title="Quay comes", phases=["primary"])
    where = await a_plan(client, database)
    await send(client, where)
    [proposal] = await rows(database, "SELECT * FROM proposal")
    async with database.transaction(NORTHSHIRE) as session:
        await refuse_proposal(session, acting(HEAD_OF_QUAY), proposal.id, "no_days", "")
        await a_need(session, PARK, days=1, title="Fluency at Park")
        await an_offer(session, LOCK, days="4", title="Lock comes", phases=["primary"])
    assert await work(database) == 1
    [offered] = await rows(database, "SELECT id FROM plan_run WHERE state = 'offered'")
    return where, f"/plans/{offered.id}"


async def test_a_better_plan_is_offered_and_stands_once_it_is_taken_over(
    client: Client, database: Database
) -> None:
    where, offered = await _better_is_found(client, database)
    page = words(await client.get(where, as_=LEAD_OF_NORTH))
    assert "a better plan was found" in page
    assert (await partners(database, where)) == {"Fluency at Mill": "Quay comes"}, "nothing changes by itself"
    assert "Use this plan" in words(await client.get(offered, as_=LEAD_OF_NORTH))
    assert (await client.post(f"{offered}/adoption", {}, as_=LEAD_OF_NORTH)).status_code == 303
    assert (await client.post(f"{offered}/refusal", {}, as_=LEAD_OF_NORTH)).status_code == 409
    states = {f"/plans/{row.id}": row.state for row in await rows(database, "SELECT id, state FROM plan_run")}
    assert states == {where: "superseded", offered: "done"}
    assert (await send(client, offered)).status_code == 303
    assert len(await rows(database, "SELECT * FROM proposal WHERE state = 'proposed'")) == 2


async def test_a_better_plan_may_be_turned_down(client: Client, database: Database) -> None:
    where, offered = await _better_is_found(client, database)
    assert (await client.post(f"{offered}/refusal", {}, as_=LEAD_OF_NORTH)).status_code == 303
    states = {f"/plans/{row.id}": row.state for row in await rows(database, "SELECT id, state FROM plan_run")}
    assert states == {where: "sent", offered: "set_aside"}
    assert await work(database) == 0


async def test_what_a_later_plan_moves_is_withdrawn_as_it_is_sent_and_asked_anew(
    client: Client, database: Database
) -> None:
    """Mill was matched with Lock, and neither has answered; a pin moves it to Quay."""
    made = await posts(database)
    where = await a_plan(client, database)
    await send(client, where)
    [old] = await rows(database, "SELECT * FROM proposal WHERE requesting_urn = :urn", urn=MILL)
    other = next(made[key] for key in ("quay_offer", "lock_offer") if made[key] != old.offer_id)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO plan_constraint (authority_id, need_id, offer_id, kind, reason, made_by)"
                " VALUES (901, :need, :offer, 'pin', 'Mine', :by)"
            ),
            {"need": made["mill"], "offer": other, "by": LEAD_OF_NORTH.person_id},
        )
    again = await a_plan(client, database)
    await send(client, again)
    mine = await rows(database, "SELECT * FROM proposal WHERE requesting_urn = :urn ORDER BY id", urn=MILL)
    assert [(one.offer_id, one.state) for one in mine] == [(old.offer_id, "withdrawn"), (other, "proposed")]
    assert "proposal_withdrawn" in await notified(database, HEAD_OF_MILL)
