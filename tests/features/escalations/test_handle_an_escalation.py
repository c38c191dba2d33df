"""Handling an escalation: database constraints, notifications, concurrent edits and interests."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.errors import ActionRefused, EditConflict, NotFound, ValidationFailed
from alongside.features.escalations.caseload import queries as desk
from alongside.features.escalations.caseload.actions import arrange_cover, end_cover
from alongside.features.escalations.models import STEP_UP
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.tasks.actions import agree_task, cancel_task, change_task, complete_task
from alongside.features.escalations.tasks.forms import WrittenTask
from alongside.features.escalations.triage.forms import Decision
from alongside.features.escalations.visits.actions import correct_visit, record_visit
from alongside.features.escalations.visits.forms import WrittenVisit
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import constraint_of
from tests.features.escalations.builders import (
    CHALLENGE,
    END,
    PROCURED,
    TODAY,
    a_decided_escalation,
    a_running_escalation,
    acting,
    all_met,
    an_escalation,
    ask_as,
    look,
    notified,
)
from tests.personas import (
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

TASK: WrittenTask = {
    "what": "Send the plan",
    "owner_id": OFFICER.person_id,
    "owner_name": "Ola Officer",
    "due_on": TODAY + timedelta(days=7),
}
VISIT: WrittenVisit = {
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
    async with database.transaction(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text(sql), values)
        await session.rollback()
    return constraint_of(refused.value)


async def test_an_escalation_cannot_close_with_an_open_action(database: Database) -> None:
    """Neither by the action nor past it; done or dropped, it can."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        task_id = await agree_task(session, acting(LEAD_OF_NORTH), escalation_id, TASK)
    assert "escalation_task" in await notified(database, OFFICER)
    with pytest.raises(ActionRefused, match="still open"):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.close_escalation(session, acting(OFFICER), escalation_id, END)
    close = "UPDATE escalation SET state = 'closed', result = 'better', outcome_words = 'w' WHERE id = :id"
    assert await constraint(database, close, id=escalation_id) == "no_open_actions"
    async with database.transaction(NORTHSHIRE) as session:
        await complete_task(session, acting(OFFICER), task_id)
        await actions.close_escalation(session, acting(OFFICER), escalation_id, END)
    assert (await look(database, escalation_id)).state == "closed"
    assert "escalation_closed" in await notified(database, LEAD_OF_NORTH)
    assert "escalation_closed" in await notified(database, HEAD_OF_MILL)


