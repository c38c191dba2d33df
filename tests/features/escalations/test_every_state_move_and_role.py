"""Every state, transition and role of an escalation, through its action and in PostgreSQL without it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.escalations import models as escalations_models
from alongside.features.escalations.models import ESCALATION_WORKFLOW, RAISE_ESCALATION
from alongside.features.escalations.pages import MOVES as BUTTON_ACTIONS
from alongside.features.escalations.queries import ONE_ESCALATION, of_person
from alongside.features.escalations.state_changes import actions
from alongside.platform.access.permissions import ROLE_PERMISSIONS
from alongside.platform.access.principal import Role
from alongside.platform.database.reads import fetch_one
from alongside.platform.forms.action import buttons_for
from alongside.platform.workflow import INITIAL, Transition
from tests.access.oracle import AGREED, LEADERS
from tests.databases import DatabaseCopy, constraint_of, open_database
from tests.features.escalations.builders import CHALLENGE, END, acting, ask_as, put_escalation
from tests.personas import (
    ADMINISTRATOR,
    DELEGATE_OF_MILL,
    DEPUTY_OF_NORTH,
    HEAD_OF_MILL,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    LEAD_OF_SOUTH,
    NORTHSHIRE,
    OFFICER,
    SOUTH,
    Persona,
)

WITHOUT_SEAT = (LEAD_OF_SOUTH, HEAD_OF_QUAY)
ACTORS = (
    HEAD_OF_MILL,
    DELEGATE_OF_MILL,
    LEAD_OF_NORTH,
    DEPUTY_OF_NORTH,
    OFFICER,
    HEAD_OF_SERVICE,
    ADMINISTRATOR,
    *WITHOUT_SEAT,
)
OF_WHO_RAISED_IT = {"respond_to_escalation", "raise_escalation"}
"""What only the consortium that raised an escalation may do, even where another handles it."""

HANDLED = {"outcome": "other_consortium", "decision": "South handles it", "handling_consortium_id": SOUTH}
Act = Callable[[AsyncSession, Any, UUID, UUID], Awaitable[Any]]

ACTS: dict[str, Act] = {
    "acknowledge_escalation": lambda s, p, one, _: actions.acknowledge_escalation(s, p, one),
    "triage_escalation": lambda s, p, one, _: actions.decide_escalation(s, p, one, CHALLENGE),
    "agree_plan": lambda s, p, one, _: actions.agree_plan(s, p, one, {"plan": "p", "hours": 1}, ["c"]),
    "review_escalation": lambda s, p, one, _: actions.review_escalation(s, p, one, "It goes well"),
    "wait_on_consortium": lambda s, p, one, _: actions.pause_deadline(
        s, p, one, "consortium", "Their answer"
    ),
    "wait_on_school": lambda s, p, one, _: actions.pause_deadline(s, p, one, "school", "Their answer"),
    "wait_on_provider": lambda s, p, one, _: actions.pause_deadline(s, p, one, "provider", "Their answer"),
    "resume_escalation": lambda s, p, one, _: actions.resume_escalation(s, p, one),
    "offer_return": lambda s, p, one, _: actions.offer_return(s, p, one),
    "take_back": lambda s, p, one, _: actions.accept_return(s, p, one, END),
    "not_yet": lambda s, p, one, _: actions.not_yet(s, p, one, "Too early"),
    "step_up_escalation": lambda s, p, one, _: actions.change_level(
        s, p, one, escalations_models.STEP_UP, "No better"
    ),
    "step_down_escalation": lambda s, p, one, _: actions.change_level(
        s, p, one, escalations_models.STEP_DOWN, "Better"
    ),
    "close_escalation": lambda s, p, one, _: actions.close_escalation(s, p, one, END),
    "withdraw_escalation": lambda s, p, one, _: actions.withdraw_escalation(s, p, one, "Settled"),
    "merge_escalation": lambda s, p, one, other: actions.merge_escalation(s, p, one, other, "The same"),
    "reopen_escalation": lambda s, p, one, _: actions.reopen_escalation(s, p, one, "It is back"),
}
"""The action of each move."""

SAME_ACT = {"decide_again": "triage_escalation"}
"""Deciding anew is deciding once more: which move it is follows from the state."""

MOVES = [move for move in ESCALATION_WORKFLOW.moves if move is not RAISE_ESCALATION]
OF_ACT = {verb: [move for move in MOVES if SAME_ACT.get(move.verb, move.verb) == verb] for verb in ACTS}
STATES = ESCALATION_WORKFLOW.states


@pytest.fixture(scope="module")
async def escalations(module_database: DatabaseCopy) -> Any:
    """An escalation in each state, one more to merge into, and the app's way to them."""
    connection = await asyncpg.connect(module_database.superuser_url)
    try:
        made: dict[str | tuple[str, str], UUID] = {
            state: await put_escalation(connection, state) for state in STATES
        }
        made["other"] = await put_escalation(connection, "active")
        made |= {("handled", state): await put_escalation(connection, state, **HANDLED) for state in STATES}
    finally:
        await connection.close()
    database = open_database(module_database)
    yield database, made
    await database.close()


