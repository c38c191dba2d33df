"""The file format of imports and exports: columns, other names for them, and how cells are parsed and formatted."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from alongside.features.directory.entry import Entry
from alongside.platform.web.formatting import format_pounds
from alongside.platform.web.spreadsheet import LINE_BREAKS

COLUMNS = (
    "title",
    "kind",
    "themes",
    "phases",
    "key_stages",
    "problem",
    "context",
    "what_we_did",
    "evidence",
    "evidence_level",
    "what_to_avoid",
    "what_you_need",
    "cost_pounds",
    "staff_hours",
    "staff_time",
    "term",
    "who_to_ask",
    "visibility",
    "school_urn",
    "source_name",
    "source_url",
    "licence",
    "attribution",
)
"""All columns in the order in which they are written; only the title is required."""

OTHER_NAMES = {
    "name": "title",
    "heading": "title",
    "theme": "themes",
    "phase": "phases",
    "key_stage": "key_stages",
    "what_you_did": "what_we_did",
    "body": "what_we_did",
    "body_markdown": "what_we_did",
    "description": "what_we_did",
    "impact": "evidence",
    "cost": "cost_pounds",
    "urn": "school_urn",
    "school_name": "source_name",
    "source": "source_name",
    "source_path": "source_url",
    "url": "source_url",
    "license": "licence",
}
"""Other headings accepted for each column."""

LISTS = ("themes", "phases", "key_stages")
BETWEEN = re.compile(r"\s*;\s*")
MONEY = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d{1,7})(?:\.(\d{1,2}))?", re.ASCII)
WHOLE = re.compile(r"\d{1,7}(?:\.0)?", re.ASCII)
CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
"""Control characters that are removed from text. NUL is not among them, because a text with NUL is refused."""

TAKEN_FOR_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
RUNS_AS_FORMULA = re.compile(r"'(?=[=+\-@\t\r])")
"""The apostrophe that an export puts before a cell that a spreadsheet would run as a formula."""


def column_of(head: str) -> str | None:
    """The column that a heading means, however it is written; None if it is unknown."""
    plain = re.sub(r"[^a-z0-9]+", "_", head.strip().lower()).strip("_")
    plain = OTHER_NAMES.get(plain, plain)
    return plain if plain in COLUMNS else None


def columns_of(row: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """A row by column name, taking the first of several headings for one column; and the unknown headings."""
    known: dict[str, object] = {}
    unknown_headings = []
    for head, value in row.items():
        column = column_of(str(head))
        if column is None:
            unknown_headings.append(str(head))
        elif column not in known or not _text(known[column]):
            known[column] = value
    return known, unknown_headings


def text_of(value: object) -> str:
    """A cell as text, without the apostrophe that an export adds."""
    return RUNS_AS_FORMULA.sub("", _text(value), count=1) if _text(value).startswith("'") else _text(value)


def list_of(value: object) -> list[str]:
    """The keys in a cell: a list, or text separated by semicolons; lower case with underscores."""
    parts = value if isinstance(value, list | tuple) else BETWEEN.split(text_of(value))
    keys = (re.sub(r"[^a-z0-9]+", "_", str(one).strip().lower()).strip("_") for one in parts)
    return list(dict.fromkeys(key for key in keys if key))


def pence_of(value: object) -> int | None:
    """Parse pounds into pence. Raises ValueError for anything but an amount up to £1,000,000."""
    text = text_of(value)
    if not text:
        return None
    found = MONEY.fullmatch(text)
    pence = int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
    if not 0 <= pence <= 100_000_000:
        raise ValueError("The cost must be pounds up to 1,000,000, like 1200, 12.5 or 12.50.")
    return pence


def hours_of(value: object) -> Decimal | None:
    """Parse hours of staff time. Raises ValueError for anything but a number up to 10,000."""
    text = text_of(value)
    if not text:
        return None
    try:
        hours = Decimal(text)
        if 0 <= hours <= 10_000:
            return round(hours, 1)
    except InvalidOperation:
        pass
    raise ValueError("Hours of staff time must be a number up to 10,000, like 40 or 7.5.")


def whole_of(value: object) -> int | None:
    """Parse a whole number. Raises ValueError for anything else."""
    text = text_of(value)
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise ValueError(f"“{text[:20]}” must be a whole number.")
    return int(text.removesuffix(".0"))


def export_row(entry: Entry) -> dict[str, object]:
    """An entry as a row of the format, with lists as lists and money in pounds."""
    written: dict[str, object] = {
        name: getattr(entry, name)
        for name in COLUMNS
        if name not in ("cost_pounds", "staff_hours", "evidence_level")
    }
    written["cost_pounds"] = format_pounds(entry.cost_pence) or None
    written["staff_hours"] = None if entry.staff_hours is None else f"{entry.staff_hours:f}"
    written["evidence_level"] = entry.evidence_level
    return {name: written[name] for name in COLUMNS}


def said_once(text: str, other: str) -> str:
    """A text without passages that repeat another column, and without headings that this leaves empty."""
    if not other or other not in text:
        return text
    return re.sub(r"(?:^#{1,6} [^\n]*\n+)?" + re.escape(other), "", text, count=1, flags=re.MULTILINE).strip()


def cells_of(row: Mapping[str, object]) -> Sequence[object]:
    """A row as spreadsheet cells: lists joined by semicolons."""
    return ["; ".join(value) if isinstance(value, list) else value for value in row.values()]


def json_lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as JSON Lines. Characters that some readers treat as line ends are escaped."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return "".join(
        TAKEN_FOR_LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", line) for line in lines
    ).encode()


def _text(value: object) -> str:
    return "" if value is None else CONTROLS.sub("", LINE_BREAKS.sub("\n", str(value))).strip()
