"""What a file holds for one authority, and the question with which it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from alongside.features.performance.catalogue import Measure
from alongside.features.performance.published.cells import CellValue
from alongside.features.performance.published.tables import TABLES


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was left out: its line, the heading of the column if known, the reason, and the URN if readable."""

    line: int
    heading: str | None
    reason: str
    urn: int | None = None

    def __str__(self) -> str:
        """Return one line of a report."""
        place = f"line {self.line}" + (f", {self.heading}" if self.heading else "")
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure as published: `urn` is the URN in the file, `line` its line."""

    urn: int
    measure: str
    academic_year: str
    content: CellValue
    numerator: int | None
    denominator: int | None
    line: int


@dataclass(frozen=True, slots=True)
class PublishedBenchmark:
    """One figure of the country or the authority as published, with the schools that it is about."""

    level: str
    phase: str
    measure: str
    academic_year: str
    content: CellValue
    line: int


@dataclass(frozen=True, slots=True)
class PublishedOutcome:
    """The judgement of one evaluation area; with `as_at` the day is that of the file, not of the inspection."""

    urn: int
    inspected_on: date
    as_at: bool
    framework: str
    area: str
    judgement: str
    line: int


@dataclass(slots=True)
class Table:
    """What a file holds for one authority.

    `faults` are rows that were left out, `others` counts the rows of other authorities and years. `notes` are sentences
    on columns that are missing or were passed over.
    """

    filename: str
    sha256: str
    key: str
    academic_year: str
    release: str
    figures: list[PublishedFigure] = field(default_factory=list)
    benchmarks: list[PublishedBenchmark] = field(default_factory=list)
    outcomes: list[PublishedOutcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: int = 0

    @property
    def label(self) -> str:
        """The name of the table."""
        return TABLES[self.key]

    @property
    def rows_used(self) -> int:
        """The number of rows of schools with a figure or an outcome."""
        return len({one.line for one in self.figures} | {one.line for one in self.outcomes})

    @property
    def rows_left_out(self) -> int:
        """The number of rows that were left out."""
        return len({fault.line for fault in self.faults})


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader of a file knows: the authority, its measures, its schools, and what the person chose.

    `schools` holds each URN that belongs to the authority, those of predecessors too. `academic_year` and `release` are
    None if they are to be recognised. `as_at` is the day of a file of inspections without days.
    """

    la_code: int
    measures: Mapping[str, Measure]
    schools: frozenset[int]
    academic_year: str | None = None
    release: str | None = None
    as_at: date | None = None
