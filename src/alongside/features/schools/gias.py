"""Parser for the DfE's register as published (`edubasealldata*.csv`), for one authority."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

from alongside.features.schools.columns import COLUMNS, LINKS_HEADING, Column
from alongside.features.schools.coordinates import to_degrees
from alongside.features.schools.csv_records import Records
from alongside.features.schools.gias_cells import MISSING, BadCell
from alongside.features.schools.gias_links import Link, looks_like_link, spilt_links
from alongside.features.schools.record import SchoolFields
from alongside.features.schools.upload_source import OnBytes, Source, UnreadableFile, inspect, lines_of

NOT_SCHOOLS = frozenset(
    {"children's centre", "children's centre linked site", "higher education institutions"}
)
"""Establishments that the DfE keeps in the same register."""

SPECIAL = re.compile(r"\bspecial\b", re.IGNORECASE)
ALTERNATIVE = re.compile(r"pupil referral unit|alternative provision", re.IGNORECASE)
DATE_IN_NAME = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was left out: its line, the column (if known), the reason and what to do."""

    line: int
    column: str | None
    reason: str
    urn: int | None = None

    def __str__(self) -> str:
        """As one line of a report."""
        place = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.reason}"


@dataclass(slots=True)
class Register:
    """The content of a register file for one authority.

    `schools` maps a URN to its fields; only `fields` were in the file. `links` is None when the file has no
    column for them. `faults` are rows left out, `others` counts rows of other authorities, `not_schools` the
    children's centres and universities.
    """

    file_name: str
    sha256: str
    as_at: date | None
    la_code: int
    fields: frozenset[str]
    schools: dict[int, SchoolFields] = field(default_factory=dict)
    links: dict[int, list[Link]] | None = None
    faults: list[Fault] = field(default_factory=list)
    others: int = 0
    not_schools: int = 0

    @property
    def unreadable(self) -> frozenset[int]:
        """The URNs (if readable) of rows that were left out; these schools stay unchanged."""
        return frozenset(fault.urn for fault in self.faults if fault.urn is not None)


def read_register(path: Path, la_code: int, on_bytes: OnBytes | None = None) -> Register:
    """Read a register for one authority; the file is read twice, first to check that it is complete.

    `on_bytes` is called with each number of bytes read; the sum is twice the size of the file.
    Raises UnreadableFile when the file is not the register or is truncated; nothing may be changed then.
    """
    source = inspect(path, on_bytes)
    with lines_of(source, on_bytes) as lines:
        return _Reading(source, la_code).read(lines)


class ReadRow(NamedTuple):
    """The row of one school: its line in the file, its fields and links."""

    line: int
    values: SchoolFields
    links: list[Link]


