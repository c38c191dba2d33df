"""Trend charts as numbers for SVG: readable without colour, and with a table of the same figures beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alongside.features.profiles.results import MeasureResult, YearResult

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 10, 26
"""Margins, in which the numbers of the scale and the years stand."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One year of the school: its place, and the ends of its interval if there is one."""

    x: int
    y: int
    low: int | None
    high: int | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A number or year beside the chart, and where it stands."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A chart of up to five years: the school as a line with circles, England as a broken line."""

    marks: Sequence[Mark]
    line: str
    national: str
    scale: Sequence[Tick]
    years: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def trend_chart(result: MeasureResult) -> TrendChart | None:
    """Return the chart of a measure; None with fewer than two values of the school."""
    shown = [one for one in result.years if one.value is not None]
    if len(shown) < 2:
        return None
    low, high = _range(result)
    step = (WIDTH - LEFT - RIGHT) // max(1, len(result.years))
    places = {one.year: LEFT + step // 2 + number * step for number, one in enumerate(result.years)}

    def height_of(value: Decimal) -> int:
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM))

    marks = [
        Mark(
            places[one.year],
            height_of(one.value),
            height_of(one.low) if one.low is not None else None,
            height_of(one.high) if one.high is not None else None,
            one.provisional,
        )
        for one in shown
        if one.value is not None
    ]
    middle = (low + high) / 2
    return TrendChart(
        marks=marks,
        line=_path((places[one.year], height_of(one.value), one) for one in shown if one.value is not None),
        national=_path(
            (places[one.year], height_of(one.national), None)
            for one in result.years
            if one.national is not None
        ),
        scale=[Tick(height_of(value), f"{value:.0f}") for value in (low, middle, high)],
        years=[Tick(places[one.year], one.year) for one in result.years],
    )


def _range(result: MeasureResult) -> tuple[Decimal, Decimal]:
    """Return the ends of the scale: whole numbers around all values; percentages stay between 0 and 100."""
    values = [
        value
        for one in result.years
        for value in (one.value, one.low, one.high, one.national)
        if value is not None
    ]
    low, high = Decimal(int(min(values)) - 1), Decimal(int(max(values)) + 2)
    if result.unit == "percent":
        low, high = max(low, Decimal(0)), min(high, Decimal(100))
    return low, max(high, low + 1)


def _path(points: Iterable[tuple[int, int, YearResult | None]]) -> str:
    """Return an SVG path; a change of definition begins a new line."""
    parts = []
    for number, (x, y, year) in enumerate(points):
        begins = number == 0 or (year is not None and year.breaks)
        parts.append(f"{'M' if begins else 'L'}{x} {y}")
    return " ".join(parts)
