"""Reads a list in a CSV or XLSX file as rows of text, each with the number of its line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from alongside.platform.uploads.archives import ZIP
from alongside.platform.uploads.file_types import OLD_OFFICE, file_type_of, refuse_size
from alongside.platform.uploads.workbook import sheet_rows

LONGEST_CELL = 1_000
NOT_A_LIST = "The selected file must be a CSV or XLSX file."


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list: the line where it begins, and its cells by heading (in small letters)."""

    line: int
    cells: dict[str, str]


def list_rows(name: str, body: bytes, *, largest: int, most: int) -> list[ListRow]:
    """Return the rows of a list with their cells; empty rows are left out.

    Raises ValueError, with what to do, for another kind of file, a file above `largest` bytes or `most` rows.
    """
    refuse_size(body, largest)
    if body.startswith((ZIP, OLD_OFFICE)):
        lines = _workbook(body)
    elif file_type_of(body) not in (None, "txt") or b"\0" in body:
        raise ValueError(NOT_A_LIST)
    else:
        lines = _csv(_decoded(body))
    heads: list[str] | None = None
    rows: list[ListRow] = []
    for line, cells in lines:
        if not any(cells):
            continue
        if heads is None:
            heads = [head.strip().lower() for head in cells]
            continue
        if any(cells[len(heads) :]):
            raise ValueError(f"Line {line} has more cells than there are headings. Correct the line.")
        if len(rows) == most:
            raise ValueError(f"The file has more than {most:,} rows. Upload it in parts.")
        rows.append(ListRow(line, {head: cell for head, cell in zip(heads, cells, strict=False) if head}))
    if not rows:
        raise ValueError("The file has no row below its headings. Choose another file.")
    return rows


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    csv.field_size_limit(100_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    before = 0
    try:
        for cells in reader:
            yield before + 1, [cell.strip()[:LONGEST_CELL] for cell in cells]
            before = reader.line_num
    except csv.Error as problem:
        raise ValueError(
            f"Line {reader.line_num} cannot be read as CSV ({problem}). Correct its quotation marks."
        ) from None


def _workbook(body: bytes) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(sheet_rows(body), start=1):
        yield number, ["" if cell is None else str(cell).strip()[:LONGEST_CELL] for cell in cells]
