"""A board with its seats, and motions on it, written without triggers; and raw SQL as the app's role."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.motions.access_policy import identify_requester
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import APP_DAY
from tests.personas import (
    CLERK as CLERK_PERSONA,
)
from tests.personas import (
    HEAD_OF_MILL,
    HEAD_OF_PARK,
    HEAD_OF_QUAY,
    HEAD_OF_SERVICE,
    LEAD_OF_NORTH,
    NORTHSHIRE,
    OFFICER,
    Persona,
)

FROM = date(2020, 9, 1)
SERVICE = Principal(
    NORTHSHIRE, Role.HEAD_OF_SERVICE, APP_DAY, HEAD_OF_SERVICE.person_id, HEAD_OF_SERVICE.name
)
CLERK = Principal(NORTHSHIRE, Role.CLERK, APP_DAY, CLERK_PERSONA.person_id, CLERK_PERSONA.name)


def member(persona: Persona) -> Principal:
    """A persona who acts as a board member."""
    return Principal(NORTHSHIRE, Role.BOARD_MEMBER, APP_DAY, persona.person_id, persona.name)


def acting(persona: Persona) -> Principal:
    """A persona as the person who acts."""
    return Principal(
        NORTHSHIRE, persona.role, APP_DAY, persona.person_id, persona.name, school_urn=persona.school_urn
    )


@dataclass(frozen=True)
class Board:
    """The board of Northshire with four seats that vote, an officer's without a vote, and a vacant one."""

    id: UUID
    mill: UUID
    park: UUID
    quay: UUID
    north: UUID
    officer: UUID
    vacant: UUID

    @property
    def voting(self) -> list[UUID]:
        """The seats that are held and vote."""
        return [self.mill, self.park, self.quay, self.north]


async def make_board(owner: asyncpg.Connection, kind: str = "board", key: str = "board") -> Board:
    """Write a board; its chair is the head of Park. Triggers are off for `owner`."""
    body = await put(
        owner,
        "body",
        authority_id=NORTHSHIRE,
        key=key,
        name="Improvement Board",
        kind=kind,
        constituted_on=FROM,
        chair_rule="from_members",
        school_majority=True,
    )
    seats = []
    for constituency, number, persona, holders in (
        ("primary", 1, HEAD_OF_MILL, "headteacher"),
        ("primary", 2, HEAD_OF_PARK, "headteacher"),
        ("primary", 3, HEAD_OF_QUAY, "headteacher"),
        ("consortia", 1, LEAD_OF_NORTH, "consortium_lead"),
        ("officers", 1, OFFICER, "officer"),
        ("independent", 1, None, "independent"),
    ):
        own = {"authority_id": NORTHSHIRE, "body_id": body, "from_on": FROM, "voting": holders != "officer"}
        seat = await put(owner, "seat", **own, constituency=constituency, number=number, holders=holders)
        seats.append(seat)
        if persona is not None:
            await put(
                owner,
                "seat_appointment",
                **own,
                seat_id=seat,
                person_id=persona.person_id,
                school_urn=persona.school_urn,
                how="elected",
                by="Headteachers",
            )
    await put(
        owner,
        "body_chair",
        authority_id=NORTHSHIRE,
        body_id=body,
        person_id=HEAD_OF_PARK.person_id,
        from_on=FROM,
    )
    return Board(body, *seats)


async def run_as_app(database: Database, sql: str, requester: Principal = CLERK, **values: Any) -> str:
    """Run SQL as the app's role for a person. Returns the constraint or the SQLSTATE that refuses it, or nothing."""
    try:
        async with database.transaction(NORTHSHIRE) as session:
            await identify_requester(session, requester)
            for one in sql.split(";"):
                if one.strip():
                    await session.execute(text(one), values)
    except DBAPIError as error:
        cause = getattr(error.orig, "__cause__", None)
        return str(getattr(cause, "constraint_name", None) or getattr(cause, "sqlstate", ""))
    return ""
