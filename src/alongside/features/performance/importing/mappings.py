"""What the columns of the authority's own spreadsheets hold: mapped once, then recognised by their headings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.catalogue import Measure
from alongside.features.performance.models import PerformanceColumn
from alongside.features.performance.published.sheets import Sheet
from alongside.features.performance.published.tables import LOCAL, Layout, normalised
from alongside.platform.database.reads import Read, fetch_all

URN = "urn"
"""What the column with the URN holds."""


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A heading of a spreadsheet and what it holds: the key of a measure, or the URN."""

    spreadsheet: str
    heading: str
    holds: str


COLUMNS = Read(
    text(
        "SELECT spreadsheet, heading, holds FROM performance_column WHERE authority_id = :authority_id"
        " ORDER BY spreadsheet, heading"
    ),
    MappedColumn,
)


async def mapped_columns(session: AsyncSession, authority_id: int, sheet: Sheet) -> dict[str, str]:
    """Return heading → what it holds, of the remembered spreadsheet with the most headings in this file; or nothing."""
    remembered: dict[str, dict[str, str]] = {}
    for one in await fetch_all(session, COLUMNS, {"authority_id": authority_id}):
        remembered.setdefault(one.spreadsheet, {})[one.heading] = one.holds
    names = {normalised(one) for one in sheet.headings}
    fitting = [columns for columns in remembered.values() if {normalised(one) for one in columns} <= names]
    return max(fitting, key=len, default={})


async def remember_columns(
    session: AsyncSession, authority_id: int, spreadsheet: str, columns: Mapping[str, str]
) -> None:
    """Remember what the headings of a spreadsheet hold, in place of what was remembered under its name."""
    table = PerformanceColumn
    await session.execute(
        delete(table).where(table.authority_id == authority_id, table.spreadsheet == spreadsheet)
    )
    rows = [
        {"authority_id": authority_id, "spreadsheet": spreadsheet, "heading": heading, "holds": holds}
        for heading, holds in columns.items()
    ]
    await session.execute(insert(table), rows)


def layout_of(columns: Mapping[str, str]) -> Layout:
    """Return the layout of a mapped spreadsheet."""
    urn = next(heading for heading, holds in columns.items() if holds == URN)
    return Layout("local", frozenset(normalised(one) for one in columns), LOCAL, urn=normalised(urn))


def measures_in(columns: Mapping[str, str], measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return the measures of a mapped spreadsheet, each with its heading there; unknown ones are passed over."""
    return {
        holds: replace(measures[holds], table="local", column=heading, numerator="", denominator="")
        for heading, holds in columns.items()
        if holds in measures
    }
