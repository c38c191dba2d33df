"""The sample of a real extract, and builders of small registers."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from alongside.features.schools.gias import Register, read_register

SAMPLE = Path(__file__).with_name("extract_sample.csv")
HAMPSHIRE, SURREY = 850, 936

Row = list[str]


def sample_rows() -> list[Row]:
    """Heading and rows of the sample."""
    return list(csv.reader(io.StringIO(SAMPLE.read_bytes().decode("cp1252"))))


def as_csv(rows: Sequence[Sequence[str]], newline: str = "\r\n") -> str:
    """Rows as a CSV text."""
    written = io.StringIO()
    csv.writer(written, lineterminator=newline).writerows(rows)
    return written.getvalue()


SCHOOL = {
    "URN": "990101",
    "LA (code)": "901",
    "EstablishmentNumber": "2101",
    "EstablishmentName": "Weir Primary School",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "EstablishmentStatus (name)": "Open",
    "ReasonEstablishmentOpened (name)": "Not applicable",
    "OpenDate": "",
    "ReasonEstablishmentClosed (name)": "Not applicable",
    "CloseDate": "",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "11",
    "SchoolCapacity": "210",
    "CensusDate": "16-01-2025",
    "NumberOfPupils": "197",
    "PercentageFSM": "21.7",
    "Postcode": "WN1 1OO",
    "SchoolWebsite": "",
    "Easting": "358000",
    "Northing": "405000",
    "Linked establishments": "Does not have links",
}


def school(urn: int, name: str | None = None, **cells: str) -> dict[str, str]:
    """One row by heading; write `Status="Closed"` for “EstablishmentStatus (name)” and so on."""
    short = {
        "Status": "EstablishmentStatus (name)",
        "Phase": "PhaseOfEducation (name)",
        "Type": "TypeOfEstablishment (name)",
        "Group": "EstablishmentTypeGroup (name)",
        "WhyOpened": "ReasonEstablishmentOpened (name)",
        "WhyClosed": "ReasonEstablishmentClosed (name)",
        "Links": "Linked establishments",
        "Number": "EstablishmentNumber",
        "LA": "LA (code)",
    }
    named = {short.get(key, key): cell for key, cell in cells.items()}
    number = {"EstablishmentNumber": str(urn)[-4:]}
    return SCHOOL | {"URN": str(urn), "EstablishmentName": name or f"School {urn}"} | number | named


def register_text(*schools: Mapping[str, str], newline: str = "\r\n") -> str:
    """A register of these schools."""
    return as_csv([list(SCHOOL), *([one[heading] for heading in SCHOOL] for one in schools)], newline)


def read_text(folder: Path, text: str, la_code: int = 901, encoding: str = "cp1252") -> Register:
    """Read a register from a text, through a file as always."""
    file = folder / "edubasealldata20250901.csv"
    file.write_bytes(text.encode(encoding))
    return read_register(file, la_code)