def test_every_move_has_an_act() -> None:
    """A move that nobody tries here would be a move that nobody tried."""
    assert sorted(move.verb for moves in OF_ACT.values() for move in moves) == sorted(m.verb for m in MOVES)
    assert all(OF_ACT.values())


def agreed(move: Transition, state: str, one: Persona) -> bool:
    """Whether it was agreed, by hand (`tests/access/oracle.py`), that this person may do this now."""
    assert move.permission is not None
    return (
        state in move.starts
        and one not in WITHOUT_SEAT
        and one.role.value in AGREED[move.permission.value]
        and (one.role.value in LEADERS or one.role.value in ("core_officer", "head_of_service"))
    )


@pytest.mark.parametrize("state", STATES)
async def test_the_action_takes_a_legal_move_and_refuses_every_other(state: str, escalations: Any) -> None:
    """Legal ones change the state as the table says; all others are refused and change nothing."""
    database, made = escalations
    tried = taken = 0
    async with database.transaction(NORTHSHIRE) as session:
        for verb, moves in OF_ACT.items():
            for one in ACTORS:
                attempt = await session.begin_nested()
                done = None
                with suppress(NotFound, ActionRefused):
                    await ACTS[verb](session, acting(one), made[state], made["other"])
                    done = await state_now(session, made[state])
                await attempt.rollback()
                legal = any(agreed(move, state, one) for move in moves)
                assert done == (moves[0].end if legal else None), (state, verb, one.role)
                tried, taken = tried + 1, taken + bool(done)
        assert await state_now(session, made[state]) == state
    assert tried == len(ACTS) * len(ACTORS)
    assert taken >= 2 or state == "merged"


async def state_now(session: AsyncSession, escalation_id: UUID) -> str:
    """The state of an escalation, as the core team sees it."""
    await ask_as(session, OFFICER)
    return str(
        await session.scalar(text("SELECT state FROM escalation WHERE id = :id"), {"id": escalation_id})
    )


@pytest.mark.parametrize("state", STATES)
async def test_who_only_handles_an_escalation_answers_for_nobody(state: str, escalations: Any) -> None:
    """The lead of the consortium that an escalation was handed to neither ends it nor is offered to; who raised
    it is.
    """
    database, made = escalations
    escalation_id = made["handled", state]
    async with database.transaction(NORTHSHIRE) as session:
        for one in (LEAD_OF_NORTH, LEAD_OF_SOUTH):
            await ask_as(session, one)
            values = of_person(acting(one), escalation_id=escalation_id)
            row = await fetch_one(session, ONE_ESCALATION, values)
            assert row is not None
            offered = {button.label for button in buttons_for(acting(one), row, BUTTON_ACTIONS)}
            for verb, moves in OF_ACT.items():
                attempt = await session.begin_nested()
                done = None
                with suppress(NotFound, ActionRefused):
                    await ACTS[verb](session, acting(one), escalation_id, made["other"])
                    done = await state_now(session, escalation_id)
                await attempt.rollback()
                legal = [move for move in moves if state in move.starts and answers(move, one)]
                assert done == (legal[0].end if legal else None), (state, verb, one.name)
                assert (BUTTONS.get(verb) in offered) == bool(legal), (state, verb, one.name)


