"""Totals of the categories of all schools, for people who read no other school's: rounded, so that none is recognised.

Each number is rounded to the nearest 5, so that no cell stands for one school or two. A row with fewer than six
schools, or with all of its schools in one category, is not shown: it would tell the category of each of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.reports import distribution, movement
from alongside.platform.access.principal import Principal, system

STEP, FEWEST_SCHOOLS = 5, 6
DIRECTIONS = ("More support", "Unchanged", "Less support", "In words")


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """One row: phase, consortium or “All”, and rounded numbers of schools; None for a row that is not shown."""

    phase: str
    name: str
    counts: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The distribution by phase and consortium, and the movement since the year before by phase."""

    heads: Sequence[str]
    rows: Sequence[TotalsRow]
    moved: Sequence[TotalsRow]


def published(counts: Sequence[int]) -> list[int] | None:
    """Return the numbers of a row as they may be shown, or None."""
    total = sum(counts)
    if total < FEWEST_SCHOOLS or max(counts) == total:
        return None
    return [(one + STEP // 2) // STEP * STEP for one in counts]


async def totals_of(session: AsyncSession, person: Principal, year: str) -> Totals:
    """Return the totals of a year over all schools, whoever asks."""
    product = system(person.authority_id, person.today)
    table = await distribution(session, product, year)
    moved = await movement(session, product, year)
    await identify_requester(session, person)
    rows = []
    for phase in dict.fromkeys(one for one, _, _ in table.rows):
        of_phase = {name: counts for one, name, counts in table.rows if one == phase}
        rows += [TotalsRow(phase, name, published(counts)) for name, counts in _with_all(of_phase).items()]
    return Totals(table.heads, rows, _movement(moved))


def _with_all(rows: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    """Return the rows of a phase after the row of all its schools."""
    return {"All": [sum(column) for column in zip(*rows.values(), strict=True)], **rows}


def _movement(moved: Sequence[tuple[str, str, str, str, int]]) -> list[TotalsRow]:
    counts: dict[str, dict[str, int]] = {}
    for phase, _, _, direction, schools in moved:
        of_phase = counts.setdefault(phase, dict.fromkeys(DIRECTIONS, 0))
        of_phase[direction] += schools
    return [TotalsRow(phase, "All", published(list(one.values()))) for phase, one in sorted(counts.items())]