async def test_an_action_agreed_while_the_escalation_is_closed_waits_and_is_refused(
    database: Database,
) -> None:
    """Two real sessions: the person who comes second finds the escalation over, not an open action in a closed escalation."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as closing:
        await actions.close_escalation(closing, acting(OFFICER), escalation_id, END)

        async def agree() -> str:
            try:
                async with database.transaction(NORTHSHIRE) as other:
                    await agree_task(other, acting(LEAD_OF_NORTH), escalation_id, TASK)
            except ActionRefused:
                return "refused"
            return "agreed"

        late = asyncio.create_task(agree())
        await asyncio.sleep(0.2)
        assert not late.done()
    assert await late == "refused"
    insert = (
        "INSERT INTO escalation_task (authority_id, escalation_id, state, what, owner_name, due_on)"
        " VALUES (901, :id, 'open', 'w', 'o', :on)"
    )
    assert await constraint(database, insert, id=escalation_id, on=TODAY) == "escalation_is_open"


async def test_a_plan_needs_a_criterion_and_a_return_needs_all_of_them_met(database: Database) -> None:
    """PostgreSQL holds both, whatever the page allows."""
    escalation_id = await a_decided_escalation(database)
    assert await constraint(
        database, "UPDATE escalation SET state = 'active' WHERE id = :id", id=escalation_id
    ) == ("has_criteria")
    running = await a_running_escalation(database)
    with pytest.raises(ActionRefused, match="Not every criterion is met"):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.offer_return(session, acting(OFFICER), running)
    assert await constraint(
        database, "UPDATE escalation SET state = 'returning' WHERE id = :id", id=running
    ) == ("criteria_met")
    await all_met(database, running)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), running)
        await actions.accept_return(session, acting(DEPUTY_OF_NORTH), running, END)
    row = await look(database, running)
    assert (row.state, row.result, row.due_at) == ("closed", "better", None)


async def test_the_consortium_may_say_that_it_is_too_early(database: Database) -> None:
    """The escalation goes on, with a clock of its own again."""
    escalation_id = await a_running_escalation(database)
    await all_met(database, escalation_id)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.offer_return(session, acting(OFFICER), escalation_id)
        assert (await timers(session, escalation_id)) == set()
        await actions.not_yet(session, acting(LEAD_OF_NORTH), escalation_id, "Year 6 is not there yet")
        assert (await timers(session, escalation_id)) == {"review"}
    row = await look(database, escalation_id)
    assert (row.state, row.deadline_kind) == ("active", "review")
    assert "escalation_not_yet" in await notified(database, OFFICER)


async def timers(session: Any, escalation_id: UUID) -> set[str]:
    """What reminders are armed for an escalation."""
    await ask_as(session, OFFICER)
    found = await session.execute(
        text("SELECT deadline_kind FROM escalation_timer WHERE escalation_id = :id AND state = 'armed'"),
        {"id": escalation_id},
    )
    return {row.deadline_kind for row in found}


async def test_the_clock_stands_still_while_somebody_else_has_to_act(database: Database) -> None:
    """Who and why are kept; no reminder is armed meanwhile; going on gives it as many days as it had."""
    escalation_id = await a_running_escalation(database)
    due = (await look(database, escalation_id)).due_at
    async with database.transaction(NORTHSHIRE) as session:
        await actions.pause_deadline(session, acting(OFFICER), escalation_id, "provider", "Their dates")
        assert await timers(session, escalation_id) == set()
    row = await look(database, escalation_id)
    assert (row.state, row.due_at, row.deadline_kind) == ("waiting_on_provider", None, "review")
    (wait,) = await look(database, escalation_id, "escalation_pause")
    assert (wait.waiting_on, wait.why, wait.begun_by, wait.until_at) == (
        "provider",
        "Their dates",
        OFFICER.person_id,
        None,
    )
    async with database.transaction(NORTHSHIRE) as session:
        await actions.resume_escalation(session, acting(HEAD_OF_SERVICE), escalation_id)
        assert await timers(session, escalation_id) == {"review"}
    row = await look(database, escalation_id)
    assert row.state == "active" and row.due_at == due
    (wait,) = await look(database, escalation_id, "escalation_pause")
    assert wait.until_at is not None


async def test_a_decision_has_all_that_its_outcome_needs_or_postgresql_refuses(database: Database) -> None:
    """Procured without provider, handed to nobody, returned without a name, decided without a word."""
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    decide = "UPDATE escalation SET state = 'triaged', outcome = :outcome, decision = :words WHERE id = :id"
    for outcome, words, name in (
        ("procured", "d", "ck_escalation_procured"),
        ("other_consortium", "d", "ck_escalation_handed_on"),
        ("returned", "d", "ck_escalation_named_support"),
        ("challenge", "", "ck_escalation_decided_in_writing"),
        (None, "", "ck_escalation_decided"),
        ("statutory", "d", "maintained_only"),
    ):
        assert await constraint(database, decide, id=escalation_id, outcome=outcome, words=words) == name
    own: Decision = {**CHALLENGE, "outcome": "other_consortium", "handling_consortium_id": NORTH}
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.decide_escalation(session, acting(OFFICER), escalation_id, own)


async def test_an_escalation_handed_to_another_consortium_is_seen_and_worked_on_there(
    database: Database,
) -> None:
    """And the consortium that raised it goes on reading it."""
    handed: Decision = {**CHALLENGE, "outcome": "other_consortium", "handling_consortium_id": SOUTH}
    escalation_id = await an_escalation(database)
    with pytest.raises(NotFound):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_task(session, acting(LEAD_OF_SOUTH), escalation_id, TASK)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
        await actions.decide_escalation(session, acting(OFFICER), escalation_id, handed)
        await agree_task(session, acting(LEAD_OF_SOUTH), escalation_id, TASK)
        await record_visit(session, acting(LEAD_OF_NORTH), escalation_id, VISIT)
    assert "escalation_decided" in await notified(database, LEAD_OF_SOUTH)


async def test_an_owner_who_left_the_core_team_hears_no_more_of_an_escalation(database: Database) -> None:
    """The rest of the core team does instead."""
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
        await session.execute(
            text("UPDATE role_assignment SET ends_on = :today WHERE person_id = :id"),
            {"id": OFFICER.person_id, "today": TODAY},
        )
    async with database.transaction(NORTHSHIRE) as session:
        await actions.withdraw_escalation(session, acting(LEAD_OF_NORTH), escalation_id, "Settled")
    assert "escalation_withdrawn" not in await notified(database, OFFICER)
    assert "escalation_withdrawn" in await notified(database, HEAD_OF_SERVICE)


async def test_two_officers_who_decide_at_once(database: Database) -> None:
    """The second waits, then finds a version that is not theirs, with both texts; nothing of the first is lost."""
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    version = (await look(database, escalation_id)).version
    words = {"decision": ("Explanation for the consortium", "Mine")}
    async with database.transaction(NORTHSHIRE) as first:
        await actions.decide_escalation(first, acting(OFFICER), escalation_id, PROCURED, version)

        async def second() -> Any:
            async with database.transaction(NORTHSHIRE) as other:
                await actions.decide_escalation(
                    other,
                    acting(HEAD_OF_SERVICE),
                    escalation_id,
                    {**CHALLENGE, "decision": "Mine"},
                    version,
                    words,
                )

        late = asyncio.create_task(second())
        await asyncio.sleep(0.2)
        assert not late.done()
    with pytest.raises(EditConflict) as stale:
        await late
    assert stale.value.differences == [("Explanation for the consortium", "Mine", PROCURED["decision"])]
    assert (await look(database, escalation_id)).outcome == "procured"


async def test_a_lead_who_gets_an_interest_cannot_handle_the_escalation_any_more(database: Database) -> None:
    """Declared, or the head of a school of the same trust: asked anew at each step; the deputy goes on."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES (901, :p, :urn, 'family')"
            ),
            {"p": LEAD_OF_NORTH.person_id, "urn": MILL},
        )
    with pytest.raises(ActionRefused, match="interest"):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_task(session, acting(LEAD_OF_NORTH), escalation_id, TASK)
    async with database.transaction(NORTHSHIRE) as session:
        await agree_task(session, acting(DEPUTY_OF_NORTH), escalation_id, TASK)
        await session.execute(
            text("UPDATE school SET trust_uid = 'TR1' WHERE urn IN (:mill, :park)"),
            {"mill": MILL, "park": PARK},
        )
        await session.execute(
            text(
                "INSERT INTO role_assignment (authority_id, person_id, role, school_urn, starts_on)"
                " VALUES (901, :p, 'headteacher', :urn, '2020-09-01')"
            ),
            {"p": DEPUTY_OF_NORTH.person_id, "urn": PARK},
        )
    with pytest.raises(NotFound):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_task(session, acting(DEPUTY_OF_NORTH), escalation_id, TASK)
    before = await notified(database, DEPUTY_OF_NORTH)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.review_escalation(session, acting(OFFICER), escalation_id, "It goes well")
    assert await notified(database, DEPUTY_OF_NORTH) == before, (
        "who may not see an escalation is not told of it"
    )


