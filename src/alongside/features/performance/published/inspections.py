"""Reads outcomes of inspections: one judgement for each evaluation area, in the words of its framework.

No rule converts or adds judgements. Reports since 10 November 2025 have a judgement for each area and say whether
safeguarding is met. Earlier grades are history; 0 in a file means that the inspection gave no overall grade.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from alongside.features.performance.published.columns import Columns
from alongside.features.performance.published.content import Fault, PublishedOutcome, Question, Table
from alongside.features.performance.published.row_faults import NOT_CLOSED, fault_of_urn, urn_of
from alongside.features.performance.published.sheets import Sheet, SheetRow, UnreadableTable
from alongside.features.performance.published.tables import Layout, normalised
from alongside.features.performance.statuses import FINAL
from alongside.platform.school_calendar.calendar import academic_year

REPORT_CARD = "Report card (from November 2025)"
GRADES_BY_AREA = "Graded inspection (2019 to 2025)"
OVERALL_GRADE = "Overall effectiveness (to August 2024)"
NUMBERS = {
    "0": "No overall grade",
    "1": "Outstanding",
    "2": "Good",
    "3": "Requires improvement",
    "4": "Inadequate",
    "9": "Not judged",
}
"""The judgements that Ofsted’s files write as numbers."""

NOTHING = frozenset({"", "null", "na", "n/a", "not applicable", "-"})
DAYS = (
    re.compile(r"(?P<y>[0-9]{4})-?(?P<m>[0-9]{2})-?(?P<d>[0-9]{2})(?:[ T]00:00(?::00)?)?"),
    re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})"),
)
DATE_IN_NAME = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class InspectionFile:
    """One kind of file of inspections: the headings that it needs, of its day if it has one, and of each area."""

    needs: frozenset[str]
    framework: str
    areas: Mapping[str, str]
    day: str = ""


CARD_AREAS = (
    "Inclusion",
    "Curriculum and teaching",
    "Achievement",
    "Attendance and behaviour",
    "Personal development and well-being",
    "Leadership and governance",
    "Early years",
    "Sixth form",
)
GRADED_AREAS = {
    "overall effectiveness": "Overall effectiveness",
    "quality of education": "Quality of education",
    "behaviour and attitudes": "Behaviour and attitudes",
    "personal development": "Personal development",
    "effectiveness of leadership and management": "Leadership and management",
    "early years provision (where applicable)": "Early years provision",
    "sixth form provision (where applicable)": "Sixth form provision",
    "safeguarding is effective?": "Safeguarding is effective",
}
START = "inspection start date"
FILES = (
    InspectionFile(
        frozenset({"urn", START, "inclusion", "leadership and governance"}),
        REPORT_CARD,
        {one.lower(): one for one in CARD_AREAS}
        | {"personal development and wellbeing": "Personal development and well-being"}
        | {"safeguarding standards": "Safeguarding", "safeguarding": "Safeguarding"},
        START,
    ),
    InspectionFile(frozenset({"urn", START, "quality of education"}), GRADES_BY_AREA, GRADED_AREAS, START),
    InspectionFile(
        frozenset({"urn", "rating", "inspection date"}),
        OVERALL_GRADE,
        {"rating": "Overall effectiveness"},
        "inspection date",
    ),
    InspectionFile(
        frozenset({"urn", "ofsted_rating"}), OVERALL_GRADE, {"ofsted_rating": "Overall effectiveness"}
    ),
)


def inspections_in(sheet: Sheet) -> InspectionFile | None:
    """Return the kind of file of inspections that a sheet is; None if it is another table."""
    names = {normalised(one) for one in sheet.headings}
    return next((one for one in FILES if one.needs <= names), None)


def read_inspections(sheet: Sheet, question: Question, kind: InspectionFile) -> Table:
    """Read the judgements of an authority’s schools. Raises UnreadableTable for a file that says no day."""
    columns = Columns(sheet, question, Layout("inspections", kind.needs, {}))
    as_at = None if kind.day else _as_at(sheet, question)
    table = Table(sheet.filename, sheet.sha256, "inspections", "", FINAL)
    for row in sheet.rows:
        urn = urn_of(columns.cell(row, "urn"))
        if urn is not None and urn not in question.schools:
            table.others += 1
            continue
        fault = fault_of_urn(row, columns, "urn", urn, question)
        if not row.whole or len(row.cells) < len(sheet.headings):
            fault = Fault(
                row.line, None, NOT_CLOSED if not row.whole else "has too few cells; correct it", urn
            )
        if fault is None and urn is not None:
            fault = _read_row(table, row, columns, kind, urn, as_at)
        table.faults += [fault] if fault else []
    if not table.outcomes:
        first = f" The first fault: {table.faults[0]}." if table.faults else ""
        raise UnreadableTable(f"{sheet.filename} has no inspection of a school of your authority.{first}")
    table.academic_year = academic_year(max(one.inspected_on for one in table.outcomes))
    return table


def _as_at(sheet: Sheet, question: Question) -> date:
    named = DATE_IN_NAME.search(sheet.filename)
    found = question.as_at or (_day("".join(named.groups())) if named else None)
    if found is None:
        raise UnreadableTable(
            f"{sheet.filename} has no dates of inspections. Give the day on which it was made."
        )
    return found


def _read_row(
    table: Table, row: SheetRow, columns: Columns, kind: InspectionFile, urn: int, as_at: date | None
) -> Fault | None:
    day = as_at or _day(columns.cell(row, kind.day))
    if day is None:
        if columns.cell(row, kind.day).lower() in NOTHING:
            return None  # a school that has not been inspected
        reason = f"“{columns.cell(row, kind.day)[:20]}” is not a date; write it as 31/08/2024"
        return Fault(row.line, columns.heading(kind.day), reason, urn)
    for heading, area in kind.areas.items():
        text = columns.cell(row, heading)
        if text.lower() in NOTHING:
            continue
        judgement = NUMBERS.get(text, text)
        if len(judgement) > 60 or judgement.isdecimal():
            return Fault(
                row.line, columns.heading(heading), f"“{text[:20]}” is not a judgement; correct it", urn
            )
        table.outcomes.append(
            PublishedOutcome(urn, day, as_at is not None, kind.framework, area, judgement, row.line)
        )
    return None


def _day(text: str) -> date | None:
    for form in DAYS:
        found = form.fullmatch(text.strip())
        if found:
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