class _Reading:
    """One pass over the rows of a file."""

    def __init__(self, source: Source, la_code: int) -> None:
        self.source = source
        self.wanted = str(la_code)
        self.register = Register(
            source.path.name, source.sha256, date_in(source.path.name), la_code, frozenset()
        )
        self.lines_of_urn: dict[int, list[ReadRow]] = {}

    def read(self, lines: Iterator[str]) -> Register:
        """Read the heading, then every row."""
        rows = Records(lines)
        self._read_heading(next(rows, (1, [], True))[1])
        la_at, width = self.places["la_code"], self.width
        wanted, others, line, whole = self.wanted, 0, 1, True
        rows.pass_over_lines_without(wanted, width - 1)
        for line, cells, whole in rows:
            if len(cells) <= la_at or cells[la_at].strip().lstrip("0") == wanted:
                self._read_row(line, cells, whole)
            else:
                others += 1
        at_fault = any(fault.line == line for fault in self.register.faults)
        short = line > 1 and (not whole or len(cells) < width or at_fault)
        if short and not self.source.ends_with_newline and not rows.last_line_was_passed_over:
            raise UnreadableFile(
                f"{self.source.path.name} breaks off in line {line}. Download it again; nothing was changed."
            )
        self.register.others = others + rows.passed_over
        self._settle_twice_listed()
        if not self.register.schools:
            self._refuse_without_schools()
        self._add_positions()
        return self.register

    def _read_heading(self, cells: Sequence[str]) -> None:
        headings = [" ".join(cell.split()) for cell in cells]
        while headings and not headings[-1]:  # Excel fills the heading up to the longest row
            headings.pop()
        twice = [name for name, times in Counter(headings).items() if name and times > 1]
        kept = {column.heading for column in COLUMNS} | {LINKS_HEADING}
        missing = [column.heading for column in COLUMNS if column.required and column.heading not in headings]
        name = self.source.path.name
        if missing:
            hint = (
                "Its columns are parted by semicolons; save it with commas."
                if len(cells) == 1 and cells[0].count(";") > 5
                else "Download “Establishment fields CSV” from Get Information About Schools."
            )
            raise UnreadableFile(f"{name} is not the register: it has no column {', '.join(missing)}. {hint}")
        if kept & set(twice):
            again = ", ".join(sorted(kept & set(twice)))
            raise UnreadableFile(f"{name} has the column {again} more than once. Download it again.")
        self.width = len(headings)
        self.columns = [
            (headings.index(column.heading), column) for column in COLUMNS if column.heading in headings
        ]
        self.places = {column.field: place for place, column in self.columns}
        self.spills = headings[-1] == LINKS_HEADING
        self.links_at = headings.index(LINKS_HEADING) if LINKS_HEADING in headings else None
        if self.links_at is not None:
            self.register.links = {}
        self.register.fields = frozenset(self.places) - {"urn"}

    def _read_row(self, line: int, cells: list[str], whole: bool) -> None:
        faults = self.register.faults
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()
        urn = _urn_in(cells, self.places["urn"])
        if not whole:
            reason = "a quotation mark is not closed; double it or take it away"
            faults.append(Fault(line, None, reason, urn))
            return
        if len(cells) < self.width or (len(cells) > self.width and not self._spilt(cells)):
            reason = f"has {len(cells)} cells, not {self.width}; a comma is missing or one too many"
            faults.append(Fault(line, None, reason, urn))
            return
        if cells[self.places["type"]].replace("’", "'").strip().lower() in NOT_SCHOOLS:
            self.register.not_schools += 1
            return
        values, found = read_cells(self.columns, cells, line, urn)
        links: list[Link] = []
        if self.links_at is not None:
            try:
                links = spilt_links(cells[self.links_at :] if self.spills else [cells[self.links_at]])
            except BadCell as problem:
                found.append(Fault(line, LINKS_HEADING, str(problem), urn))
        faults += found
        if found:
            return
        self.lines_of_urn.setdefault(values["urn"], []).append(ReadRow(line, values, links))

    def _spilt(self, cells: Sequence[str]) -> bool:
        return self.spills and all(looks_like_link(cell) for cell in cells[self.width :])

    def _settle_twice_listed(self) -> None:
        """Equal duplicates of a URN count once; different ones are all left out, whatever their order."""
        for urn, found in self.lines_of_urn.items():
            first, lines = found[0], [row.line for row in found]
            if any((row.values, row.links) != (first.values, first.links) for row in found):
                for line in lines:
                    also = ", ".join(str(other) for other in lines if other != line)
                    reason = f"URN {urn} is also in line {also} with other details; keep one of them"
                    self.register.faults.append(Fault(line, "URN", reason, urn))
                continue
            if self.register.links is not None:
                self.register.links[urn] = first.links
            self.register.schools[urn] = first.values
        left_out = self.register.unreadable
        for urn in left_out & self.register.schools.keys():
            # One row of this school is readable and another not, so both are left out.
            del self.register.schools[urn]
            if self.register.links is not None:
                del self.register.links[urn]
        self.register.faults.sort(key=lambda fault: (fault.line, fault.column or ""))

    def _refuse_without_schools(self) -> None:
        name, faults = self.source.path.name, self.register.faults
        if faults:
            raise UnreadableFile(f"{name}: none of the authority’s rows can be read. The first: {faults[0]}.")
        raise UnreadableFile(
            f"{name} lists {self.register.others:,} establishments, but none of authority {self.wanted}. "
            "Is it the whole country’s file?"
        )

    def _add_positions(self) -> None:
        placed = [
            (one, (one["easting"], one["northing"]))
            for one in self.register.schools.values()
            if one.get("easting") is not None and one.get("northing") is not None
        ]
        degrees = to_degrees([(east, north) for _, (east, north) in placed if east and north])
        for (one, _), (latitude, longitude) in zip(placed, degrees, strict=True):
            one["latitude"], one["longitude"] = latitude, longitude


def read_cells(
    columns: Sequence[tuple[int, Column]], cells: Sequence[str], line: int, urn: int | None
) -> tuple[SchoolFields, list[Fault]]:
    """The fields of one school and the faults of its row; a row with faults must not be used."""
    read: dict[str, object] = {}
    faults: list[Fault] = []
    for place, column in columns:
        try:
            read[column.field] = column.read(cells[place])
        except BadCell as problem:
            faults.append(Fault(line, column.heading, str(problem), urn))
    values = cast(SchoolFields, read)  # each column reads the type of its field
    if not faults:
        complete(values)
    return values, faults


def complete(values: SchoolFields) -> None:
    """Add the derived fields of one school: its kind, latitude and longitude.

    An independent school has no figure for free school meals: the census gives 0, which is not a figure.
    """
    described = f"{values.get('type_group') or ''} {values.get('type') or ''}"
    values["kind"] = (
        "pupil_referral_unit"
        if ALTERNATIVE.search(described)
        else "special"
        if SPECIAL.search(described)
        else "mainstream"
    )
    if "independent" in described.lower() and "percentage_fsm" in values:
        values["percentage_fsm"] = None
    if "easting" in values or "northing" in values:
        east, north = values.get("easting"), values.get("northing")
        if not east or not north:
            values["easting"] = values["northing"] = None
        values["latitude"] = values["longitude"] = None


def date_in(file_name: str) -> date | None:
    """The date of a file from its name (edubasealldata20220420.csv); None when it names none."""
    found = DATE_IN_NAME.search(file_name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _urn_in(cells: Sequence[str], place: int) -> int | None:
    cell = cells[place].strip().strip('"') if len(cells) > place else ""
    is_number = cell.isascii() and cell.isdigit() and len(cell) <= 7 and cell.lower() not in MISSING
    return int(cell) if is_number else None
