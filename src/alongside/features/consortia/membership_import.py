"""Import of consortium memberships from a CSV file with the columns urn and consortium."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Integer, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.phases import consortium_phases
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.actions import join_consortium, leave_consortium
from alongside.features.consortia.queries import ConsortiumRow, consortia_of, memberships_of
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.features.schools.posting import PostingSchool
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all

COLUMNS = ("urn", "consortium")


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A line of the file: a school's URN and the key of its consortium."""

    line: int
    urn: int
    key: str


@dataclass(frozen=True, slots=True)
class PlannedMembership:
    """A planned change: the school joins a consortium, and leaves another of the phase if `leaves` is set."""

    urn: int
    school: str
    consortium_id: UUID
    consortium: str
    leaves: UUID | None
    leaves_name: str | None

    def __str__(self) -> str:
        """One line of a plan."""
        if self.leaves_name:
            return f"~ {self.urn} {self.school}: {self.leaves_name} → {self.consortium}"
        return f"+ {self.urn} {self.school}: {self.consortium}"


def read_memberships(lines: Iterable[str]) -> tuple[list[MembershipLine], list[str]]:
    """Parse the file: the membership lines, and a message for each line that cannot be read."""
    rows = csv.DictReader(lines)
    heading = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    lacking = [name for name in COLUMNS if name not in heading]
    if lacking:
        return [], [f"Line 1: there is no column {' or '.join(lacking)}. The columns are urn and consortium."]
    rows.fieldnames = heading
    memberships, mistakes = [], []
    for row in rows:
        urn, key = ((row[name] or "").strip() for name in COLUMNS)
        if not (urn.isascii() and urn.isdigit() and len(urn) <= 9):
            mistakes.append(f"Line {rows.line_num}, urn: “{urn}” is not a URN. Write its digits.")
        elif not key:
            mistakes.append(f"Line {rows.line_num}, consortium: it is empty. Write the consortium's key.")
        else:
            memberships.append(MembershipLine(rows.line_num, int(urn), key))
    return memberships, mistakes


async def plan_memberships(
    session: AsyncSession, settings: AuthoritySettings, memberships: Sequence[MembershipLine], on: date
) -> tuple[list[PlannedMembership], list[str]]:
    """Plan the changes, with a message for each impossible line; existing memberships need no change."""
    authority_id = settings.dfe_code
    open_consortia = {
        row.key: row for row in await consortia_of(session, authority_id, on) if row.ended_on is None
    }
    schools = await _schools(session, authority_id, [place.urn for place in memberships])
    present = {
        (row.school_urn, row.phase): row
        for row in await memberships_of(session, authority_id, list(schools), on)
    }
    planned, mistakes = [], []
    asked: dict[tuple[int, str], int] = {}
    for place in memberships:
        consortium, school = open_consortia.get(place.key), schools.get(place.urn)
        wrong = _wrong(settings, place, school, consortium, list(open_consortia))
        if wrong or school is None or consortium is None:
            mistakes.append(f"Line {place.line}, {wrong}")
            continue
        first = asked.setdefault((place.urn, consortium.phase), place.line)
        if first != place.line:
            mistakes.append(f"Line {place.line}, urn: line {first} places {school.name} already. Keep one.")
            continue
        now = present.get((place.urn, consortium.phase))
        if now is None or now.consortium_id != consortium.id:
            planned.append(
                PlannedMembership(
                    place.urn,
                    school.name,
                    consortium.id,
                    consortium.name,
                    now.consortium_id if now else None,
                    now.name if now else None,
                )
            )
    return planned, mistakes


async def apply_memberships(
    session: AsyncSession, person: Principal, planned: Sequence[PlannedMembership], on: date
) -> None:
    """Apply the planned memberships; each is recorded in the audit log."""
    for one in planned:
        if one.leaves is not None:
            await leave_consortium(session, person, one.urn, one.leaves, on)
        await join_consortium(session, person, one.urn, one.consortium_id, on)


async def _schools(session: AsyncSession, authority_id: int, urns: Sequence[int]) -> dict[int, PostingSchool]:
    statement = select(School.urn, School.name, School.phase, School.kind, School.status).where(
        School.authority_id == authority_id, School.urn == any_(bindparam(None, list(urns), ARRAY(Integer)))
    )
    return {row.urn: row for row in await select_all(session, statement, PostingSchool, {})}


def _wrong(
    settings: AuthoritySettings,
    place: MembershipLine,
    school: PostingSchool | None,
    consortium: ConsortiumRow | None,
    keys: Sequence[str],
) -> str | None:
    """Why a line is invalid, beginning with its column; None when it is valid."""
    if school is None:
        return f"urn: no school {place.urn} is known here. Correct it, or import the register first."
    if school.status not in OPEN_STATUSES:
        return f"urn: {school.name} is {school.status}. Take the line out."
    if consortium is None:
        return f"consortium: there is no “{place.key}”. Use one of: {', '.join(sorted(keys))}."
    if consortium.phase not in consortium_phases(settings, school.phase, school.kind):
        phase = school.phase.replace("_", " ")
        return f"consortium: {school.name} ({phase}) cannot be in a {consortium.phase} consortium."
    return None
