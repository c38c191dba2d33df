"""Parse a CSV, XLSX or JSONL file of entries into rows; an unreadable file is refused with a reason."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from alongside.errors import AlongsideError
from alongside.features.directory.import_export.file_format import column_of
from alongside.platform.uploads.archives import ZIP
from alongside.platform.uploads.file_types import LARGEST_LIST, OLD_OFFICE, file_type_of, refuse_size
from alongside.platform.uploads.workbook import sheet_rows

MOST_ROWS = 5_000
NOT_A_LIST = "The selected file must be a CSV, XLSX or JSONL file."
CELL = 100_000
"""Characters read from one cell; every column of ours is shorter."""


class UnreadableFile(AlongsideError, ValueError):
    """The file cannot be read as a list of entries, so nothing is imported.

    The message says what is wrong and what to do.
    """


def rows_in(name: str, body: bytes) -> list[Mapping[str, object]]:
    """The rows of a file by its headings. Raises UnreadableFile."""
    try:
        return _rows(name, body)
    except ValueError as problem:
        raise UnreadableFile(str(problem)) from None


def _rows(name: str, body: bytes) -> list[Mapping[str, object]]:
    refuse_size(body, LARGEST_LIST)
    rows: list[Mapping[str, object]] = []
    for row in _reader(name, body):
        if len(rows) == MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Take it in parts.")
        rows.append(row)
    if not rows:
        raise UnreadableFile("The file has headings and no row. Choose another.")
    _refuse_without_title(head for row in rows for head in row)
    return rows


def _refuse_without_title(heads: Iterable[str]) -> None:
    if not any(column_of(str(head)) == "title" for head in heads):
        raise UnreadableFile(
            "No column of the file is called title. Name the column that holds the titles so."
        )


def _reader(name: str, body: bytes) -> Iterator[Mapping[str, object]]:
    if body.startswith((ZIP, OLD_OFFICE)):
        return _workbook(body)
    if file_type_of(body) not in (None, "txt") or name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
        raise UnreadableFile(NOT_A_LIST)
    text = _decoded(body)
    return _json_lines(text) if text.lstrip()[:1] in ("{", "[") else _sheet(text)


def _decoded(body: bytes) -> str:
    if b"\0" in body[:100_000]:
        raise UnreadableFile(NOT_A_LIST)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _json_lines(text: str) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise UnreadableFile(
                f"Line {number} is not JSON. Each line of a JSONL file is one entry in braces."
            ) from None
        if not isinstance(row, dict):
            raise UnreadableFile(f"Line {number} is not an entry in braces. Put each entry on a line.")
        yield row


def _sheet(text: str) -> Iterator[Mapping[str, object]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(CELL)
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey="", delimiter=delimiter, strict=True)
    try:
        _refuse_without_title(rows.fieldnames or ())
        for row in rows:
            if any((cell or "").strip() for cell in row.get("") or ()):
                raise UnreadableFile(
                    f"The row that ends in line {rows.line_num} has more cells than there are headings. "
                    "A quotation mark is missing, or one too many. Correct the row."
                )
            if any((value or "").strip() for value in row.values() if isinstance(value, str)):
                yield {head: value for head, value in row.items() if head}
    except csv.Error as problem:
        raise UnreadableFile(
            f"The row that ends in line {rows.line_num} cannot be read as CSV ({problem}). "
            "A quotation mark is missing, or one too many. Correct the row, or save it again as XLSX."
        ) from None


def _workbook(body: bytes) -> Iterator[Mapping[str, object]]:
    lines = iter(sheet_rows(body))
    heads = [str(head) if head is not None else "" for head in next(lines, ())]
    for line in lines:
        row = {head: value for head, value in zip(heads, line, strict=False) if head}
        if any(value not in (None, "") for value in row.values()):
            yield row
