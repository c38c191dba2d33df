"""The inputs of a calculation, and the reader that a calculation asks for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import msgspec

Status = Literal[
    "ok", "suppressed", "not_applicable", "not_available", "low_coverage", "unreliable", "not_published"
]
"""The statuses of figures, and that nothing was published for anybody in that year."""

Level = Literal["national", "authority"]


class InputFigure(msgspec.Struct, frozen=True, order=True):
    """One figure of one school. `breaks` says that the measure changed its definition in this year."""

    measure: str
    year: str
    status: str
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    provisional: bool = False
    from_urn: int | None = None
    breaks: bool = False


class InputBenchmark(msgspec.Struct, frozen=True, order=True):
    """One published figure of the nation or the authority."""

    level: str
    measure: str
    year: str
    status: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that the profiles of one phase and year are calculated from: the figures of each school by URN."""

    year: str
    schools: dict[int, tuple[InputFigure, ...]]
    benchmarks: tuple[InputBenchmark, ...]


def year_before(year: str, count: int = 1) -> str:
    """Return the academic year `count` years before: 2024-25 and 2 give 2022-23."""
    start = int(year[:4]) - count
    return f"{start}-{(start + 1) % 100:02d}"


def years_until(year: str, count: int) -> tuple[str, ...]:
    """Return `count` academic years, the last of which is `year`."""
    return tuple(year_before(year, back) for back in reversed(range(count)))


class FigureReader:
    """The figures of one school by measure and year."""

    def __init__(self, figures: Iterable[InputFigure]) -> None:
        self._figures = {(one.measure, one.year): one for one in figures}

    def get(self, measure: str, year: str) -> InputFigure | None:
        """Return a figure, whatever its status; None if there is none."""
        return self._figures.get((measure, year))

    def value(self, measure: str, year: str) -> Decimal | None:
        """Return a value that may be used; None without one."""
        figure = self.get(measure, year)
        return figure.value if figure is not None and figure.status == "ok" else None

    def latest(self, measure: str, years: Iterable[str]) -> Decimal | None:
        """Return the newest value of some years, the newest year last; None without one."""
        return next(
            (value for year in reversed(list(years)) if (value := self.value(measure, year)) is not None),
            None,
        )
