"""Lists as CSV and XLSX that a spreadsheet opens as text: no cell can start a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0, and so a workbook, cannot hold however they are written."""

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """A cell's text; one that a spreadsheet would run gets an apostrophe. Source: OWASP, CSV injection."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file with its heads, in UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook with one visible sheet: numbers and dates as such, everything else as text, never as a formula."""
    from openpyxl import Workbook  # a fifth of a second at every start, for a file that few ask for

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads):
        sheet.column_dimensions[chr(ord("A") + number)].width = max(12, min(len(head) + 4, 40))
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    shown = value if isinstance(value, int | float | Decimal | date) else NOT_XML.sub("", str(value or ""))
    cell = WriteOnlyCell(sheet, value=shown)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
