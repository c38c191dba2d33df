"""Similar schools: the nearest by standardised context measures, with weights.

Each measure is standardised by its mean and standard deviation over the schools that have it. A missing value takes
the median of the phase, and is named. The distance of two schools is the square root of the weighted mean of their
squared differences; each measure's share can be inspected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from alongside.features.profiles.statistics import EXACT, ZERO, median, rounded

Context = Mapping[str, Decimal | None]
"""The context figures of one school by measure; None where there is no figure."""


@dataclass(frozen=True, slots=True)
class SimilarSchool:
    """A similar school: its distance, each measure's share of the squared distance, and what was imputed for it."""

    urn: int
    distance: Decimal
    parts: Mapping[str, Decimal]
    imputed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The similar schools of one school, nearest first, and which of its own measures were imputed."""

    nearest: tuple[SimilarSchool, ...]
    imputed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Standardised:
    urn: int
    values: tuple[Decimal, ...]
    imputed: tuple[str, ...]


def similar_schools(
    schools: Mapping[int, Context], weights: Mapping[str, Decimal], count: int
) -> dict[int, Neighbourhood]:
    """Return the nearest `count` schools of each school. Schools at the same distance are in the order of their URN.

    A measure that no school has, or that is the same for all, is left out.
    """
    with localcontext(EXACT):
        used = {name: weight for name, weight in sorted(weights.items()) if weight > 0}
        columns = {name: _standardise(schools, name) for name in used}
        names = tuple(name for name, column in columns.items() if column is not None)
        total = sum((used[name] for name in names), ZERO)
        shares = tuple(used[name] / total for name in names)
        rows = [_row(urn, schools[urn], names, columns, used) for urn in sorted(schools)]
        return {row.urn: _nearest(row, rows, names, shares, count) for row in rows}


def _standardise(schools: Mapping[int, Context], name: str) -> dict[int, Decimal] | None:
    """Return one measure standardised, missing values as the median; None if it cannot tell schools apart."""
    known = [value for one in schools.values() if (value := one.get(name)) is not None]
    if len(known) < 2:
        return None
    mean = sum(known, ZERO) / len(known)
    spread = (sum(((one - mean) ** 2 for one in known), ZERO) / len(known)).sqrt()
    if spread == 0:
        return None
    imputed = median(known)
    standard = {}
    for urn, one in schools.items():
        value = one.get(name)
        standard[urn] = +(((imputed if value is None else value) - mean) / spread)
    return standard


def _row(
    urn: int,
    context: Context,
    names: Sequence[str],
    columns: Mapping[str, dict[int, Decimal] | None],
    used: Mapping[str, Decimal],
) -> _Standardised:
    values = tuple(column[urn] for name in names if (column := columns[name]) is not None)
    return _Standardised(urn, values, tuple(name for name in used if context.get(name) is None))


def _nearest(
    own: _Standardised,
    rows: Sequence[_Standardised],
    names: Sequence[str],
    shares: Sequence[Decimal],
    count: int,
) -> Neighbourhood:
    squared = (
        sorted(
            (
                sum(
                    (
                        share * (a - b) * (a - b)
                        for share, a, b in zip(shares, own.values, row.values, strict=True)
                    ),
                    ZERO,
                ),
                row.urn,
                row,
            )
            for row in rows
            if row.urn != own.urn
        )
        if names
        else []
    )
    nearest = tuple(
        SimilarSchool(
            urn,
            rounded(distance.sqrt()),
            {
                name: rounded(share * (a - b) * (a - b))
                for name, share, a, b in zip(names, shares, own.values, row.values, strict=True)
            },
            row.imputed,
        )
        for distance, urn, row in squared[:count]
    )
    return Neighbourhood(nearest, own.imputed)