async def test_an_officer_with_an_interest_hands_the_escalation_on(database: Database) -> None:
    """They cannot move it, nor is it given to them; giving it to somebody else they can."""
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(
            text(
                "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES (901, :p, :urn, 'governor')"
            ),
            {"p": OFFICER.person_id, "urn": MILL},
        )
    with pytest.raises(ActionRefused, match="interest"):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.assign_escalation(
                session, acting(HEAD_OF_SERVICE), escalation_id, OFFICER.person_id
            )
    async with database.transaction(NORTHSHIRE) as session:
        await actions.assign_escalation(session, acting(OFFICER), escalation_id, HEAD_OF_SERVICE.person_id)
    assert (await look(database, escalation_id)).owner_id == HEAD_OF_SERVICE.person_id
    assert "escalation_assigned" in await notified(database, HEAD_OF_SERVICE)


async def test_two_escalations_of_one_school_become_one(database: Database) -> None:
    """The other goes on; an escalation of another school, or one that is over, cannot take it in."""
    first, second, elsewhere = (
        await an_escalation(database),
        await an_escalation(database, DEPUTY_OF_NORTH),
        await an_escalation(database, LEAD_OF_NORTH, PARK),
    )
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.merge_escalation(session, acting(OFFICER), first, elsewhere, "The same")
    async with database.transaction(NORTHSHIRE) as session:
        await actions.merge_escalation(session, acting(OFFICER), first, second, "The same")
    row = await look(database, first)
    assert (row.state, row.merged_into) == ("merged", second)
    assert [one.verb for one in await look(database, second, "escalation_event")] == [
        "raise_escalation",
        "merge_in",
    ]


