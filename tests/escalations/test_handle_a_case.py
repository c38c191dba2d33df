"""Handling a case: what PostgreSQL holds of it, who is told, what two who act at once meet, who has an interest."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.database.session import Database
from alongside.errors import Invalid, NotThere, Refused, Stale
from alongside.escalations.desk import queries as desk
from alongside.escalations.desk.actions import arrange_cover, end_cover
from alongside.escalations.handling import actions
from alongside.escalations.model import STEP_UP
from alongside.escalations.tasks.actions import agree_task, change_task, do_task, drop_task
from alongside.escalations.visits.actions import correct_visit, record_visit
from tests.client import Client
from tests.escalations.scene import (
    CHALLENGE,
    END,
    PROCURED,
    TODAY,
    a_case,
    a_decided_case,
    a_running_case,
    acting,
    all_met,
    ask_as,
    look,
    told,
)
from tests.people import (
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    MILL,
    NORTH,
    NORTHSHIRE,
    OFFICER,
    PARK,
    SOUTH,
)

TASK: dict[str, Any] = {
    "what": "Send the plan",
    "owner_id": OFFICER.person_id,
    "owner_name": "Ola Officer",
    "due_on": TODAY + timedelta(days=7),
}
VISIT: dict[str, Any] = {
    "visit_on": TODAY,
    "hours": 2.5,
    "who": "Ola Officer",
    "focus": "Reading",
    "found": "Well taught",
    "next_steps": "",
    "for_school": True,
}


async def constraint(database: Database, sql: str, **values: Any) -> str:
    """The promise that a bare statement breaks, as the core team."""
    async with database.fenced(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text(sql), values)
        await session.rollback()
    return str(refused.value.orig.__cause__.constraint_name)


async def test_a_case_cannot_close_with_an_open_action(database: Database) -> None:
    """Neither by the action nor past it; done or dropped, it can."""
    case_id = await a_running_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        task_id = await agree_task(session, acting(LEAD_OF_NORTH), case_id, TASK)
    assert "case_task" in await told(database, OFFICER)
    with pytest.raises(Refused, match="still open"):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.close_case(session, acting(OFFICER), case_id, END)
    close = "UPDATE escalation SET state = 'closed', result = 'better', outcome_words = 'w' WHERE id = :id"
    assert await constraint(database, close, id=case_id) == "no_open_actions"
    async with database.fenced(NORTHSHIRE) as session:
        await do_task(session, acting(OFFICER), task_id)
        await actions.close_case(session, acting(OFFICER), case_id, END)
    assert (await look(database, case_id)).state == "closed"
    assert "case_closed" in await told(database, LEAD_OF_NORTH)
    assert "case_closed" in await told(database, HEAD_OF_MILL)


async def test_an_action_agreed_while_the_case_is_closed_waits_and_is_refused(database: Database) -> None:
    """Two real sessions: whoever comes second finds the case over, not an open action in a closed case."""
    case_id = await a_running_case(database)
    async with database.fenced(NORTHSHIRE) as closing:
        await actions.close_case(closing, acting(OFFICER), case_id, END)

        async def agree() -> str:
            try:
                async with database.fenced(NORTHSHIRE) as other:
                    await agree_task(other, acting(LEAD_OF_NORTH), case_id, TASK)
            except Refused:
                return "refused"
            return "agreed"

        late = asyncio.create_task(agree())
        await asyncio.sleep(0.2)
        assert not late.done()
    assert await late == "refused"
    insert = (
        "INSERT INTO escalation_task (authority_id, case_id, state, what, owner_name, due_on)"
        " VALUES (901, :id, 'open', 'w', 'o', :on)"
    )
    assert await constraint(database, insert, id=case_id, on=TODAY) == "case_is_open"


async def test_a_plan_needs_a_criterion_and_a_return_needs_all_of_them_met(database: Database) -> None:
    """PostgreSQL holds both, whatever the page allows."""
    case_id = await a_decided_case(database)
    assert await constraint(
        database, "UPDATE escalation SET state = 'active' WHERE id = :id", id=case_id
    ) == ("has_criteria")
    running = await a_running_case(database)
    with pytest.raises(Refused, match="Not every criterion is met"):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.offer_return(session, acting(OFFICER), running)
    assert await constraint(
        database, "UPDATE escalation SET state = 'returning' WHERE id = :id", id=running
    ) == ("criteria_met")
    await all_met(database, running)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), running)
        await actions.take_back(session, acting(DEPUTY_OF_NORTH), running, END)
    row = await look(database, running)
    assert (row.state, row.result, row.due_at) == ("closed", "better", None)


async def test_the_consortium_may_say_that_it_is_too_early(database: Database) -> None:
    """The case goes on, with a clock of its own again."""
    case_id = await a_running_case(database)
    await all_met(database, case_id)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), case_id)
        assert (await timers(session, case_id)) == set()
        await actions.not_yet(session, acting(LEAD_OF_NORTH), case_id, "Year 6 is not there yet")
        assert (await timers(session, case_id)) == {"review"}
    row = await look(database, case_id)
    assert (row.state, row.stage) == ("active", "review")
    assert "case_not_yet" in await told(database, OFFICER)


async def timers(session: Any, case_id: UUID) -> set[str]:
    """What reminders are armed for a case."""
    await ask_as(session, OFFICER)
    found = await session.execute(
        text("SELECT stage FROM escalation_timer WHERE case_id = :id AND state = 'armed'"), {"id": case_id}
    )
    return {row.stage for row in found}


async def test_the_clock_stands_still_while_somebody_else_has_to_act(database: Database) -> None:
    """Who and why are kept; no reminder is armed meanwhile; going on gives it as many days as it had."""
    case_id = await a_running_case(database)
    due = (await look(database, case_id)).due_at
    async with database.fenced(NORTHSHIRE) as session:
        await actions.wait_for(session, acting(OFFICER), case_id, "provider", "Their dates")
        assert await timers(session, case_id) == set()
    row = await look(database, case_id)
    assert (row.state, row.due_at, row.stage) == ("waiting_on_provider", None, "review")
    (wait,) = await look(database, case_id, "escalation_wait")
    assert (wait.waiting_on, wait.why, wait.begun_by, wait.until_at) == (
        "provider",
        "Their dates",
        OFFICER.person_id,
        None,
    )
    async with database.fenced(NORTHSHIRE) as session:
        await actions.resume_case(session, acting(HEAD_OF_SERVICE), case_id)
        assert await timers(session, case_id) == {"review"}
    row = await look(database, case_id)
    assert row.state == "active" and row.due_at == due
    (wait,) = await look(database, case_id, "escalation_wait")
    assert wait.until_at is not None


async def test_a_decision_has_all_that_its_outcome_needs_or_postgresql_refuses(database: Database) -> None:
    """Procured without provider, handed to nobody, returned without a name, decided without a word."""
    case_id = await a_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.acknowledge_case(session, acting(OFFICER), case_id)
    decide = "UPDATE escalation SET state = 'triaged', outcome = :outcome, decision = :words WHERE id = :id"
    for outcome, words, name in (
        ("procured", "d", "ck_escalation_procured"),
        ("other_consortium", "d", "ck_escalation_handed_on"),
        ("returned", "d", "ck_escalation_named_support"),
        ("challenge", "", "ck_escalation_decided_in_writing"),
        (None, "", "ck_escalation_decided"),
        ("statutory", "d", "maintained_only"),
    ):
        assert await constraint(database, decide, id=case_id, outcome=outcome, words=words) == name
    own = {**CHALLENGE, "outcome": "other_consortium", "handling_consortium_id": NORTH}
    with pytest.raises(Invalid):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.decide_case(session, acting(OFFICER), case_id, own)


async def test_a_case_handed_to_another_consortium_is_seen_and_worked_on_there(database: Database) -> None:
    """And the consortium that raised it goes on reading it."""
    handed = {**CHALLENGE, "outcome": "other_consortium", "handling_consortium_id": SOUTH}
    case_id = await a_case(database)
    with pytest.raises(NotThere):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_task(session, acting(LEAD_OF_SOUTH), case_id, TASK)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.acknowledge_case(session, acting(OFFICER), case_id)
        await actions.decide_case(session, acting(OFFICER), case_id, handed)
        await agree_task(session, acting(LEAD_OF_SOUTH), case_id, TASK)
        await record_visit(session, acting(LEAD_OF_NORTH), case_id, VISIT)
    assert "case_decided" in await told(database, LEAD_OF_SOUTH)


async def test_an_owner_who_left_the_core_team_hears_no_more_of_a_case(database: Database) -> None:
    """The rest of the core team does instead."""
    case_id = await a_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.acknowledge_case(session, acting(OFFICER), case_id)
        await session.execute(
            text("UPDATE appointment SET ends_on = current_date WHERE person_id = :id"),
            {"id": OFFICER.person_id},
        )
    async with database.fenced(NORTHSHIRE) as session:
        await actions.withdraw_case(session, acting(LEAD_OF_NORTH), case_id, "Settled")
    assert "case_withdrawn" not in await told(database, OFFICER)
    assert "case_withdrawn" in await told(database, HEAD_OF_SERVICE)


async def test_two_officers_who_decide_at_once(database: Database) -> None:
    """The second waits, then finds a version that is not theirs, with both texts; nothing of the first is lost."""
    case_id = await a_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.acknowledge_case(session, acting(OFFICER), case_id)
    version = (await look(database, case_id)).version
    words = {"decision": ("What you write", "Mine")}
    async with database.fenced(NORTHSHIRE) as first:
        await actions.decide_case(first, acting(OFFICER), case_id, PROCURED, version)

        async def second() -> Any:
            async with database.fenced(NORTHSHIRE) as other:
                await actions.decide_case(
                    other, acting(HEAD_OF_SERVICE), case_id, {**CHALLENGE, "decision": "Mine"}, version, words
                )

        late = asyncio.create_task(second())
        await asyncio.sleep(0.2)
        assert not late.done()
    with pytest.raises(Stale) as stale:
        await late
    assert stale.value.differences == [("What you write", "Mine", PROCURED["decision"])]
    assert (await look(database, case_id)).outcome == "procured"


async def test_a_lead_who_gets_an_interest_cannot_handle_the_case_any_more(database: Database) -> None:
    """Declared, or the head of a school of the same trust: asked anew at each step; the deputy goes on."""
    case_id = await a_running_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES (901, :p, :urn, 'family')"
            ),
            {"p": LEAD_OF_NORTH.person_id, "urn": MILL},
        )
    with pytest.raises(Refused, match="interest"):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_task(session, acting(LEAD_OF_NORTH), case_id, TASK)
    async with database.fenced(NORTHSHIRE) as session:
        await agree_task(session, acting(DEPUTY_OF_NORTH), case_id, TASK)
        await session.execute(
            text("UPDATE school SET trust_uid = 'TR1' WHERE urn IN (:mill, :park)"),
            {"mill": MILL, "park": PARK},
        )
        await session.execute(
            text(
                "INSERT INTO appointment (authority_id, person_id, role, school_urn, starts_on)"
                " VALUES (901, :p, 'headteacher', :urn, '2020-09-01')"
            ),
            {"p": DEPUTY_OF_NORTH.person_id, "urn": PARK},
        )
    with pytest.raises(NotThere):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_task(session, acting(DEPUTY_OF_NORTH), case_id, TASK)
    before = await told(database, DEPUTY_OF_NORTH)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.review_case(session, acting(OFFICER), case_id, "It goes well")
    assert await told(database, DEPUTY_OF_NORTH) == before, "who may not see a case is not told of it"


async def test_an_officer_with_an_interest_hands_the_case_on(database: Database) -> None:
    """They cannot move it, nor is it given to them; giving it to somebody else they can."""
    case_id = await a_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES (901, :p, :urn, 'governor')"
            ),
            {"p": OFFICER.person_id, "urn": MILL},
        )
    with pytest.raises(Refused, match="interest"):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.acknowledge_case(session, acting(OFFICER), case_id)
    with pytest.raises(Invalid):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.assign_case(session, acting(HEAD_OF_SERVICE), case_id, OFFICER.person_id)
    async with database.fenced(NORTHSHIRE) as session:
        await actions.assign_case(session, acting(OFFICER), case_id, HEAD_OF_SERVICE.person_id)
    assert (await look(database, case_id)).owner_id == HEAD_OF_SERVICE.person_id
    assert "case_assigned" in await told(database, HEAD_OF_SERVICE)


async def test_two_cases_of_one_school_become_one(database: Database) -> None:
    """The other goes on; a case of another school, or one that is over, cannot take it in."""
    first, second, elsewhere = (
        await a_case(database),
        await a_case(database, DEPUTY_OF_NORTH),
        await a_case(database, LEAD_OF_NORTH, PARK),
    )
    with pytest.raises(Invalid):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.merge_case(session, acting(OFFICER), first, elsewhere, "The same")
    async with database.fenced(NORTHSHIRE) as session:
        await actions.merge_case(session, acting(OFFICER), first, second, "The same")
    row = await look(database, first)
    assert (row.state, row.merged_into) == ("merged", second)
    assert [one.verb for one in await look(database, second, "escalation_event")] == [
        "raise_case",
        "merge_in",
    ]


async def test_a_school_does_not_read_that_a_case_it_was_not_told_of_went_into_another(
    client: Client, database: Database
) -> None:
    known, hidden = await a_case(database), await a_case(database, why_wait="The head starts on Monday")
    async with database.fenced(NORTHSHIRE) as session:
        await actions.merge_case(session, acting(OFFICER), hidden, known, "Both are about the head")
    assert "Both are about the head" not in (await client.get(f"/cases/{known}", as_=HEAD_OF_MILL)).text
    assert "Both are about the head" in (await client.get(f"/cases/{known}", as_=LEAD_OF_NORTH)).text


async def test_actions_and_visits_put_right_by_two_at_once_show_both(database: Database) -> None:
    """The version that was read decides; a day in the past is refused and leaves things as they were."""
    case_id = await a_running_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        task_id = await agree_task(session, acting(OFFICER), case_id, TASK)
        visit_id = await record_visit(session, acting(OFFICER), case_id, VISIT)
    async with database.fenced(NORTHSHIRE) as session:
        await change_task(session, acting(OFFICER), task_id, TASK | {"what": "Send it today"}, 1)
        await correct_visit(session, acting(OFFICER), visit_id, VISIT | {"found": "Very well taught"}, 1)
    with pytest.raises(Stale) as stale:
        async with database.fenced(NORTHSHIRE) as session:
            await correct_visit(session, acting(LEAD_OF_NORTH), visit_id, VISIT | {"found": "Badly"}, 1)
    assert ("What was found", "Badly", "Very well taught") in stale.value.differences
    with pytest.raises(Stale):
        async with database.fenced(NORTHSHIRE) as session:
            await change_task(session, acting(LEAD_OF_NORTH), task_id, TASK, 1)
    with pytest.raises(Invalid):
        async with database.fenced(NORTHSHIRE) as session:
            await agree_task(session, acting(OFFICER), case_id, TASK | {"due_on": TODAY - timedelta(days=1)})
    async with database.fenced(NORTHSHIRE) as session:
        await drop_task(session, acting(OFFICER), task_id, "No longer needed")
    (task,) = await look(database, case_id, "escalation_task")
    assert (task.state, task.why_dropped) == ("dropped", "No longer needed")


async def test_the_desk_of_two_people(database: Database) -> None:
    """Mine, nobody's, overdue, waiting; hours committed; whoever covers finds the other's cases among their own."""
    unassigned = await a_case(database)
    running = await a_running_case(database)
    waiting = await a_running_case(database)
    async with database.fenced(NORTHSHIRE) as session:
        officer, head = acting(OFFICER), acting(HEAD_OF_SERVICE)
        await actions.wait_for(session, officer, waiting, "school", "Their answer")
        await session.execute(
            text("UPDATE escalation SET due_at = :past WHERE id = :id"),
            {"past": datetime.now(UTC) - timedelta(days=1), "id": running},
        )
        assert dict(await desk.desk_counts(session, officer)) == {
            "mine": 2,
            "unassigned": 1,
            "due": (await desk.desk_counts(session, officer))["due"],
            "overdue": 1,
            "waiting": 1,
            "all": 3,
        }
        rows, more = await desk.desk_list(session, officer, "unassigned", 1)
        assert ([one.id for one in rows], more) == ([unassigned], False)
        (hours,) = [one for one in await desk.committed(session, officer) if one.id == OFFICER.person_id]
        assert (hours.cases, hours.hours, hours.covered_by) == (2, 24, None)
        assert (await desk.desk_counts(session, head))["mine"] == 0
        await arrange_cover(session, head, OFFICER.person_id, HEAD_OF_SERVICE.person_id, TODAY, TODAY)
        assert (await desk.desk_counts(session, head))["mine"] == 2
        with pytest.raises(Invalid):
            await arrange_cover(session, head, OFFICER.person_id, HEAD_OF_SERVICE.person_id, TODAY, TODAY)
        (cover,) = await desk.covers(session, head)
        await end_cover(session, head, cover.id)
        assert (await desk.desk_counts(session, head))["mine"] == 0


async def test_who_withdraws_reopens_and_steps_up_gives_a_reason(database: Database) -> None:
    """Without one the move is refused; with one it stands in the story, where the school reads it too."""
    case_id = await a_running_case(database)
    with pytest.raises(Refused, match="reason"):
        async with database.fenced(NORTHSHIRE) as session:
            await actions.step(session, acting(OFFICER), case_id, STEP_UP, "  ")
    async with database.fenced(NORTHSHIRE) as session:
        await actions.step(session, acting(OFFICER), case_id, STEP_UP, "No better after two reviews")
    async with database.fenced(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, HEAD_OF_MILL)
        notes = (await session.scalars(text("SELECT note FROM escalation_event ORDER BY id"))).all()
    assert "No better after two reviews" in notes
