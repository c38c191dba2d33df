"""Values of cells: numbers, percentages and money as published, and the marks that stand where there is no value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alongside.features.performance.statuses import OK

NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
WITH_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,12})?", re.ASCII)
DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+ ?%?", re.ASCII)
POUND = re.compile(r"^(?:£|\xef\xbf\xbd|\ufffd|\xc2£)")
"""The pound sign, and the forms in which a table published in a wrong encoding has it."""

SIGNED, FRACTION, PLAIN = "signed", "fraction", "plain"
"""How a column writes percentages: 43%, 0.43 or 43."""


class BadCell(ValueError):
    """A cell that is neither a value nor a mark of its table. The text says why, then what to do.

    `place` is the place of its column, if it is not that of the measure.
    """

    place: int | None = None


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell says: a status, and the value if it is published. `mark` is the text where there is no value."""

    status: str
    value: Decimal | None = None
    mark: str | None = None


def style_of(cells: Iterable[str], *, fractions: bool) -> str:
    """Return how the cells of a column write percentages; `fractions` says whether 0.43 can mean 43%."""
    numbers: list[Decimal] = []
    for cell in cells:
        text = cell.strip()
        if text.endswith("%"):
            return SIGNED
        if NUMBER.fullmatch(text):
            numbers.append(Decimal(text))
    between = any(0 < abs(one) < 1 for one in numbers)
    return FRACTION if fractions and between and all(abs(one) <= 1 for one in numbers) else PLAIN


def read_cell(cell: str, unit: str, marks: Mapping[str, str], style: str, *, fractions: bool) -> CellValue:
    """Return what a cell says, by the marks of its table (in lower case). No mark ever becomes 0.

    Raises BadCell for anything else.
    """
    text = " ".join(cell.split())
    status = marks.get(text.lower())
    if status is not None:
        return CellValue(status, mark=text[:40])
    value = _percentage(text, style, fractions=fractions) if unit == "percent" else _number(text, unit)
    if unit == "count" and value < 0:
        raise BadCell(f"“{text}” is less than 0; correct it")
    return CellValue(OK, value)


def read_count(cell: str, marks: Mapping[str, str]) -> int | None:
    """Return a number of pupils; None for a mark. Raises BadCell for anything else."""
    text = " ".join(cell.split())
    if text.lower() in marks:
        return None
    value = _number(text, "count")
    if value < 0 or value != value.to_integral_value():
        raise BadCell(f"“{text[:40]}” is not a number of pupils; correct it")
    return int(value)


def _percentage(text: str, style: str, *, fractions: bool) -> Decimal:
    signed = text.endswith("%")
    value = _number(text.removesuffix("%").rstrip(), "percent")
    if style == SIGNED and not signed and 0 < value <= 1:
        raise BadCell(f"“{text}” has no % as the column’s other cells do; write 43% or 0.43%")
    if style == PLAIN and fractions and 0 < value < 1:
        raise BadCell(f"“{text}” may mean a share or a percentage; write 43, not 0.43, in every row")
    if style == FRACTION and not signed:
        value *= 100
    if not 0 <= value <= 100:
        raise BadCell(f"“{text}” is not between 0% and 100%; correct it")
    return value


def _number(text: str, unit: str) -> Decimal:
    if unit in ("pounds", "count"):
        text = POUND.sub("", text) if unit == "pounds" else text
        if WITH_THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
    if NUMBER.fullmatch(text):
        return Decimal(text)
    if DECIMAL_COMMA.fullmatch(text):
        raise BadCell(f"“{text[:40]}” has a decimal comma; write it with a point, as in 12.5")
    raise BadCell(f"“{text[:40]}” is neither a number nor a mark of this table; correct it")