async def test_a_school_does_not_read_that_an_escalation_it_was_not_told_of_went_into_another(
    client: Client, database: Database
) -> None:
    known, hidden = (
        await an_escalation(database),
        await an_escalation(database, why_wait="The head starts on Monday"),
    )
    async with database.transaction(NORTHSHIRE) as session:
        await actions.merge_escalation(session, acting(OFFICER), hidden, known, "Both are about the head")
    assert "Both are about the head" not in (await client.get(f"/escalations/{known}", as_=HEAD_OF_MILL)).text
    assert "Both are about the head" in (await client.get(f"/escalations/{known}", as_=LEAD_OF_NORTH)).text


async def test_actions_and_visits_put_right_by_two_at_once_show_both(database: Database) -> None:
    """The version that was read decides; a day in the past is refused and leaves things as they were."""
    escalation_id = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        task_id = await agree_task(session, acting(OFFICER), escalation_id, TASK)
        visit_id = await record_visit(session, acting(OFFICER), escalation_id, VISIT)
    async with database.transaction(NORTHSHIRE) as session:
        await change_task(session, acting(OFFICER), task_id, {**TASK, "what": "Send it today"}, 1)
        await correct_visit(session, acting(OFFICER), visit_id, {**VISIT, "found": "Very well taught"}, 1)
    with pytest.raises(EditConflict) as stale:
        async with database.transaction(NORTHSHIRE) as session:
            await correct_visit(session, acting(LEAD_OF_NORTH), visit_id, {**VISIT, "found": "Badly"}, 1)
    assert ("Findings", "Badly", "Very well taught") in stale.value.differences
    with pytest.raises(EditConflict):
        async with database.transaction(NORTHSHIRE) as session:
            await change_task(session, acting(LEAD_OF_NORTH), task_id, TASK, 1)
    with pytest.raises(ValidationFailed):
        async with database.transaction(NORTHSHIRE) as session:
            await agree_task(
                session, acting(OFFICER), escalation_id, {**TASK, "due_on": TODAY - timedelta(days=1)}
            )
    async with database.transaction(NORTHSHIRE) as session:
        await cancel_task(session, acting(OFFICER), task_id, "No longer needed")
    (task,) = await look(database, escalation_id, "escalation_task")
    assert (task.state, task.why_dropped) == ("dropped", "No longer needed")


async def test_the_desk_of_two_people(database: Database) -> None:
    """Mine, nobody's, overdue, waiting; hours committed; the person who covers finds the other's escalations among
    their own.
    """
    unassigned = await an_escalation(database)
    running = await a_running_escalation(database)
    waiting = await a_running_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        officer, head = acting(OFFICER), acting(HEAD_OF_SERVICE)
        await actions.pause_deadline(session, officer, waiting, "school", "Their answer")
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
            "not_told": 0,
            "all": 3,
        }
        shown = await desk.desk_of(session, officer, "unassigned", 1)
        assert ([one.id for one in shown.escalations], shown.more) == ([unassigned], False)
        assert shown.counts == await desk.desk_counts(session, officer)
        (hours,) = [one for one in shown.officers if one.id == OFFICER.person_id]
        assert (hours.escalations, float(hours.hours), hours.covered_by) == (2, 24.0, None)
        assert (await desk.desk_counts(session, head))["mine"] == 0
        await arrange_cover(session, head, OFFICER.person_id, HEAD_OF_SERVICE.person_id, TODAY, TODAY)
        assert (await desk.desk_counts(session, head))["mine"] == 2
        with pytest.raises(ValidationFailed):
            await arrange_cover(session, head, OFFICER.person_id, HEAD_OF_SERVICE.person_id, TODAY, TODAY)
        (cover,) = await desk.covers(session, head)
        await end_cover(session, head, cover.id)
        assert (await desk.desk_counts(session, head))["mine"] == 0


async def test_who_withdraws_reopens_and_steps_up_gives_a_reason(database: Database) -> None:
    """Without one the move is refused; with one it stands in the story, where the school reads it too."""
    escalation_id = await a_running_escalation(database)
    with pytest.raises(ActionRefused, match="reason"):
        async with database.transaction(NORTHSHIRE) as session:
            await actions.change_level(session, acting(OFFICER), escalation_id, STEP_UP, "  ")
    async with database.transaction(NORTHSHIRE) as session:
        await actions.change_level(
            session, acting(OFFICER), escalation_id, STEP_UP, "No better after two reviews"
        )
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, HEAD_OF_MILL)
        notes = (await session.scalars(text("SELECT note FROM escalation_event ORDER BY id"))).all()
    assert "No better after two reviews" in notes
