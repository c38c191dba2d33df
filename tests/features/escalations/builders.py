"""Builders of escalations in any state, through the actions or directly in the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.models import DECIDED, ESCALATION_WORKFLOW
from alongside.features.escalations.queries import of_person
from alongside.features.escalations.raising.actions import raise_escalation
from alongside.features.escalations.raising.forms import WrittenEscalation
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.state_changes.forms import End
from alongside.features.escalations.tasks.actions import meet_criterion
from alongside.features.escalations.tasks.queries import CRITERIA
from alongside.features.escalations.triage.forms import Decision, Plan
from alongside.platform.database.reads import fetch_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from tests.databases import APP_DAY
from tests.features.agreements.builders import acting as acting_on
from tests.personas import LEAD_OF_NORTH, MILL, NORTH, NORTHSHIRE, OFFICER, Persona

TODAY = APP_DAY
CHALLENGE: Decision = {
    "outcome": "challenge",
    "decision": "We lead the next review ourselves.",
    "provider": "",
    "provider_pence": None,
    "fund": "",
    "named_support": "",
    "handling_consortium_id": None,
    "hours": 6,
}
PROCURED: Decision = {
    **CHALLENGE,
    "outcome": "procured",
    "provider": "Fenland Teaching Hub",
    "provider_pence": 240_000,
    "fund": "other",
}
END: End = {"result": "better", "outcome_words": "Reading is taught well in every class."}
WRITTEN: WrittenEscalation = {
    "reason": "too_close",
    "reason_words": "",
    "tried": "Two visits",
    "wanted": "Somebody from outside leads the review",
    "urgency": "soon",
    "return_when": "Reading is taught well in every class",
}


def acting(one: Persona, today: date = TODAY) -> Any:
    """The principal of a demonstration user."""
    return acting_on(one, today)


async def an_escalation(
    database: Database, by: Persona = LEAD_OF_NORTH, urn: int = MILL, **other: Any
) -> UUID:
    """An escalation just raised; the headteacher is told unless `why_wait` is given."""
    why_wait = other.pop("why_wait", "")
    written = cast("WrittenEscalation", WRITTEN | other)
    async with database.transaction(by.authority_id) as session:
        return await raise_escalation(session, acting(by), urn, written, tried=["talk"], why_wait=why_wait)


async def a_decided_escalation(database: Database, decided: Decision = CHALLENGE) -> UUID:
    """An escalation acknowledged and decided by the officer."""
    escalation_id = await an_escalation(database)
    async with database.transaction(NORTHSHIRE) as session:
        await actions.acknowledge_escalation(session, acting(OFFICER), escalation_id)
        await actions.decide_escalation(session, acting(OFFICER), escalation_id, decided)
    return escalation_id


async def a_running_escalation(database: Database, decided: Decision = CHALLENGE) -> UUID:
    """An escalation under way, with one criterion that is not met."""
    escalation_id = await a_decided_escalation(database, decided)
    plan: Plan = {"plan": "Three visits", "hours": 12}
    async with database.transaction(NORTHSHIRE) as session:
        await actions.agree_plan(session, acting(OFFICER), escalation_id, plan, ["Reading is taught well"])
    return escalation_id


async def all_met(database: Database, escalation_id: UUID) -> None:
    """Every criterion is met."""
    async with database.transaction(NORTHSHIRE) as session:
        officer = acting(OFFICER)
        await ask_as(session, OFFICER)
        for one in await fetch_all(session, CRITERIA, of_person(officer, escalation_id=escalation_id)):
            await meet_criterion(session, officer, one.id, "Seen in four lessons")


async def ask_as(session: AsyncSession, one: Persona, *interests: int) -> None:
    """Let a transaction ask as one of the cast, without the feature's Python code."""
    consortia = [one.consortium_id] if one.consortium_id else []
    requester = RequesterContext(
        one.authority_id, one.role.value, one.person_id, one.school_urn, consortia, interests
    )
    await set_requester(session, requester)


async def look(database: Database, escalation_id: UUID, table: str = "escalation") -> Any:
    """Return the escalation, or all rows of one of its tables."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await ask_as(session, OFFICER)
        where = "id" if table == "escalation" else "escalation_id"
        found = await session.execute(
            text(f"SELECT * FROM {table} WHERE {where} = :id"), {"id": escalation_id}
        )
        return found.one() if table == "escalation" else found.all()


async def notified(database: Database, one: Persona) -> list[str]:
    """Return the kinds of notification that a person has received, in order."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        found = await session.execute(
            text("SELECT kind FROM notification WHERE person_id = :id ORDER BY id"), {"id": one.person_id}
        )
        return [row.kind for row in found]


async def put_escalation(connection: asyncpg.Connection, state: str, **other: Any) -> UUID:
    """An escalation in any state with all that any move asks for, under every trigger; by the superuser.

    It is raised and then moved from state to state, as an escalation comes there in the product.
    """
    decided = state in DECIDED or state == "closed"
    row: dict[str, Any] = {
        "authority_id": NORTHSHIRE,
        "school_urn": MILL,
        "consortium_id": NORTH,
        "state": "raised",
        "reason": "too_close",
        "wanted": "Somebody from outside",
        "urgency": "soon",
        "raised_by": LEAD_OF_NORTH.person_id,
        "notified_at": datetime.now(UTC),
        "outcome": "challenge" if decided else None,
        "decision": "We challenge" if decided else "",
        "deadline_kind": "review",
        "clock_began_at": datetime.now(UTC) - timedelta(days=2),
        "due_at": datetime.now(UTC) + timedelta(days=20),
    }
    if state == "closed":
        row |= {"result": "better", "outcome_words": "Done", "closed_at": datetime.now(UTC)}
    row |= other
    merged_into = await put_escalation(connection, "active") if state == "merged" else None
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    escalation_id: UUID = await connection.fetchval(
        f"INSERT INTO escalation ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
    await connection.execute(
        "INSERT INTO escalation_criterion (authority_id, escalation_id, words, met_on, met_by) VALUES ($1, $2, 'Met', $3, $4)",
        row["authority_id"],
        escalation_id,
        TODAY,
        OFFICER.person_id,
    )
    for step in way_to(state):
        await connection.execute(
            "UPDATE escalation SET state = $3, merged_into = $4 WHERE authority_id = $1 AND id = $2",
            row["authority_id"],
            escalation_id,
            step,
            merged_into if step == "merged" else None,
        )
    if state.startswith("waiting"):
        await connection.execute(
            "INSERT INTO escalation_pause (authority_id, escalation_id, waiting_on, why, begun_by) VALUES ($1, $2, $3, 'w', $4)",
            row["authority_id"],
            escalation_id,
            state.removeprefix("waiting_on_"),
            OFFICER.person_id,
        )
    return escalation_id


def way_to(state: str) -> list[str]:
    """The states through which an escalation that was raised comes to this one, by the shortest way."""
    ways: dict[str, list[str]] = {"raised": []}
    while state not in ways:
        ways |= {
            finish: [*ways[start], finish]
            for start, finish in sorted(ESCALATION_WORKFLOW.pairs())
            if start in ways and finish not in ways
        }
    return ways[state]