BUTTONS = {
    "take_back": "Take the school back",
    "not_yet": "Say it is too early",
    "withdraw_escalation": "Withdraw",
    "reopen_escalation": "Reopen",
}
"""What the acts of leads are called on the page of an escalation."""


def answers(move: Transition, one: Persona) -> bool:
    """Whether it was agreed, by hand, that a lead takes this move with an escalation of the north that the
    south handles.
    """
    assert move.permission is not None
    of_north_alone = move.permission.value in OF_WHO_RAISED_IT
    return one.role.value in AGREED[move.permission.value] and (one is LEAD_OF_NORTH or not of_north_alone)


@pytest.mark.parametrize("state", STATES)
async def test_postgresql_refuses_what_the_table_does_not_hold(state: str, escalations: Any) -> None:
    """The action bypassed, as the app's own role, on the real table: for each state, role and end."""
    database, made = escalations
    tried = 0
    async with database.transaction(NORTHSHIRE) as session:
        for one in ACTORS:
            for end in STATES:
                await ask_as(session, one)
                got = await leap(session, LEAP, {"id": made[state], "end": end, "into": made["other"]})
                sees = one not in WITHOUT_SEAT and one.role not in (
                    Role.DELEGATE,
                    Role.AUTHORITY_ADMINISTRATOR,
                )
                legal = (state, end) in ESCALATION_WORKFLOW.pairs() or state == end
                writes = sees and one.role is not Role.HEADTEACHER
                assert got == (0 if not writes else 1 if legal else "allowed_transition"), (
                    one.role,
                    state,
                    end,
                )
                tried += 1
    assert tried == len(STATES) * len(ACTORS)


async def leap(session: AsyncSession, sql: str, values: Mapping[str, Any]) -> int | str:
    """How many rows a statement touches, or the name of the promise that it would break. Nothing is kept."""
    attempt = await session.begin_nested()
    try:
        done = await session.execute(text(sql), values)
        assert isinstance(done, CursorResult)
        return done.rowcount
    except DBAPIError as refused:
        return constraint_of(refused)
    finally:
        await attempt.rollback()


LEAP = """
    UPDATE escalation SET state = :end, outcome = coalesce(outcome, 'challenge'), decision = 'd', result = 'better',
           outcome_words = 'w', merged_into = CASE WHEN :end = 'merged' THEN CAST(:into AS uuid) END
     WHERE id = :id
"""
"""With every column that a state asks for, so that nothing but the table of moves can refuse it."""


async def test_an_escalation_begins_as_raised_and_as_nothing_else(escalations: Any) -> None:
    """Not even the core team puts one into another state."""
    database, _ = escalations
    async with database.transaction(NORTHSHIRE) as session:
        await ask_as(session, OFFICER)
        by = {"by": LEAD_OF_NORTH.person_id, "of": LEAD_OF_NORTH.consortium_id}
        for state in STATES:
            got = await leap(session, BEGIN, {"state": state, **by})
            assert got == (1 if (INITIAL, state) in ESCALATION_WORKFLOW.pairs() else "allowed_transition"), (
                state
            )


BEGIN = """
    INSERT INTO escalation (authority_id, school_urn, consortium_id, state, reason, wanted, urgency, raised_by, outcome,
                            decision, result, outcome_words)
    VALUES (901, 990001, :of, :state, 'too_close', 'w', 'soon', :by, 'challenge', 'd', 'better', 'w')
"""


def test_the_law_names_whom_the_moves_name() -> None:
    """Nobody of a school has a move of an escalation."""
    for move in ESCALATION_WORKFLOW.moves:
        assert move.permission is not None
        assert not {Role.HEADTEACHER, Role.DELEGATE} & ROLE_PERMISSIONS[move.permission].keys(), move.verb
