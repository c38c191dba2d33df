"""Reads the figures of one authority from the sheet of a published table. Nothing is stored here."""

from collections.abc import Mapping

from alongside.features.performance.published.areas import AUTHORITY, NATIONAL, SCHOOL, Area, area_of
from alongside.features.performance.published.cells import BadCell, CellValue, read_cell, read_count
from alongside.features.performance.published.columns import Column, Columns
from alongside.features.performance.published.content import (
    Fault,
    PublishedBenchmark,
    PublishedFigure,
    Question,
    Table,
)
from alongside.features.performance.published.inspections import inspections_in, read_inspections
from alongside.features.performance.published.recognition import release_of, year_of
from alongside.features.performance.published.row_faults import fault_of_row, urn_of
from alongside.features.performance.published.sheets import Sheet, SheetRow, UnknownTable, UnreadableTable
from alongside.features.performance.published.tables import Layout, normalised, recognised
from alongside.features.performance.published.years import year_of_cell
from alongside.features.performance.statuses import NOT_AVAILABLE
from alongside.platform.web.formatting import format_count

Rows = dict[tuple[int, str], list[list[PublishedFigure]]]
"""The figures of each row, by URN and academic year of the table."""


def read_table(sheet: Sheet, question: Question, layout: Layout | None = None) -> Table:
    """Read what a file holds for an authority; `layout` is that of a mapped spreadsheet.

    Raises UnreadableTable for a file of another table, year or authority.
    """
    if layout is None and (kind := inspections_in(sheet)) is not None:
        return read_inspections(sheet, question, kind)
    layout = layout or recognised(sheet.headings)
    if layout is None:
        raise UnknownTable(
            f"{sheet.filename} is not a table that Alongside knows. Its headings begin with "
            f"{', '.join(sheet.headings[:4])}. Download the table again, or import it as your own spreadsheet."
        )
    return _Reading(sheet, question, layout).read()


