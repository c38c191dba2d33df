"""The columns of a file that hold measures of the catalogue, and notes on those that are missing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from alongside.features.performance.catalogue import Measure
from alongside.features.performance.published.cells import style_of
from alongside.features.performance.published.content import Question
from alongside.features.performance.published.sheets import Sheet, SheetRow, UnreadableTable
from alongside.features.performance.published.tables import Layout, normalised


@dataclass(frozen=True, slots=True)
class Column:
    """A column to read: the measure, the year of its figures, its place, and those of numerator and denominator."""

    measure: Measure
    academic_year: str
    place: int
    style: str
    numerator: int | None
    denominator: int | None


class Columns:
    """The columns of one file. `notes` are sentences on what is missing or passed over."""

    def __init__(self, sheet: Sheet, question: Question, layout: Layout) -> None:
        """Prepare to find the columns of this sheet."""
        self.sheet, self.layout = sheet, layout
        self.measures = [
            one for one in question.measures.values() if one.table == layout.table and not one.retired
        ]
        self.fractions = layout.table == "local"
        self.names = [normalised(one) for one in sheet.headings]
        self.places = {name: place for place, name in reversed(list(enumerate(self.names)))}
        self.notes: list[str] = []
        self._of_year: dict[str, list[Column]] = {}

    def cell(self, row: SheetRow, heading: str) -> str:
        """Return the text of a row below a heading in lower case; empty if there is none."""
        place = self.places.get(heading) if heading else None
        return row.cells[place].strip() if place is not None and place < len(row.cells) else ""

    def cells(self, heading: str) -> set[str]:
        """Return the different texts below a heading; none if the file does not have it."""
        return {self.cell(row, heading) for row in self.sheet.rows} if heading in self.places else set()

    def heading(self, name: str) -> str:
        """Return a heading as the file spells it."""
        return self.sheet.headings[self.places[name]]

    def of_year(self, table_year: str) -> list[Column]:
        """Return the columns to read in a row whose table is of this year; notes what is missing the first time."""
        if table_year not in self._of_year:
            found: list[Column] = []
            missing: list[Measure] = []
            for measure in self.measures:
                columns = list(self._of_measure(measure, table_year))
                found += columns
                years = (year for _, year in self.layout.headings_of(measure.column, table_year))
                if not columns and any(measure.published_in(year) for year in years):
                    missing.append(measure)
            self._note_missing(missing)
            self._of_year[table_year] = found
        return self._of_year[table_year]

    def refuse_twice_named(self, table_year: str) -> None:
        """Raise UnreadableTable if a heading that is needed stands twice."""
        twice = {name for name, times in Counter(self.names).items() if name and times > 1}
        layout = self.layout
        needed = {layout.urn, layout.authority, layout.year} | {
            heading
            for measure in self.measures
            for part in (measure.column, measure.numerator, measure.denominator)
            if part
            for heading, _ in layout.headings_of(part, table_year)
        }
        if twice & needed:
            named = ", ".join(self.heading(one) for one in sorted(twice & needed))
            raise UnreadableTable(f"{self.sheet.filename} has the column {named} twice. Download it again.")

    def _of_measure(self, measure: Measure, table_year: str) -> Iterable[Column]:
        spelt = {
            part: {year: heading for heading, year in self.layout.headings_of(part, table_year)}
            for part in (measure.column, measure.numerator, measure.denominator)
            if part
        }
        for year, heading in spelt.get(measure.column, {}).items():
            place = self.places.get(heading)
            if place is None:
                continue
            cells = [row.cells[place] for row in self.sheet.rows if place < len(row.cells)]
            if not measure.published_in(year):
                self._note_unpublished(measure, year, cells)
                continue
            numerator, denominator = (
                self.places.get(spelt[part].get(year, "")) if part else None
                for part in (measure.numerator, measure.denominator)
            )
            style = style_of(cells, fractions=self.fractions) if measure.unit == "percent" else ""
            yield Column(measure, year, place, style, numerator, denominator)

    def _note_missing(self, missing: Iterable[Measure]) -> None:
        """Note measures without a column, with a heading that may be theirs under another name."""
        used = {
            normalised(part)
            for one in self.measures
            for part in (one.column, one.numerator, one.denominator)
            if part
        }
        without = []
        for measure in missing:
            close = get_close_matches(normalised(measure.column), set(self.names) - used, 1, 0.8)
            if close:
                self.notes.append(
                    f"There is no column {measure.column}. If it is called {self.heading(close[0])} now, "
                    f"change the heading of {measure.label} in the settings."
                )
            else:
                without.append(measure.column)
        if without:
            self.notes.append(f"The file has no column {', '.join(without)}.")

    def _note_unpublished(self, measure: Measure, year: str, cells: Iterable[str]) -> None:
        """Note a column with values in a year in which the catalogue says that nothing is published."""
        if all(cell.strip().lower() in self.layout.marks for cell in cells):
            return
        self.notes.append(f"{measure.label} was left out. By the settings it is not published for {year}.")
