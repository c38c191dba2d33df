"""Reads the first visible sheet of an XLSX workbook, after its size and counts have been checked.

A workbook is a ZIP archive of XML. A small file can unpack to gigabytes, declare millions of shared strings, or name
a cell in the last row and column so that a reader reserves the whole sheet. The parts that are needed are therefore
unpacked within limits, counted, and packed again; only that archive is given to python-calamine.
"""

import io
import re
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

from alongside.platform.uploads.archives import office_kind
from alongside.platform.uploads.file_types import OLD_OFFICE, OLD_OR_LOCKED

MOST_STRINGS = 400_000
MOST_CELLS = 1_000_000
Cell = str | int | Decimal | date | None
"""The value of a cell."""

LAST_ROW, LAST_COLUMN = 20_000, 200
"""The furthest cell that is read: row 20,000, column GR."""

NEEDED = re.compile(
    r"\[Content_Types\]\.xml|_rels/.*|xl/[^/]+\.xml|xl/_rels/.*|xl/worksheets/[^/]+\.xml", re.IGNORECASE
)

CELL_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,8})([0-9]{0,12})[\"']")
CHUNK = 1 << 18


class BadWorkbook(ValueError):
    """A workbook that cannot be imported. The text says why and what to do."""


def sheet_rows(body: bytes) -> list[list[Cell]]:
    """Return the rows of the first visible sheet: text, whole numbers, decimals, dates, None for an empty cell.

    Raises ValueError for a workbook that is damaged, has a password, holds a program or exceeds a limit.
    """
    if body.startswith(OLD_OFFICE):
        raise BadWorkbook(OLD_OR_LOCKED)
    packed = _repacked(body)
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(packed))
        names = [
            one.name
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
        if not names:
            raise BadWorkbook("The workbook has no visible sheet. Save the list as CSV.")
        rows = book.get_sheet_by_name(names[0]).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, KeyError, OverflowError) as problem:
        if isinstance(problem, BadWorkbook):
            raise
        raise _unreadable(problem) from None
    return [[_value(cell) for cell in row] for row in rows]


def _repacked(body: bytes) -> bytes:
    """Return the needed parts, unpacked within the limits and packed again without compression."""
    if office_kind(body) != "xlsx":
        raise BadWorkbook("The selected file is no Excel workbook. Save it as XLSX or CSV.")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(out, "w") as checked:
        for part in archive.infolist():
            if NEEDED.fullmatch(part.filename):
                content = archive.read(part)
                _count(part.filename, content)
                checked.writestr(part.filename, content)
    return out.getvalue()


def _count(name: str, content: bytes) -> None:
    """Raise BadWorkbook for too many strings or cells, or a cell beyond the last row or column."""
    if b"<!DOCTYPE" in content[:4096].upper() or b"<!ENTITY" in content:
        raise BadWorkbook("This workbook cannot be read: it declares entities. Save it again as XLSX.")
    if not name.lower().startswith("xl/worksheets/"):
        if content.count(b"<") > 8 * MOST_STRINGS:
            raise BadWorkbook(f"The workbook has more than {MOST_STRINGS:,} texts. Import it in parts.")
        return
    if content.count(b"<") > 6 * MOST_CELLS:
        raise BadWorkbook(f"The sheet has more than {MOST_CELLS:,} cells. Import it in parts.")
    for found in CELL_REFERENCE.finditer(content):
        column, row = found[1].upper(), found[2]
        if len(row) > len(str(LAST_ROW)) or int(row or 0) > LAST_ROW or _column(column) > LAST_COLUMN:
            raise BadWorkbook(
                f"The sheet has cells beyond row {LAST_ROW:,} or column {LAST_COLUMN}. "
                "Delete the empty rows and columns at its end, or save it as CSV."
            )


def _column(letters: bytes) -> int:
    """Return the number of a column by its letters: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _value(cell: object) -> Cell:
    """Return the value of a cell; numbers without the rounding errors of binary arithmetic."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 10**15 else Decimal(f"{cell:.12g}")
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell if isinstance(cell, str | int | date) else str(cell)


def _unreadable(problem: Exception) -> BadWorkbook:
    return BadWorkbook(
        f"This workbook cannot be read ({type(problem).__name__}). Save it again as XLSX or CSV."
    )