class _Reading:
    """One pass over the rows of a file."""

    def __init__(self, sheet: Sheet, question: Question, layout: Layout) -> None:
        self.sheet, self.question, self.layout = sheet, question, layout
        self.columns = Columns(sheet, question, layout)
        self.names_authority = layout.authority in self.columns.places
        self.table = Table(
            sheet.filename,
            sheet.sha256,
            layout.table,
            year_of(sheet, self.columns.cells(layout.year), question.academic_year),
            release_of(sheet, self.columns.cells(layout.release), question.release),
            notes=self.columns.notes,
        )

    def read(self) -> Table:
        """Read every row, then refuse a file without a row of the authority."""
        table, rows = self.table, Rows()
        self.columns.refuse_twice_named(table.academic_year)
        for row in self.sheet.rows:
            figures = self._read_row(row)
            if figures:
                rows.setdefault((figures[0].urn, figures[0].academic_year), []).append(figures)
        self._settle_twice_listed(rows)
        table.faults.sort(key=lambda fault: (fault.line, fault.heading or ""))
        if not table.figures and not table.benchmarks:
            self._refuse_without_figures()
        return table

    def _read_row(self, row: SheetRow) -> list[PublishedFigure]:
        area = area_of(self.layout, lambda heading: self.columns.cell(row, heading))
        urn = urn_of(self.columns.cell(row, self.layout.urn)) if area.level == SCHOOL else None
        if area.level == "" or self._is_of_another(row, area, urn):
            self.table.others += area.level != ""
            return []
        year = self._year_of_row(row)
        fault = fault_of_row(row, self.columns, self.layout, area, urn, self.question)
        if fault is None and year is None:
            fault = Fault(
                row.line, self.columns.heading(self.layout.year), "has no academic year; add it", urn
            )
        if fault is not None or year is None:
            self.table.faults += [fault] if fault else []
            return []
        if self.question.academic_year not in (None, year):
            self.table.others += 1
            return []
        if area.level in (NATIONAL, AUTHORITY):
            self._read_benchmarks(row, area, year)
            return []
        return self._read_figures(row, urn or 0, year)

    def _year_of_row(self, row: SheetRow) -> str | None:
        if self.layout.year not in self.columns.places:
            return self.table.academic_year
        return year_of_cell(self.columns.cell(row, self.layout.year))

    def _is_of_another(self, row: SheetRow, area: Area, urn: int | None) -> bool:
        """Whether a row is about another authority; without a column of the authority its URN decides."""
        if area.level == NATIONAL:
            return False
        if not self.names_authority:
            return self.layout.table != "local" and urn is not None and urn not in self.question.schools
        cell = self.columns.cell(row, self.layout.authority)
        return cell.isdecimal() and int(cell) != self.question.la_code

    def _read_figures(self, row: SheetRow, urn: int, year: str) -> list[PublishedFigure]:
        """Read the figures of a school; a row with a fault gives none of them."""
        found: list[PublishedFigure] = []
        faults: list[Fault] = []
        for column in self.columns.of_year(year):
            try:
                content = self._content(row, column)
                numerator = self._count(row, column.numerator)
                denominator = self._count(row, column.denominator)
            except BadCell as problem:
                heading = self.sheet.headings[column.place if problem.place is None else problem.place]
                faults.append(Fault(row.line, heading, str(problem), urn))
                continue
            found.append(
                PublishedFigure(
                    urn, column.measure.key, column.academic_year, content, numerator, denominator, row.line
                )
            )
        self.table.faults += faults
        return [] if faults else found

    def _read_benchmarks(self, row: SheetRow, area: Area, year: str) -> None:
        for column in self.columns.of_year(year):
            if column.measure.unit in ("count", "pounds"):
                continue  # a total of all schools is no comparison for one
            try:
                content = self._content(row, column)
            except BadCell as problem:
                self.table.faults.append(Fault(row.line, self.sheet.headings[column.place], str(problem)))
                continue
            one = PublishedBenchmark(
                area.level, area.phase, column.measure.key, column.academic_year, content, row.line
            )
            self._add_benchmark(one, area)

    def _add_benchmark(self, one: PublishedBenchmark, area: Area) -> None:
        """Add a benchmark; a row of state-funded schools replaces one of all schools."""
        key = (one.level, one.phase, one.measure, one.academic_year)
        for place, other in enumerate(self.table.benchmarks):
            if (other.level, other.phase, other.measure, other.academic_year) == key:
                if area.state_funded:
                    self.table.benchmarks[place] = one
                return
        self.table.benchmarks.append(one)

    def _content(self, row: SheetRow, column: Column) -> CellValue:
        """Return what a cell says. A percentage of nobody, or of a school without such pupils, is not a figure."""
        measure, layout = column.measure, self.layout
        cell = row.cells[column.place]
        content = read_cell(cell, measure.unit, layout.marks, column.style, fractions=self.columns.fractions)
        if content.value != 0 or measure.unit != "percent":
            return content
        of_nobody = column.denominator is not None and not self._count(row, column.denominator)
        independent = "independent" in self.columns.cell(row, layout.school_type).lower()
        if of_nobody or (independent and normalised(measure.column) in layout.not_of_independent):
            return CellValue(NOT_AVAILABLE, mark=cell.strip()[:40])
        return content

    def _count(self, row: SheetRow, place: int | None) -> int | None:
        if place is None:
            return None
        try:
            return read_count(row.cells[place], self.layout.marks)
        except BadCell as problem:
            problem.place = place
            raise

    def _settle_twice_listed(self, rows: Mapping[tuple[int, str], list[list[PublishedFigure]]]) -> None:
        """Equal rows of a URN count once; different ones are all left out, whatever their order."""
        for (urn, _), found in rows.items():
            contents = [[(one.measure, one.academic_year, one.content) for one in row] for row in found]
            if all(content == contents[0] for content in contents):
                self.table.figures += found[0]
                continue
            lines = [row[0].line for row in found]
            for line in lines:
                also = ", ".join(str(other) for other in lines if other != line)
                reason = f"URN {urn} is also in line {also} with other figures; keep one of them"
                self.table.faults.append(Fault(line, self.columns.heading(self.layout.urn), reason, urn))

    def _refuse_without_figures(self) -> None:
        name, table = self.sheet.filename, self.table
        if table.faults:
            raise UnreadableTable(
                f"{name}: none of the authority’s rows can be read. The first: {table.faults[0]}."
            )
        if table.others or not self.sheet.rows:
            raise UnreadableTable(
                f"{name} has {format_count(table.others, 'row')}, but none of authority {self.question.la_code} for "
                f"{table.academic_year}. Download the table of your authority."
            )
        raise UnreadableTable(
            f"{name} has no column of a measure in your settings for {table.academic_year}. "
            + (table.notes[0] if table.notes else "Choose another file.")
        )
