"""Stores figures for the schools of the tests and calculates their profiles."""

from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.models import PerformanceFigure
from alongside.features.profiles.calculation import calculate
from alongside.features.profiles.queries import stored_profiles
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database
from tests.databases import APP_DAY
from tests.features.agreements.builders import acting
from tests.features.performance.builders import an_import
from tests.personas import NORTHSHIRE, OFFICER, SCHOOLS

YEAR, PHASE = "2024-25", "primary"
YEARS = ("2022-23", "2023-24", "2024-25")


class Stored(NamedTuple):
    """A figure to store: school, measure, academic year, value and number of pupils."""

    urn: int
    measure: str
    year: str
    value: str
    pupils: int | None = 40


def usual_figures(pupils: int = 40) -> list[Stored]:
    """Return figures of three years for each school of the tests."""
    found = []
    for place, urn in enumerate(SCHOOLS):
        for back, year in enumerate(YEARS):
            values = {
                "ks2_expected": f"{60 + place + back}.0",
                "ks2_reading_score": f"{103 + place}.0",
                "persistent_absence": f"{14 - place}.5",
                "pupils": f"{210 + place * 30}",
                "fsm_ever": f"{20 + place * 4}.3",
                "eal": f"{5 + place}.0",
            }
            found += [Stored(urn, measure, year, value, pupils) for measure, value in values.items()]
    return found


async def store_figures(session: AsyncSession, rows: list[Stored]) -> None:
    """Store figures of one import."""
    await identify_requester(session, system(NORTHSHIRE, APP_DAY))
    import_id = await an_import(session)
    await session.execute(
        insert(PerformanceFigure),
        [
            {
                "authority_id": NORTHSHIRE,
                "school_urn": one.urn,
                "published_urn": one.urn,
                "measure": one.measure,
                "academic_year": one.year,
                "status": "ok",
                "value": Decimal(one.value),
                "denominator": one.pupils,
                "import_id": import_id,
                "row_number": number,
            }
            for number, one in enumerate(rows, start=2)
        ],
    )


async def calculated(database: Database, year: str = YEAR) -> dict[int, UUID]:
    """Calculate the primary profiles of a year; returns their ids by URN."""
    officer = acting(OFFICER, APP_DAY)
    async with database.transaction(NORTHSHIRE) as session:
        await calculate(session, officer, year, PHASE)
        return {one.school_urn: one.id for one in await stored_profiles(session, officer, year, PHASE)}
