"""Queries for an import: the schools to which figures count, the live rows, and what was imported."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.database.reads import Read, fetch_all, fetch_one

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """A school of the register and whether it is open."""

    urn: int
    status: str


@dataclass(frozen=True, slots=True)
class Successor:
    """A link of the register: `old_urn` was followed by `new_urn`."""

    old_urn: int
    new_urn: int


@dataclass(frozen=True, slots=True)
class LiveFigure:
    """A live figure of a school, with the release of its import."""

    id: UUID
    school_urn: int
    measure: str
    academic_year: str
    status: str
    value: Decimal | None
    mark: str | None
    numerator: int | None
    denominator: int | None
    published_urn: int
    release: str


@dataclass(frozen=True, slots=True)
class LiveBenchmark:
    """A live figure of the country or the authority, with the release of its import."""

    id: UUID
    level: str
    phase: str
    measure: str
    academic_year: str
    status: str
    value: Decimal | None
    release: str


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """A stored judgement of an inspection."""

    id: UUID
    school_urn: int
    inspected_on: date
    framework: str
    area: str
    judgement: str


@dataclass(frozen=True, slots=True)
class Imported:
    """An import of a published table, with the name of the person and the number of imports listed."""

    id: UUID
    table_key: str
    academic_year: str
    release: str
    filename: str
    source: str
    retrieved_on: date | None
    imported_by: str | None
    created_at: datetime
    rows_used: int
    rows_left_out: int
    total: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that an import left out."""

    line: int
    heading: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """An uploaded file with its packed sheet; None once it was imported or discarded."""

    id: UUID
    filename: str
    academic_year: str | None
    release: str | None
    as_at: date | None
    source: str
    retrieved_on: date | None
    sheet: bytes | None


UPLOAD = Read(
    text(
        """
    SELECT id, filename, academic_year, release, as_at, source, retrieved_on, sheet FROM performance_upload
     WHERE authority_id = :authority_id AND id = :id
    """
    ),
    WaitingUpload,
)
SCHOOLS = Read(text("SELECT urn, status FROM school WHERE authority_id = :authority_id"), KnownSchool)
SUCCESSORS = Read(
    text(
        """
    SELECT urn AS old_urn, other_urn AS new_urn FROM school_link
     WHERE authority_id = :authority_id AND kind = 'successor'
    UNION
    SELECT other_urn, urn FROM school_link WHERE authority_id = :authority_id AND kind = 'predecessor'
    """
    ),
    Successor,
)
TEXTS = ARRAY(Text)
LIVE_FIGURES = Read(
    text(
        """
    SELECT f.id, f.school_urn, f.measure, f.academic_year, f.status, f.value, f.mark, f.numerator, f.denominator,
           f.published_urn, i.release
      FROM performance_figure f
      JOIN performance_import i ON i.authority_id = f.authority_id AND i.id = f.import_id
     WHERE f.authority_id = :authority_id AND f.superseded_by IS NULL
       AND f.measure = ANY (:measures) AND f.academic_year = ANY (:years)
    """
    ).bindparams(bindparam("measures", type_=TEXTS), bindparam("years", type_=TEXTS)),
    LiveFigure,
    plan_each_time=True,
)
LIVE_BENCHMARKS = Read(
    text(
        """
    SELECT b.id, b.level, b.phase, b.measure, b.academic_year, b.status, b.value, i.release
      FROM performance_benchmark b
      JOIN performance_import i ON i.authority_id = b.authority_id AND i.id = b.import_id
     WHERE b.authority_id = :authority_id AND b.superseded_by IS NULL
       AND b.measure = ANY (:measures) AND b.academic_year = ANY (:years)
    """
    ).bindparams(bindparam("measures", type_=TEXTS), bindparam("years", type_=TEXTS)),
    LiveBenchmark,
)
STORED_OUTCOMES = Read(
    text(
        """
    SELECT id, school_urn, inspected_on, framework, area, judgement FROM inspection_outcome
     WHERE authority_id = :authority_id AND school_urn = ANY (:urns)
    """
    ).bindparams(bindparam("urns", type_=ARRAY(Integer))),
    StoredOutcome,
)
IMPORTS = """
    SELECT i.id, i.table_key, i.academic_year, i.release, i.filename, i.source, i.retrieved_on, p.name, i.created_at,
           i.rows_used, i.rows_left_out, count(*) OVER ()
      FROM performance_import i
      LEFT JOIN person p ON p.authority_id = i.authority_id AND p.id = i.imported_by
     WHERE i.authority_id = :authority_id
"""
LISTED = Read(text(f"{IMPORTS} ORDER BY i.created_at DESC, i.id DESC LIMIT 25 OFFSET :skipped"), Imported)
ONE = Read(text(f"{IMPORTS} AND i.id = :id"), Imported)
LEFT_OUT = Read(
    text(
        """
    SELECT line, heading, reason FROM performance_import_fault
     WHERE authority_id = :authority_id AND import_id = :id ORDER BY line, id LIMIT 500
    """
    ),
    LeftOut,
)


