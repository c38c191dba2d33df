"""Readers that convert a cell of the register to a value, or raise BadCell."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

MISSING = frozenset(
    {"", "-", "supp", "ne", "na", "np", "z", "c", "x", "lowcov", "not applicable", "not recorded"}
)
"""How the DfE writes that a figure is suppressed, not collected, not applicable or unknown. Never 0."""

UNKNOWN_DAY = date(1900, 1, 1)
"""GIAS writes 01-01-1900 where the day is not known."""

DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)
DAY = re.compile(r"([0-9]{2})([-/])([0-9]{2})\2([0-9]{4})(?: 0?0:00(?::00)?)?", re.ASCII)
"""31-08-2024 as the DfE writes it, and 31/08/2024 as Excel saves it in Britain."""

HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII)
NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
SAFE_IN_ADDRESS = re.compile(r"[!#-&(-;=?-\[\]-_a-~]+", re.ASCII)
LONGEST = 200


class BadCell(ValueError):
    """A cell that cannot be read. The text says why, then what to do."""


def text(cell: str) -> str | None:
    """Text as published with white space normalised; None when blank.

    Raises BadCell for control characters, characters outside the encoding, and more than 200 of any.
    """
    words = " ".join(cell.split())
    if NO_TEXT.search(words):
        raise BadCell("holds a character that no text has; download the file again")
    if len(words) > LONGEST:
        raise BadCell(f"is longer than {LONGEST} characters; a quotation mark may be missing")
    return words or None


def described(cell: str) -> str | None:
    """A term from one of GIAS's lists; None for blank, “Not applicable”, “Does not apply” and their like."""
    words = text(cell)
    if words is None or words.lower() in MISSING or words.lower() in ("does not apply", "none"):
        return None
    return words


def whole(cell: str, least: int = 0, most: int = 2_000_000_000) -> int | None:
    """A whole number within bounds; None when the DfE gives none."""
    figure = cell.strip()
    if figure.lower() in MISSING:
        return None
    if not DIGITS.fullmatch(figure):
        raise BadCell(f"“{figure[:40]}” is not a whole number; correct it or leave it blank")
    if not least <= int(figure) <= most:
        raise BadCell(f"{figure} is not between {least} and {most}; correct it or leave it blank")
    return int(figure)


def percentage(cell: str) -> Decimal | None:
    """A percentage with one decimal; None when the DfE gives none."""
    figure = cell.strip()
    if figure.lower() in MISSING:
        return None
    if not DECIMAL.fullmatch(figure) or Decimal(figure) > 100:
        raise BadCell(f"“{figure[:40]}” is not a percentage; write it as 21.7 or leave it blank")
    return Decimal(figure).quantize(Decimal("0.1"))


def day(cell: str) -> date | None:
    """A date written dd-mm-yyyy or dd/mm/yyyy; None when blank or GIAS's placeholder for an unknown day."""
    words = cell.strip()
    if words.lower() in MISSING:
        return None
    parts = DAY.fullmatch(words)
    try:
        found = date(int(parts[4]), int(parts[3]), int(parts[1])) if parts else None
    except ValueError:
        found = None
    if found is None:
        raise BadCell(f"“{words[:40]}” is not a date; write it as 31-08-2024 or leave it blank")
    return None if found == UNKNOWN_DAY else found


def postcode(cell: str) -> str | None:
    """A postcode in capitals with one space before the last three characters."""
    words = text(cell)
    if words is None:
        return None
    letters = words.replace(" ", "").upper()
    return f"{letters[:-3]} {letters[-3:]}" if 5 <= len(letters) <= 7 else letters


def website(cell: str) -> str | None:
    """A URL that is safe to link to, http or https only; None for anything else.

    GIAS holds many addresses without a scheme; those are completed with http.
    """
    words = "".join(cell.split())
    if not words or len(words) > LONGEST:
        return None
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", words):
        words = f"http://{words}"
    try:
        parts = urlsplit(words)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not HOST.fullmatch(host) or parts.username:
        return None
    if port not in (None, 80, 443) or not SAFE_IN_ADDRESS.fullmatch(words):
        return None
    return f"{parts.scheme.lower()}{words[len(parts.scheme) :]}"
