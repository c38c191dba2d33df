"""Support categories in any state, over HTTP or directly in the database."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from tests.access.dataset import put
from tests.client import Client
from tests.databases import APP_DAY
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    MEMBERS,
    MILL,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

YEAR = "2026-27"
STATES = (
    "proposed",
    "discussed",
    "moderated",
    "agreed",
    "notified",
    "appealed",
    "heard",
    "in_force",
    "superseded",
    "withdrawn",
)
LATER = APP_DAY + timedelta(days=20)


async def a_proposal(client: Client, urn: int = MILL, category: str = "targeted") -> str:
    """Propose a category; returns its address."""
    form = {
        "school": str(urn),
        "academic_year": YEAR,
        "phase": "",
        "category": category,
        "reasons": "Reading fell for three years.",
        "panel": "own",
    }
    answer = await client.post("/categories", form, as_=OFFICER)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def discuss(client: Client, address: str) -> None:
    """Record a discussion."""
    form = {"basis": "discussion", "discussed_on": APP_DAY.isoformat(), "discussion": "The head agrees."}
    assert (await client.post(f"{address}/discussion", form, as_=OFFICER)).status_code == 303


async def moderate(
    client: Client, address: str, category: str = "targeted", reasons: str = "", by: Persona = LEAD_OF_NORTH
) -> int:
    """Moderate a category; returns the status."""
    form = {"category": category, "reasons": reasons}
    return (await client.post(f"{address}/moderation", form, as_=by)).status_code


async def agree(client: Client, address: str, category: str, reasons: str = "") -> int:
    """Record what the board agreed; returns the status."""
    form = {
        "category": category,
        "reasons": reasons,
        "agreed_on": APP_DAY.isoformat(),
        "decision_reference": "Board minutes, item 4",
    }
    return (await client.post(f"{address}/agreement", form, as_=HEAD_OF_SERVICE)).status_code


async def notified(client: Client, urn: int = MILL) -> str:
    """Take a category to the notification; returns its address."""
    address = await a_proposal(client, urn)
    await discuss(client, address)
    assert await moderate(client, address) == 303
    assert await agree(client, address, "targeted") == 303
    assert (await client.post(f"{address}/notification", {}, as_=OFFICER)).status_code == 303
    return address


def row_in(state: str, urn: int = MILL, year: str = YEAR, category: str = "targeted") -> dict[str, Any]:
    """Return a row in a state: proposed by the officer, moderated by North’s lead, agreed by the head of service."""
    reached = (
        STATES.index(state) if state not in ("superseded", "withdrawn") else 7 if state == "superseded" else 0
    )
    row: dict[str, Any] = {
        "authority_id": NORTHSHIRE,
        "school_urn": urn,
        "academic_year": year,
        "phase": "primary",
        "state": state,
        "consortium_id": MEMBERS.get(urn),
        "category_proposed": category,
        "reasons_proposed": "Reading fell",
        "proposed_by": OFFICER.person_id,
        "proposed_on": APP_DAY,
    }
    if state == "withdrawn":
        row["withdrawn_because"] = "A mistake"
    steps: tuple[tuple[int, dict[str, Any]], ...] = (
        (1, {"discussion_basis": "discussion", "discussed_on": APP_DAY, "discussed_by": OFFICER.person_id}),
        (
            2,
            {
                "category_moderated": category,
                "moderated_on": APP_DAY,
                "moderated_by": LEAD_OF_NORTH.person_id,
            },
        ),
        (
            3,
            {
                "category_agreed": category,
                "agreed_on": APP_DAY,
                "agreed_by": HEAD_OF_SERVICE.person_id,
                "decision_reference": "Item 4",
            },
        ),
        (4, {"notified_on": APP_DAY, "appeal_by": LATER}),
        (7, {"category": category, "in_force_on": APP_DAY}),
    )
    for number, values in steps:
        row |= values if reached >= number else {}
    if state in ("appealed", "heard"):
        row |= {"appealed_on": APP_DAY, "appealed_by": HEAD_OF_MILL.person_id, "appeal_grounds": "Not fair"}
    if state == "heard":
        row |= {
            "category_heard": category,
            "appeal_outcome": "confirmed",
            "reasons_heard": "It is",
            "heard_on": APP_DAY,
        }
    return row


async def put_category(owner: asyncpg.Connection, state: str, **more: Any) -> UUID:
    """Insert a category in a state, in place of any other of that school; triggers are off for `owner`."""
    row = (
        row_in(state, **{name: more.pop(name) for name in ("urn", "year", "category") if name in more}) | more
    )
    await owner.execute(
        "DELETE FROM support_category WHERE authority_id = $1 AND school_urn = $2 AND academic_year = $3",
        row["authority_id"],
        row["school_urn"],
        row["academic_year"],
    )
    return await put(owner, "support_category", **row)


async def set_interest(owner: asyncpg.Connection, person: Persona, urn: int) -> None:
    """Let a person have an interest in a school."""
    await owner.execute(
        "INSERT INTO declared_interest (authority_id, person_id, other_urn, kind) VALUES ($1, $2, $3, 'governor')"
        " ON CONFLICT DO NOTHING",
        NORTHSHIRE,
        person.person_id,
        urn,
    )