async def counted_schools(session: AsyncSession, authority_id: int) -> dict[int, int]:
    """Return the school to which the figures of each URN count: itself, or the school that follows it.

    A predecessor's history goes to an open school that follows it alone: not after a merger or a split.
    """
    known = await fetch_all(session, SCHOOLS, {"authority_id": authority_id})
    links = await fetch_all(session, SUCCESSORS, {"authority_id": authority_id})
    return with_predecessors({one.urn: one.status in OPEN_STATUSES for one in known}, links)


def with_predecessors(known: Mapping[int, bool], links: Iterable[Successor]) -> dict[int, int]:
    """Return the school of each URN; `known` says of each school of the register whether it is open."""
    before: dict[int, set[int]] = defaultdict(set)
    after: dict[int, set[int]] = defaultdict(set)
    for link in links:
        before[link.new_urn].add(link.old_urn)
        after[link.old_urn].add(link.new_urn)
    found = {urn: urn for urn in known}
    for urn in (one for one, is_open in known.items() if is_open):
        current, seen = urn, {urn}
        while len(before[current]) == 1:
            (old,) = before[current]
            if old in seen or known.get(old, False) or len(after[old]) != 1:
                break
            seen.add(old)
            found[old] = urn
            current = old
    return found


async def live_figures(
    session: AsyncSession, authority_id: int, measures: Collection[str], years: Collection[str]
) -> list[LiveFigure]:
    """Return the live figures of these measures and years."""
    values = {"authority_id": authority_id, "measures": sorted(measures), "years": sorted(years)}
    return await fetch_all(session, LIVE_FIGURES, values)


async def live_benchmarks(
    session: AsyncSession, authority_id: int, measures: Collection[str], years: Collection[str]
) -> list[LiveBenchmark]:
    """Return the live national and authority figures of these measures and years."""
    values = {"authority_id": authority_id, "measures": sorted(measures), "years": sorted(years)}
    return await fetch_all(session, LIVE_BENCHMARKS, values)


async def stored_outcomes(
    session: AsyncSession, authority_id: int, urns: Collection[int]
) -> list[StoredOutcome]:
    """Return the stored outcomes of inspections of these schools."""
    return await fetch_all(session, STORED_OUTCOMES, {"authority_id": authority_id, "urns": sorted(urns)})


async def upload_with(session: AsyncSession, authority_id: int, upload_id: UUID) -> WaitingUpload:
    """Return an uploaded file. Raises NotFound."""
    found = await fetch_one(session, UPLOAD, {"authority_id": authority_id, "id": upload_id})
    if found is None:
        raise NotFound
    return found


async def imports_of(session: AsyncSession, authority_id: int, page: int) -> list[Imported]:
    """Return one page of imports, newest first; `total` in each is the number of all."""
    return await fetch_all(session, LISTED, {"authority_id": authority_id, "skipped": (page - 1) * PAGE_SIZE})


async def import_with(session: AsyncSession, authority_id: int, import_id: UUID) -> Imported:
    """Return one import. Raises NotFound."""
    found = await fetch_one(session, ONE, {"authority_id": authority_id, "id": import_id})
    if found is None:
        raise NotFound
    return found


async def rows_left_out(session: AsyncSession, authority_id: int, import_id: UUID) -> list[LeftOut]:
    """Return the first 500 rows that an import left out."""
    return await fetch_all(session, LEFT_OUT, {"authority_id": authority_id, "id": import_id})
