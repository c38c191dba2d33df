"""Stores figures of the schools of the tests."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.models import PerformanceFigure, PerformanceImport
from alongside.platform.access.principal import system
from tests.personas import NORTHSHIRE

DAY = date(2026, 11, 20)
MEASURE, YEAR = "ks2_expected", "2024-25"


async def an_import(session: AsyncSession, release: str = "final") -> UUID:
    """Store an import; returns its id."""
    made = PerformanceImport(
        authority_id=NORTHSHIRE,
        table_key="ks2",
        academic_year=YEAR,
        release=release,
        filename="ks2.csv",
        sha256="0" * 64,
        rows_used=1,
        rows_left_out=0,
    )
    session.add(made)
    await session.flush()
    return made.id


async def figures(
    session: AsyncSession,
    rows: Iterable[tuple[int, str, int | None]],
    *,
    release: str = "final",
    denominator: int | None = 30,
) -> UUID:
    """Store a figure of ks2_expected for each (URN, academic year, value); returns the import's id."""
    await identify_requester(session, system(NORTHSHIRE, DAY))
    import_id = await an_import(session, release)
    await session.execute(
        insert(PerformanceFigure),
        [
            {
                "authority_id": NORTHSHIRE,
                "school_urn": urn,
                "published_urn": urn,
                "measure": MEASURE,
                "academic_year": year,
                "status": "suppressed" if value is None else "ok",
                "value": None if value is None else Decimal(value),
                "denominator": denominator,
                "import_id": import_id,
                "row_number": number,
            }
            for number, (urn, year, value) in enumerate(rows, start=2)
        ],
    )
    return import_id
