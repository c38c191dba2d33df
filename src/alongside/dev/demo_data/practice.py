"""Directory entries of the demonstration, imported from a file; twenty of them have longer texts in a second file."""

import json
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from secrets import token_bytes
from typing import NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.dev.demo_data.posts import suits
from alongside.features.authorities.settings_cache import settings_of
from alongside.features.directory.import_export.actions import import_rows
from alongside.features.directory.import_export.row_results import ExistingEntries, validate_rows
from alongside.features.directory.insights.actions import record_zero_result_search
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all

FILE = Path(__file__).with_name("practice.jsonl")
IN_DEPTH = Path(__file__).with_name("practice_in_depth.toml")
ASKED = {
    "early_reading": "Reading lead",
    "mathematics": "Mathematics lead",
    "send": "SENCO",
    "attendance": "Attendance lead",
    "early_years": "Early years lead",
    "governance": "Clerk to the governors",
    "post_16": "Head of sixth form",
}
MISSED = (("cricket", 5), ("hydrotherapy", 3), ("latin", 4), ("makaton", 3))
"""Searches with no results, with the number of people."""

SEEN_BY = ("authority", "authority", "public", "authority", "consortium")
FIGURES = text(
    "SELECT urn, name, phase, pupils, percentage_fsm FROM school"
    " WHERE authority_id = :authority_id AND status = 'open' AND phase IN ('primary', 'secondary') ORDER BY urn"
)
SINCE = text(
    """
    UPDATE directory_entry SET listed_at = listed_at - days * interval '1 day', reviewed_on = reviewed_on - days,
           review_due_on = review_due_on - days, visible_to_authority_from = visible_to_authority_from - days
      FROM (SELECT id AS entry_id, abs(hashtext(title)) % 330 AS days FROM directory_entry
             WHERE authority_id = :authority_id) ago
     WHERE authority_id = :authority_id AND id = entry_id AND reviewed_on = :today
    """
).bindparams(bindparam("today", type_=Date))


class SchoolFigures(NamedTuple):
    """A school and its figures, of which the register lacks some."""

    urn: int
    name: str
    phase: str
    pupils: int | None
    percentage_fsm: Decimal | None


class Written(TypedDict):
    """The columns of a line of the file that are read here."""

    reference: str
    title: str
    themes: list[str]
    phases: list[str]
    cost_pence: int
    checked_level: int


async def bring_practice(session: AsyncSession, product: Principal, today: date, most: int) -> int:
    """Import entries for suitable schools, backdated by some months; returns the number."""
    random = Random(product.authority_id + 3)
    schools = await select_all(session, FIGURES, SchoolFigures, {"authority_id": product.authority_id})
    in_depth = tomllib.loads(IN_DEPTH.read_text(encoding="utf-8"))
    rows = []
    for line in FILE.read_text(encoding="utf-8").split("\n")[:most]:
        entry: Written = json.loads(line)
        fitting = [one for one in schools if one.phase in entry["phases"]]
        school = random.choice(
            [one for one in fitting if suits(entry["themes"][0], entry["title"], one)] or fitting
        )
        rows.append(_row(entry, school, random) | in_depth.get(entry["reference"], {}))
    row_results, _ = validate_rows(
        rows, settings_of(product.authority_id), {one.urn for one in schools}, ExistingEntries(), given={}
    )
    made = await import_rows(session, product, row_results)
    await session.execute(SINCE, {"authority_id": product.authority_id, "today": today})
    key = token_bytes()
    for words, people in MISSED:
        for number in range(people):
            seeker = replace(product, id=UUID(int=number), today=today)
            await record_zero_result_search(session, seeker, words, key)
    return len(made)


def _row(entry: Written, school: SchoolFigures, random: Random) -> dict[str, object]:
    """Convert a line of the file to form data, with the figures of its school."""
    size = f"{school.pupils:,} pupils" if school.pupils else "a size that the register does not give"
    intake = (
        f", {school.percentage_fsm}% of them eligible for free school meals" if school.percentage_fsm else ""
    )
    return {
        **entry,
        "school_urn": school.urn,
        "phases": [school.phase],
        "context": f"A {school.phase} school of {size}{intake}.",
        "cost_pounds": f"{entry['cost_pence'] // 100}",
        "evidence_level": entry["checked_level"],
        "who_to_ask": ASKED.get(entry["themes"][0], "Deputy headteacher"),
        "visibility": random.choice(SEEN_BY),
    }
