"""Builders: a school with one row of everything, and registers in which it closes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from alongside.features.school_successions.commands import apply_import, plan_carrying
from alongside.features.school_successions.queries import Plan
from alongside.features.schools.changes import ChangeReport, compare
from alongside.features.schools.gias import Register
from alongside.features.schools.queries import known_links, known_schools
from alongside.platform.access.principal import Principal, Role, system
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from tests.features.schools.extract import read_text, register_text, school
from tests.personas import NORTHSHIRE, SCHOOLS

TODAY = date(2026, 11, 24)
IMPORTER: Principal = replace(system(NORTHSHIRE, TODAY), name="alongside schools import")
ACADEMY = 990201
OTHER_ACADEMY = 990202
CLOSED = {"Status": "Closed", "CloseDate": "31-10-2026", "WhyClosed": "Academy Converter"}

Row = Mapping[str, str]


def academy(urn: int, name: str, *before: int, kind: str = "Predecessor", **cells: str) -> Row:
    """A new academy that opened on 1 November 2026 and followed some schools."""
    links = ",".join(f"{one} {kind}" for one in before) or "Does not have links"
    named = {
        "Type": "Academy converter",
        "Group": "Academies",
        "WhyOpened": "Academy Converter",
        "OpenDate": "01-11-2026",
        "Links": links,
    }
    return school(urn, name, **(named | cells))


def register(folder: Path, *rows: Row, without: tuple[int, ...] = ()) -> Register:
    """A register of the cast's schools, with these rows in place of or beside them."""
    given = {int(row["URN"]) for row in rows}
    persona = [
        school(urn, name, Number=str(2001 + number))
        for number, (urn, name) in enumerate(SCHOOLS.items())
        if urn not in given and urn not in without
    ]
    return read_text(folder, register_text(*persona, *rows))


async def planned(database: Database, new: Register) -> tuple[ChangeReport, list[Plan]]:
    """What an import would change and carry over."""
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        known = await known_schools(session, NORTHSHIRE)
        report = compare(new, known, await known_links(session, NORTHSHIRE))
    return report, await plan_carrying(database, IMPORTER, new, report)


async def bring_in(database: Database, new: Register) -> list[Plan]:
    """Import a register with what it carries over."""
    report, plans = await planned(database, new)
    await apply_import(database, IMPORTER, new, report, plans)
    return plans


async def rows(database: Database, sql: str, **values: Any) -> list[Any]:
    """Rows as the product itself sees them."""
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, RequesterContext(NORTHSHIRE, Role.SYSTEM.value))
        return list((await session.execute(text(sql), values)).all())


async def urn_in(database: Database, table: str, row_id: UUID, column: str = "school_urn") -> Any:
    """To which school a row belongs now."""
    (found,) = await rows(database, f"SELECT {column} AS urn FROM {table} WHERE id = :id", id=row_id)
    return found.urn
