"""The table of a school's figures: measures by academic year, with the published figure of the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.performance.catalogue import Measure
from alongside.features.performance.figures import Benchmark, Figure
from alongside.features.performance.labels import show_figure
from alongside.features.performance.published.tables import TABLES
from alongside.features.schools.record import SchoolRecord

YEARS_SHOWN = 5
NO_COMPARISON = "Not available"
PHASES = {
    "nursery": "primary",
    "primary": "primary",
    "middle_deemed_primary": "primary",
    "secondary": "secondary",
    "middle_deemed_secondary": "secondary",
}
"""The published row of the country with which a school is compared, by its phase in the register."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The figure of one year as text, and remarks on it."""

    text: str
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """One measure: a cell for each year, and the latest published figure of the country."""

    label: str
    cells: Sequence[Cell]
    national: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The measures of one table, and the academic years of its columns."""

    heading: str
    years: Sequence[str]
    rows: Sequence[GridRow]


def grids_of(
    school: SchoolRecord,
    measures: Mapping[str, Measure],
    figures: Sequence[Figure],
    benchmarks: Sequence[Benchmark],
) -> list[Grid]:
    """Return a grid for each published table of which the school has figures, with the latest five years."""
    found = {(one.measure, one.academic_year): one for one in figures if one.measure in measures}
    national = {
        (one.measure, one.academic_year, one.phase): one for one in benchmarks if one.level == "national"
    }
    compared = "special" if school.kind == "special" else PHASES.get(school.phase, "all")
    grids = []
    for table, heading in TABLES.items():
        of_table = [one for one in measures.values() if one.table == table]
        keys = {one.key for one in of_table}
        years = sorted({year for measure, year in found if measure in keys})[-YEARS_SHOWN:]
        rows = [
            GridRow(
                measure.label,
                [_cell(measure, year, found.get((measure.key, year))) for year in years],
                _national(measure, years, national, compared),
            )
            for measure in of_table
            if any((measure.key, year) in found for year in years)
        ]
        if rows:
            grids.append(Grid(heading, years, rows))
    return grids


def _cell(measure: Measure, year: str, figure: Figure | None) -> Cell:
    if figure is None:
        return Cell("No figure" if measure.published_in(year) else "Not published")
    remarks = []
    if figure.provisional:
        remarks.append("Provisional")
    if figure.from_urn is not None:
        remarks.append(f"Predecessor, URN {figure.from_urn}")
    if measure.breaks_at(year):
        remarks.append("Not comparable with earlier years")
    return Cell(show_figure(measure.unit, figure.status, figure.value), remarks)


def _national(
    measure: Measure, years: Sequence[str], national: Mapping[tuple[str, str, str], Benchmark], phase: str
) -> str:
    """Return the latest published figure of the country for a measure, with its year."""
    for year in reversed(years):
        one = national.get((measure.key, year, phase)) or national.get((measure.key, year, "all"))
        if one is not None and one.value is not None:
            return f"{show_figure(measure.unit, one.status, one.value)} in {year}"
    return NO_COMPARISON
