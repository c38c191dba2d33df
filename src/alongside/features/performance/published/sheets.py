"""The sheet of an uploaded file: headings and rows of text, from CSV or XLSX."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from alongside.errors import AlongsideError
from alongside.features.schools.csv_records import Records
from alongside.features.schools.upload_source import UnreadableFile
from alongside.platform.uploads.archives import ZIP
from alongside.platform.uploads.file_types import OLD_OFFICE, file_type_of
from alongside.platform.uploads.workbook import sheet_rows

MOST_CELLS = 8_000_000
"""The national table of key stage 2 has 16,000 rows of 311 columns."""

NO_TABLE = "The selected file must be a CSV or XLSX file. Download the table again as CSV."


class UnreadableTable(AlongsideError, ValueError):
    """The file cannot be imported, so nothing is changed. The message says why and what to do."""


class UnknownTable(UnreadableTable):
    """The headings of the file are those of no published table."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: its line in the file, its cells, and whether its quotation marks are balanced."""

    line: int
    cells: list[str]
    whole: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as text: its name, the SHA-256 of its content, its headings and the rows below them."""

    filename: str
    sha256: str
    headings: list[str]
    rows: list[SheetRow]


def read_sheet(filename: str, body: bytes) -> Sheet:
    """Read the first sheet of a CSV or XLSX file. Raises UnreadableTable.

    Blank rows are left out. The process pool can run it.
    """
    rows = _rows(filename, body)
    first = next(rows, None)
    if first is None:
        raise UnreadableTable(f"{filename} is empty. Download it again.")
    headings = [" ".join(cell.replace("\ufeff", "").split()) for cell in first.cells]
    while headings and not headings[-1]:  # Excel fills the heading up to the longest row
        headings.pop()
    if len(headings) == 1 and headings[0].count(";") > 1:
        raise UnreadableTable(f"{filename} has semicolons between its columns. Save it with commas.")
    found: list[SheetRow] = []
    for row in rows:
        if (len(found) + 1) * len(headings) > MOST_CELLS:
            raise UnreadableTable(f"{filename} has too many rows. Download it for your authority only.")
        found.append(row)
    return Sheet(filename, hashlib.sha256(body).hexdigest(), headings, found)


def _rows(filename: str, body: bytes) -> Iterator[SheetRow]:
    if body.startswith((ZIP, OLD_OFFICE)):
        try:
            sheet = sheet_rows(body)
        except ValueError as problem:
            raise UnreadableTable(str(problem)) from None
        for line, values in enumerate(sheet, start=1):
            texts = ["" if value is None else str(value) for value in values]
            if any(texts):
                yield SheetRow(line, texts, True)
        return
    if file_type_of(body) not in (None, "txt") or body.lstrip().startswith((b"<", b"%PDF")):
        raise UnreadableTable(NO_TABLE)
    text = _decoded(filename, body)
    try:
        for line, cells, whole in Records(iter(io.StringIO(text, newline=""))):
            if any(cell.strip() for cell in cells):
                yield SheetRow(line, cells, whole)
    except UnreadableFile as problem:
        raise UnreadableTable(str(problem)) from None


def _decoded(filename: str, body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableTable(f"{filename} is a text in UTF-16. Save it again as CSV.")
    if b"\0" in body:
        raise UnreadableTable(NO_TABLE)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")
