"""Reading a file of entries into rows, whatever it is: CSV, XLSX or JSONL; what cannot be one says so."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from alongside.directory.exchange.form import column_of
from alongside.errors import Alongside

MOST_BYTES = 20_000_000
"""A file of entries; thirty thousand long ones."""

MOST_ROWS = 5_000
MOST_UNPACKED = 200_000_000
"""Bytes that a workbook may unpack to: one that would be more is a bomb."""

CELL = 100_000
"""Characters of one cell that are read; no column of ours holds as many."""


class UnreadableFile(Alongside):
    """This file cannot be a list of entries, so nothing is taken from it. The text says what it is and the cure."""


def rows_in(name: str, body: bytes) -> list[Mapping[str, Any]]:
    """The rows of a file by its headings. Raises UnreadableFile."""
    if not body:
        raise UnreadableFile("The file is empty. Choose another.")
    if len(body) > MOST_BYTES:
        raise UnreadableFile(
            f"The file is larger than {MOST_BYTES // 1_000_000} MB. Take it in parts of fewer rows."
        )
    rows: list[Mapping[str, Any]] = []
    for row in _reader(name, body):
        if len(rows) == MOST_ROWS:
            raise UnreadableFile(f"The file has more than {MOST_ROWS:,} rows. Take it in parts.")
        rows.append(row)
    if not rows:
        raise UnreadableFile("The file has headings and no row. Choose another.")
    if not any(column_of(str(head)) == "title" for row in rows for head in row):
        raise UnreadableFile(
            "No column of the file is called title. Name the column that holds the titles so."
        )
    return rows


def _reader(name: str, body: bytes) -> Iterator[Mapping[str, Any]]:
    if body.startswith(b"PK\x03\x04"):
        return _workbook(body)
    if name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
        raise UnreadableFile("This is no Excel workbook of today. Save it as XLSX or CSV.")
    text = _decoded(body)
    return _json_lines(text) if text.lstrip()[:1] in ("{", "[") else _sheet(text)


def _decoded(body: bytes) -> str:
    if b"\0" in body[:100_000]:
        raise UnreadableFile("This is not a text. Save it as CSV, XLSX or JSONL.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _json_lines(text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
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


def _sheet(text: str) -> Iterator[Mapping[str, Any]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(CELL)
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any((value or "").strip() for value in row.values() if isinstance(value, str)):
                yield {head: value for head, value in row.items() if head}
    except csv.Error as problem:
        raise UnreadableFile(
            f"This cannot be read as CSV ({problem}). Save it again as CSV or XLSX."
        ) from None


def _workbook(body: bytes) -> Iterator[Mapping[str, Any]]:
    from openpyxl import load_workbook  # a fifth of a second at every start, for a file that few bring

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableFile("The workbook is far larger inside than outside. Save the sheet as CSV.")
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        lines = book.worksheets[0].iter_rows(values_only=True)
        heads = [str(head) if head is not None else "" for head in next(lines, ())]
        for line in lines:
            row = {head: value for head, value in zip(heads, line, strict=False) if head}
            if any(value not in (None, "") for value in row.values()):
                yield row
    except UnreadableFile:
        raise
    except Exception as problem:  # noqa: BLE001  (a damaged workbook may raise anything at all)
        raise UnreadableFile(
            f"This workbook cannot be read ({type(problem).__name__}). Save it again as XLSX or CSV."
        ) from None
