"""CSV and XLSX exports in which no cell can start a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0, and so a workbook, cannot contain."""

LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85]")
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_CELL = 32_767
"""Maximum characters in a cell of a workbook."""

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """Return a cell's text, with an apostrophe if a spreadsheet would run it as a formula; a number is no formula.

    Source: OWASP, CSV injection.
    """
    text = "" if value is None else str(value)
    if isinstance(value, int | float | Decimal):
        return text
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file with a header row, in UTF-8 with a byte order mark, by which spreadsheets recognise it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a workbook with one visible sheet: numbers and dates as such, everything else as text."""
    from xlsxwriter import (
        Workbook,  # imported late: slow to import, and few requests need it
    )

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "constant_memory": True})
    sheet = book.add_worksheet(NOT_IN_SHEET_NAMES.sub(" ", title)[:31])
    bold = book.add_format({"bold": True})
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
    sheet.freeze_panes(1, 0)
    for number, head in enumerate(heads):
        sheet.set_column(number, number, max(12, min(len(head) + 4, 40)))
        sheet.write_string(0, number, clean_text(head), bold)
    for line, row in enumerate(rows, start=1):
        for number, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(line, number, value.replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(line, number, value, day)
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                sheet.write_number(line, number, value)
            elif value not in (None, ""):
                sheet.write_string(line, number, clean_text(str(value))[:LONGEST_CELL])
    book.close()
    return out.getvalue()


def clean_text(text: str) -> str:
    """Return a text for a file: every kind of line break as one newline, without characters that XML 1.0 lacks.

    Excel and Word write vertical tabs and carriage returns inside a cell.
    """
    return NOT_XML.sub("", LINE_BREAKS.sub("\n", text))
