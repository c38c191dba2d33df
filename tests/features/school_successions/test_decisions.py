"""Mergers, splits and closures: automatic moves, administrators' decisions, and endings."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from alongside.errors import ActionRefused
from alongside.features.agreements.acceptance.actions import accept_proposal
from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposing.actions import propose
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.client import Client, soup, words
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import (
    TODAY,
    a_need,
    a_proposal,
    a_running_agreement,
    acting,
    an_offer,
    look,
    notified,
    terms,
)
from tests.features.escalations.builders import an_escalation
from tests.features.needs.form_values import posted_need
from tests.features.offers.form_values import posted_offer
from tests.features.school_successions.builders import (
    ACADEMY,
    CLOSED,
    OTHER_ACADEMY,
    academy,
    bring_in,
    planned,
    register,
    rows,
    urn_in,
)
from tests.features.schools.extract import school
from tests.personas import (
    ADMINISTRATOR,
    HEAD_OF_FORD,
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    LEAD_OF_NORTH,
    MILL,
    NORTHSHIRE,
    OFFICER,
    PARK,
    QUAY,
)

TASKS = "SELECT id, old_urn, new_urn, kind, state, question, candidates FROM school_succession ORDER BY old_urn, id"


def closed(urn: int, name: str, number: str, links: str = "Does not have links") -> Any:
    """The row of a school of the cast that has closed."""
    return school(urn, name, Number=number, **CLOSED | {"WhyClosed": "Closure"}, Links=links)


def merged(folder: Path) -> Any:
    """Mill and Park have closed and become one."""
    gone = f"{ACADEMY} Successor - amalgamated"
    one = academy(ACADEMY, "Mill and Park Academy", MILL, PARK, kind="Predecessor - amalgamated")
    return register(
        folder,
        closed(MILL, "Mill Primary School", "2001", gone),
        closed(PARK, "Park Primary School", "2002", gone),
        one,
    )


async def members(database: Database, urn: int) -> int:
    """How many consortia a school belongs to today and from today on."""
    sql = "SELECT id FROM consortium_membership WHERE school_urn = :u AND (ends_on IS NULL OR ends_on > CURRENT_DATE)"
    return len(await rows(database, sql, u=urn))


async def test_two_schools_that_become_one_bring_their_posts_and_ask_who_leads(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Posts of both go by rule; for the people of each an administrator has a task, and decides it once."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id, offer_id = await a_need(session), await an_offer(session, PARK)
        between = await propose(session, acting(HEAD_OF_PARK), need_id, offer_id, terms())
    plans = await bring_in(database, merged(tmp_path))
    assert [(plan.kind, plan.new_urn, plan.people) for plan in plans] == [("merger", ACADEMY, False)] * 2
    assert await urn_in(database, "need", need_id) == await urn_in(database, "offer", offer_id) == ACADEMY
    proposal = await look(database, "proposal", between)
    assert proposal.requesting_urn != proposal.supporting_urn, "nobody supports itself"
    tasks = await rows(database, TASKS)
    assert [(row.old_urn, row.state) for row in tasks] == [(MILL, "open"), (PARK, "open")]
    assert (await notified(database, ADMINISTRATOR)).count("succession_to_decide") == 2
    for _ in range(2):
        assert (await planned(database, merged(tmp_path)))[1] == [], "asked once"
        await bring_in(database, merged(tmp_path))
    path = f"/successions/{tasks[0].id}"
    page = words(await client.get(path, as_=ADMINISTRATOR))
    assert "Decide whether its people" in page and "Mill and Park Academy" in page
    answer = await client.post(f"{path}/successor", confirmed(ACADEMY), as_=ADMINISTRATOR)
    assert answer.status_code == 303
    again = await client.post(f"{path}/successor", confirmed(ACADEMY), as_=ADMINISTRATOR)
    assert again.status_code == 409
    assert await members(database, ACADEMY) == 1
    ended = await client.post(f"/successions/{tasks[1].id}/end", {}, as_=ADMINISTRATOR)
    assert ended.status_code == 303
    assert (await members(database, PARK), await members(database, MILL)) == (0, 0)
    heads = await rows(
        database,
        "SELECT person_id FROM role_assignment WHERE school_urn = :u AND role = 'headteacher' AND ends_on IS NULL",
        u=ACADEMY,
    )
    assert [row.person_id for row in heads] == [HEAD_OF_MILL.person_id]
    assert (await client.get("/home", as_=HEAD_OF_MILL)).status_code == 200


async def test_a_school_that_joins_one_that_is_there_leaves_its_head_and_place(
    database: Database, tmp_path: Path
) -> None:
    """Mill closes into Park: Park keeps its head and its membership; Mill's posts are Park's."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    new = register(tmp_path, closed(MILL, "Mill Primary School", "2001", f"{PARK} Successor - merged"))
    (plan,) = await bring_in(database, new)
    assert (plan.kind, plan.new_urn) == ("merger", PARK)
    assert await urn_in(database, "need", need_id) == PARK
    assert await members(database, PARK) == 1


