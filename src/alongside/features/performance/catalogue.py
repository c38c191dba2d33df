"""The catalogue of measures of an authority, read from its settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from alongside.features.authorities.setting_types import MeasureEntry
from alongside.features.authorities.settings import AuthoritySettings


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: what it says of a school, the table and column that publish it, and when they do.

    `phases` are “primary” and “secondary”; `unit` is percent, score, ratio, count or pounds; `better` is higher, lower
    or neither; `theme` is the theme of support that helps with it, or empty. A `context` measure describes the pupils
    of a school, not its results. `numerator` and `denominator` are columns with numbers of pupils, or empty.
    """

    key: str
    label: str
    phases: tuple[str, ...]
    unit: str
    better: str
    context: bool
    table: str
    column: str
    numerator: str
    denominator: str
    first_year: str
    last_year: str | None
    pauses: tuple[str, ...]
    breaks: tuple[str, ...]
    theme: str = ""
    hint: str = ""
    retired: bool = False

    def published_in(self, academic_year: str) -> bool:
        """Return whether the measure was published for an academic year (“2024-25”)."""
        return (
            self.first_year <= academic_year
            and (self.last_year is None or academic_year <= self.last_year)
            and academic_year not in self.pauses
        )

    def breaks_at(self, academic_year: str) -> bool:
        """Return whether figures of this year cannot be compared with those of earlier years."""
        return academic_year in self.breaks


def measures_of(settings: AuthoritySettings) -> dict[str, Measure]:
    """Return the measures of an authority by key, retired ones too, in the order of its settings."""
    return {key: _measure(key, entry) for key, entry in settings.measures.items()}


def measures_on_offer(settings: AuthoritySettings) -> dict[str, Measure]:
    """Return the measures that are not retired, by key."""
    return {key: one for key, one in measures_of(settings).items() if not one.retired}


def comparable(measure: Measure, years: Iterable[str]) -> tuple[str, ...]:
    """Return the published years among these that can be compared with the latest of them, in order."""
    found: list[str] = []
    for year in sorted(years, reverse=True):
        if measure.published_in(year):
            found.append(year)
        if measure.breaks_at(year):
            break
    return tuple(reversed(found))


def year_before(academic_year: str, years: int = 1) -> str:
    """Return the academic year so many years earlier: “2023-24” for “2024-25”."""
    first = int(academic_year[:4]) - years
    return f"{first}-{(first + 1) % 100:02d}"


@lru_cache(maxsize=4096)
def _measure(key: str, entry: MeasureEntry) -> Measure:
    return Measure(
        key=key,
        label=entry.label,
        phases=entry.phases,
        unit=entry.unit,
        better=entry.better,
        context=entry.context,
        table=entry.table,
        column=entry.column,
        numerator=entry.numerator,
        denominator=entry.denominator,
        first_year=entry.first_year,
        last_year=entry.last_year,
        pauses=entry.pauses,
        breaks=entry.breaks,
        theme=entry.theme,
        hint=entry.hint,
        retired=entry.retired,
    )
