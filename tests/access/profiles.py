"""A shared performance profile of a school with its method, snapshots, comment and a dispute."""

from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from alongside.features.profiles.defaults import default_methods
from alongside.features.profiles.inputs import InputFigure, Inputs, years_until
from alongside.features.profiles.method import method_json
from alongside.features.profiles.results import canonical_json
from alongside.features.profiles.snapshot import calculate_profiles
from tests.databases import APP_DAY
from tests.personas import HEAD_OF_MILL, OFFICER

YEAR = "2024-25"


def outputs_of(urn: int) -> bytes:
    """Return the result of a school with figures of three years."""
    figures = tuple(
        InputFigure("ks2_expected", year, "ok", Decimal(60 + place), None, 40)
        for place, year in enumerate(years_until(YEAR, 3))
    )
    return canonical_json(
        calculate_profiles(default_methods()["primary"], Inputs(YEAR, {urn: figures}, ()))[urn]
    )


async def profile_of_everything(
    connection: asyncpg.Connection, authority_id: int, urn: int
) -> dict[str, Any]:
    """Insert a profile with its parts, triggers disabled; returns the ids by the names of path parameters."""
    inside = {"authority_id": authority_id}
    method_id = await _method(connection, inside)
    profile_id = await _put(
        connection,
        "profile",
        **inside,
        school_urn=urn,
        phase="primary",
        academic_year=YEAR,
        state="shared",
        method_id=method_id,
        proposed_category="universal",
        proposed_direction="unchanged",
        shared_at=APP_DAY,
        governors_from=APP_DAY,
    )
    of_it = {**inside, "profile_id": profile_id}
    outputs = outputs_of(urn)
    digest = sha256(outputs).hexdigest()
    for audience in ("school", "others"):
        await _put(
            connection,
            "profile_snapshot",
            **of_it,
            number=1,
            audience=audience,
            method_id=method_id,
            inputs=b"[]" if audience == "school" else None,
            inputs_digest=digest,
            outputs=outputs,
            outputs_digest=digest,
        )
    await _put(connection, "profile_comment", **of_it, body="Our view", written_by=HEAD_OF_MILL.person_id)
    raised = {"measure": "ks2_expected", "reason": "One pupil had left", "raised_by": HEAD_OF_MILL.person_id}
    label = {"label": "floor", "starts_on": APP_DAY, "rule_version": "2026-27", "source": "Table of the DfE"}
    return {
        "profile_id": profile_id,
        "school_label_id": await _put(connection, "school_label", **inside, school_urn=urn, **label),
        "profile_method_id": await _method(connection, inside, state="draft"),
        "profile_dispute_id": await _put(connection, "profile_dispute", **of_it, **raised),
    }


async def _method(connection: asyncpg.Connection, inside: dict[str, int], state: str = "in_force") -> UUID:
    """Return the method in force, inserted once for each authority, or a further draft."""
    if state == "in_force":
        found: UUID | None = await connection.fetchval(
            "SELECT id FROM profile_method WHERE authority_id = $1 AND state = 'in_force'",
            inside["authority_id"],
        )
        if found is not None:
            return found
    number = await connection.fetchval(
        "SELECT 1 + count(*) FROM profile_method WHERE authority_id = $1", inside["authority_id"]
    )
    return await _put(
        connection,
        "profile_method",
        **inside,
        phase="primary" if state == "in_force" else "secondary",
        number=number,
        state=state,
        content=method_json(default_methods()["primary"]),
        adopted_on=APP_DAY if state == "in_force" else None,
        written_by=OFFICER.person_id,
    )


async def _put(connection: asyncpg.Connection, table: str, **row: Any) -> UUID:
    marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    made: UUID = await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values()
    )
    return made