async def test_an_invitation_goes_where_the_people_go_and_not_before(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Who was invited to Mill is not let into Park by a merger; ended, the invitation is withdrawn."""
    invited = {"name": "Ann New", "email": "ann@mill.example", "role": "headteacher", "school": str(MILL)}
    answer = await client.post("/people/invitations", invited, as_=ADMINISTRATOR)
    assert answer.status_code == 303
    new = register(tmp_path, closed(MILL, "Mill Primary School", "2001", f"{PARK} Successor - merged"))
    await bring_in(database, new)
    waiting = "SELECT school_urn, withdrawn_at FROM invitation WHERE email = 'ann@mill.example'"
    (row,) = await rows(database, waiting)
    assert row.school_urn == MILL
    (task,) = await rows(database, TASKS)
    answer = await client.post(f"/successions/{task.id}/end", {}, as_=ADMINISTRATOR)
    assert answer.status_code == 303
    (row,) = await rows(database, waiting)
    assert row.withdrawn_at is not None, "nobody takes up a role at a school that has ended"


def confirmed(urn: object) -> dict[str, str]:
    """The form that the confirming page sends for this URN."""
    return {"urn": str(urn), "confirmed": str(urn)}


async def test_a_head_who_was_not_told_reads_no_escalation_of_the_school_that_joins(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """The head of Mill was told of its escalation. Merged into Park, it is the core team that tells the head of Park."""
    escalation_id = await an_escalation(database)
    assert (await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_MILL)).status_code == 200
    new = register(tmp_path, closed(MILL, "Mill Primary School", "2001", f"{PARK} Successor - merged"))
    await bring_in(database, new)
    assert await urn_in(database, "escalation", escalation_id) == PARK
    assert (await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_PARK)).status_code == 404
    assert str(escalation_id) not in (await client.get("/escalations", as_=HEAD_OF_PARK)).text
    assert "escalation_not_told" in await notified(database, OFFICER)
    home = await client.get("/consortium", as_=OFFICER)
    assert "1 escalation whose headteacher has not been told" in words(home)
    listed = await client.get("/escalations?show=not_told", as_=OFFICER)
    assert "Headteacher not told (1)" in words(listed) and str(escalation_id) in listed.text
    page = await client.get(f"/escalations/{escalation_id}", as_=OFFICER)
    assert "The headteacher of Park Primary School has not been told of this escalation" in words(page)
    (link,) = [one for one in soup(page).find_all("a") if "Tell the headteacher" in one.get_text()]
    assert (
        await client.post(str(link["href"]), {"call": "Thursday at 10am"}, as_=OFFICER)
    ).status_code == 303
    assert "has not been told" not in words(await client.get(f"/escalations/{escalation_id}", as_=OFFICER))
    assert "escalation_told" in await notified(database, HEAD_OF_PARK)
    assert str(escalation_id) not in (await client.get("/escalations?show=not_told", as_=OFFICER)).text
    assert (await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_PARK)).status_code == 200


async def test_a_decision_that_joins_two_heads_tells_neither_of_the_escalation(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """An administrator, who sees no escalation, carries Mill over to Park with its people: Park has a head already."""
    escalation_id = await an_escalation(database)
    await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    (task,) = await rows(database, TASKS)
    answer = await client.post(f"/successions/{task.id}/successor", confirmed(PARK), as_=ADMINISTRATOR)
    assert answer.status_code == 303
    assert await urn_in(database, "escalation", escalation_id) == PARK
    assert (await client.get(f"/escalations/{escalation_id}", as_=HEAD_OF_PARK)).status_code == 404


async def test_the_school_that_takes_over_is_named_before_anything_moves(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """A wrong number typed would give everything to another school, and cannot be undone."""
    await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    (task,) = await rows(database, TASKS)
    path = f"/successions/{task.id}"
    page = await client.get(f"{path}?urn={PARK}", as_=ADMINISTRATOR)
    assert "Carry over to Park Primary School" in words(page)
    assert f'name="urn" value="{PARK}"' in page.text
    for typed in ({"urn": str(PARK)}, {"urn": str(PARK), "confirmed": str(MILL)}, {"confirmed": str(PARK)}):
        answer = await client.post(f"{path}/successor", typed, as_=ADMINISTRATOR)
        assert answer.status_code == 422, "only the page that names the school can confirm it"
    for wrong in ("", "abc", "1234567", str(MILL)):
        answer = await client.get(f"{path}?urn={wrong}", as_=ADMINISTRATOR)
        assert answer.status_code == 422
        assert "Enter the URN of an open school" in words(answer)
    assert (await rows(database, TASKS))[0].state == "open"


async def test_a_school_that_several_follow_is_split_by_an_administrator(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Nothing goes by rule; the page names the candidates; a wrong URN comes back with what was typed."""
    async with database.transaction(NORTHSHIRE) as session:
        need_id = await a_need(session)
    links = f"{ACADEMY} Successor - Split School,{OTHER_ACADEMY} Successor - Split School"
    new = register(
        tmp_path,
        closed(MILL, "Mill Primary School", "2001", links),
        academy(ACADEMY, "Upper Mill Academy", MILL, kind="Predecessor - Split School"),
        academy(OTHER_ACADEMY, "Lower Mill Academy", MILL, kind="Predecessor - Split School"),
    )
    (plan,) = await bring_in(database, new)
    assert (plan.kind, plan.new_urn, plan.candidates) == ("split", None, (ACADEMY, OTHER_ACADEMY))
    assert await urn_in(database, "need", need_id) == MILL
    (task,) = await rows(database, TASKS)
    path = f"/successions/{task.id}"
    page = words(await client.get(path, as_=ADMINISTRATOR))
    assert "Upper Mill Academy" in page and "Lower Mill Academy" in page
    for wrong in ("", "x", str(MILL), "123456", "9" * 30):
        answer = await client.post(f"{path}/successor", confirmed(wrong), as_=ADMINISTRATOR)
        assert answer.status_code == 422
        assert "Enter the URN of an open school" in words(answer)
        assert wrong in answer.text
    assert (
        await client.post(f"{path}/successor", confirmed(OTHER_ACADEMY), as_=ADMINISTRATOR)
    ).status_code == 303
    assert await urn_in(database, "need", need_id) == OTHER_ACADEMY
    assert (await client.get("/home", as_=HEAD_OF_MILL)).status_code == 200
    assert "Carried over" in words(await client.get("/successions", as_=ADMINISTRATOR))


async def test_only_an_administrator_of_the_authority_decides(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """Others get no page and change nothing."""
    await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    (task,) = await rows(database, TASKS)
    for one in (OFFICER, LEAD_OF_NORTH, HEAD_OF_PARK, ADMINISTRATOR.twin):
        assert (await client.get(f"/successions/{task.id}", as_=one)).status_code == 404
        for act in ("successor", "end"):
            answer = await client.post(f"/successions/{task.id}/{act}", {"urn": str(PARK)}, as_=one)
            assert answer.status_code == 404
    assert (await rows(database, TASKS))[0].state == "open"


async def test_a_closed_school_is_off_the_board_and_its_partners_are_told(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """At once, before anybody decides: neither proposed nor accepted, by the pages or the database."""
    await posted_need(client, audience="everybody", title="Need of a closed school")
    await posted_offer(client, audience="everybody", title="Offer of a closed school")
    proposal_id = await a_proposal(database)
    agreement_id = await a_running_agreement(database)
    assert "Need of a closed school" in words(await client.get("/needs-and-offers", as_=HEAD_OF_PARK))
    (plan,) = await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    assert plan.kind == "closure"
    board = words(await client.get("/needs-and-offers", as_=HEAD_OF_PARK))
    assert "of a closed school" not in board
    assert "school_closed" in await notified(database, HEAD_OF_PARK)
    assert "member_closed" in await notified(database, LEAD_OF_NORTH)
    with pytest.raises(ActionRefused, match="Mill Primary School is closed in the register"):
        async with database.transaction(NORTHSHIRE) as session:
            await accept_proposal(session, acting(HEAD_OF_MILL), proposal_id, 1)
    async with database.transaction(NORTHSHIRE) as session:
        offer_id = await an_offer(session, QUAY)
        need_id = (await look(database, "proposal", proposal_id)).need_id
    with pytest.raises(Exception, match="is closed in the register|is not open"):
        async with database.transaction(NORTHSHIRE) as session:
            await propose(session, acting(HEAD_OF_QUAY), need_id, offer_id, terms())
    async with database.transaction(NORTHSHIRE) as session:
        assert await lapse_proposals(session, system(NORTHSHIRE, TODAY)) == 1
    assert "proposal_lapsed" in await notified(database, HEAD_OF_PARK)
    assert (await look(database, "support_agreement", agreement_id)).state == "active"


async def test_the_database_refuses_a_closed_school(database: Database, copy: DatabaseCopy) -> None:
    """A new proposal or a yes, no matter who writes it."""
    proposal_id = await a_proposal(database)
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        await connection.execute("UPDATE school SET status = 'closed' WHERE urn = $1", PARK)
        for statement in (
            "UPDATE proposal SET requesting_accepted_at = now() WHERE id = $1",
            "UPDATE proposal SET state = 'agreed', requesting_accepted_at = now() WHERE id = $1",
            "INSERT INTO proposal (authority_id, need_id, offer_id, requesting_urn, supporting_urn, state, days, starts_on,"
            " ends_on, message, proposed_as, respond_by) SELECT authority_id, need_id, offer_id, requesting_urn,"
            " supporting_urn, 'proposed', days, starts_on, ends_on, '', 'leader', respond_by FROM proposal WHERE id = $1",
        ):
            with pytest.raises(asyncpg.CheckViolationError, match="pair_barred"):
                await connection.execute(statement, proposal_id)
        await connection.execute("UPDATE proposal SET state = 'lapsed' WHERE id = $1", proposal_id)
    finally:
        await connection.close()


async def test_ending_closes_posts_roles_and_membership(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """The decision of an administrator; the head of the closed school is nobody any more."""
    need = await posted_need(client)
    offer = await posted_offer(client)
    await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    (task,) = await rows(database, TASKS)
    assert (await client.post(f"/successions/{task.id}/end", {}, as_=ADMINISTRATOR)).status_code == 303
    states = await rows(database, "SELECT state FROM need UNION ALL SELECT state FROM offer")
    assert [row.state for row in states] == ["withdrawn", "ended"]
    assert await members(database, MILL) == 0
    assert (await client.get("/home", as_=HEAD_OF_MILL)).status_code == 303
    assert need and offer
    await bring_in(database, register(tmp_path, closed(MILL, "Mill Primary School", "2001")))
    assert len(await rows(database, TASKS)) == 1, "what was decided is not asked again"


async def test_a_school_that_the_file_lacks_closes_and_comes_back_with_it(
    client: Client, database: Database, tmp_path: Path
) -> None:
    """It does not stay open for ever; the next file that lists it opens it again."""
    await posted_need(client, audience="everybody", title="Need of a missing school")
    (plan,) = await bring_in(database, register(tmp_path, without=(MILL,)))
    assert plan.kind == "closure"
    assert (await rows(database, "SELECT status FROM school WHERE urn = :u", u=MILL))[0].status == "closed"
    assert "missing school" not in words(await client.get("/needs-and-offers", as_=HEAD_OF_FORD))
    await bring_in(database, register(tmp_path))
    assert (await rows(database, "SELECT status FROM school WHERE urn = :u", u=MILL))[0].status == "open"
    assert "missing school" in words(await client.get("/needs-and-offers", as_=HEAD_OF_FORD))
