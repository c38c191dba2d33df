"""Queries for the figures of one school."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.reads import Read, fetch_all


@dataclass(frozen=True, slots=True)
class SourceOfFigures:
    """An import that gave live figures of a school."""

    id: UUID
    table_key: str
    academic_year: str
    release: str
    filename: str
    source: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Inspection:
    """The judgement of one evaluation area."""

    inspected_on: date
    as_at: bool
    framework: str
    area: str
    judgement: str


SOURCES = Read(
    text(
        """
    SELECT i.id, i.table_key, i.academic_year, i.release, i.filename, i.source, i.created_at
      FROM performance_import i
     WHERE i.authority_id = :authority_id
       AND EXISTS (SELECT FROM performance_figure f WHERE f.authority_id = :authority_id AND f.school_urn = :urn
                      AND f.superseded_by IS NULL AND f.import_id = i.id)
     ORDER BY i.table_key, i.academic_year DESC, i.id DESC
     LIMIT 60
    """
    ),
    SourceOfFigures,
)
INSPECTIONS = Read(
    text(
        """
    SELECT inspected_on, as_at, framework, area, judgement FROM inspection_outcome
     WHERE authority_id = :authority_id AND school_urn = :urn
     ORDER BY inspected_on DESC, framework, row_number, id
     LIMIT 60
    """
    ),
    Inspection,
)


async def sources_of(session: AsyncSession, authority_id: int, urn: int) -> list[SourceOfFigures]:
    """Return the imports that gave live figures of a school, for the requester."""
    return await fetch_all(session, SOURCES, {"authority_id": authority_id, "urn": urn})


async def inspections_of(session: AsyncSession, authority_id: int, urn: int) -> list[Inspection]:
    """Return the outcomes of a school's inspections, newest first, at most 60."""
    return await fetch_all(session, INSPECTIONS, {"authority_id": authority_id, "urn": urn})
