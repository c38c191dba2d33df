"""What an import would change: each figure of a file compared with the live one."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.importing.queries import (
    LiveBenchmark,
    LiveFigure,
    live_benchmarks,
    live_figures,
    stored_outcomes,
)
from alongside.features.performance.published.content import (
    PublishedBenchmark,
    PublishedFigure,
    PublishedOutcome,
    Table,
)
from alongside.features.performance.statuses import OK, RELEASES
from alongside.platform.access.principal import Principal

RANKS = {release: place for place, release in enumerate(RELEASES)}
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class PlannedFigure:
    """A figure to store for a school; `replaces` is the live figure, None if there is none."""

    school_urn: int
    figure: PublishedFigure
    replaces: LiveFigure | None = None


@dataclass(frozen=True, slots=True)
class PlannedBenchmark:
    """A national or authority figure to store; `replaces` is the live one, None if there is none."""

    benchmark: PublishedBenchmark
    replaces: LiveBenchmark | None = None


@dataclass(frozen=True, slots=True)
class PlannedOutcome:
    """An outcome of an inspection to store; `replaces` is the id of a stored one with another judgement."""

    school_urn: int
    outcome: PublishedOutcome
    replaces: UUID | None = None


@dataclass(slots=True)
class ImportPlan:
    """What an import would change.

    `changed` figures have another value or status than the live ones, `confirmed` the same in a later release.
    `unchanged` counts figures that are stored already, `kept` those whose live figure is of a later release, and
    `not_needed` those of a predecessor for which the school has its own.
    """

    new: list[PlannedFigure] = field(default_factory=list)
    changed: list[PlannedFigure] = field(default_factory=list)
    confirmed: list[PlannedFigure] = field(default_factory=list)
    benchmarks: list[PlannedBenchmark] = field(default_factory=list)
    outcomes: list[PlannedOutcome] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0
    not_needed: int = 0

    @property
    def figures(self) -> list[PlannedFigure]:
        """All figures to store."""
        return [*self.new, *self.changed, *self.confirmed]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be stored."""
        return not (self.figures or self.benchmarks or self.outcomes)

    @property
    def from_predecessors(self) -> int:
        """The number of figures that were published for a predecessor."""
        return sum(one.school_urn != one.figure.urn for one in self.figures)

    @property
    def digest(self) -> str:
        """A hash of all that would be stored: equal plans have equal hashes."""
        return hashlib.sha256(repr((self.figures, self.benchmarks, self.outcomes)).encode()).hexdigest()


async def plan_import(
    session: AsyncSession, person: Principal, table: Table, schools: Mapping[int, int]
) -> ImportPlan:
    """Compare a file with what is stored; `schools` is that of `counted_schools`."""
    await identify_requester(session, person)
    plan = ImportPlan()
    here = person.authority_id
    chosen = dict(_of_schools(table.figures, schools, plan))
    measures, years = {key[1] for key in chosen}, {key[2] for key in chosen}
    live = {
        (one.school_urn, one.measure, one.academic_year): one
        for one in await live_figures(session, here, measures, years)
    }
    for key, figure in sorted(chosen.items()):
        _sort_figure(plan, PlannedFigure(key[0], figure, live.get(key)), table.release)
    await _plan_benchmarks(session, here, table, plan)
    await _plan_outcomes(session, here, table.outcomes, schools, plan)
    return plan


def _of_schools(
    figures: Iterable[PublishedFigure], schools: Mapping[int, int], plan: ImportPlan
) -> Iterable[tuple[Key, PublishedFigure]]:
    """Yield the figure of each school, measure and year: its own, or its predecessor's if only that has a value."""
    found: dict[Key, PublishedFigure] = {}
    for figure in figures:
        key = (schools[figure.urn], figure.measure, figure.academic_year)
        other = found.get(key)
        plan.not_needed += other is not None
        if other is None or _stands_before(figure, other, key[0]):
            found[key] = figure
    yield from found.items()


def _stands_before(figure: PublishedFigure, other: PublishedFigure, school_urn: int) -> bool:
    """Whether a figure is used, and not the other: one with a value first, then the school's own."""
    return (figure.content.status == OK, figure.urn == school_urn, figure.urn) > (
        other.content.status == OK,
        other.urn == school_urn,
        other.urn,
    )


def _sort_figure(plan: ImportPlan, one: PlannedFigure, release: str) -> None:
    live, figure = one.replaces, one.figure
    if live is None:
        plan.new.append(one)
        return
    if RANKS[release] < RANKS[live.release]:
        plan.kept += 1
        return
    content = figure.content
    same = (
        content.status,
        content.value,
        content.mark,
        figure.numerator,
        figure.denominator,
        figure.urn,
    ) == (
        live.status,
        live.value,
        live.mark,
        live.numerator,
        live.denominator,
        live.published_urn,
    )
    if not same:
        plan.changed.append(one)
    elif release != live.release:
        plan.confirmed.append(one)
    else:
        plan.unchanged += 1


async def _plan_benchmarks(session: AsyncSession, here: int, table: Table, plan: ImportPlan) -> None:
    measures = {one.measure for one in table.benchmarks}
    years = {one.academic_year for one in table.benchmarks}
    live = {
        (one.level, one.phase, one.measure, one.academic_year): one
        for one in await live_benchmarks(session, here, measures, years)
    }
    for one in table.benchmarks:
        before = live.get((one.level, one.phase, one.measure, one.academic_year))
        if before is not None:
            if RANKS[table.release] < RANKS[before.release]:
                plan.kept += 1
                continue
            same = (one.content.status, one.content.value) == (before.status, before.value)
            if same and table.release == before.release:
                plan.unchanged += 1
                continue
        plan.benchmarks.append(PlannedBenchmark(one, before))


async def _plan_outcomes(
    session: AsyncSession,
    here: int,
    outcomes: Iterable[PublishedOutcome],
    schools: Mapping[int, int],
    plan: ImportPlan,
) -> None:
    found = {(schools[one.urn], one.inspected_on, one.framework, one.area): one for one in outcomes}
    stored = {
        (one.school_urn, one.inspected_on, one.framework, one.area): one
        for one in await stored_outcomes(session, here, {key[0] for key in found})
    }
    for key, one in found.items():
        before = stored.get(key)
        if before is not None and before.judgement == one.judgement:
            plan.unchanged += 1
        else:
            plan.outcomes.append(PlannedOutcome(key[0], one, before.id if before else None))


def summary_of(table: Table, plan: ImportPlan) -> list[tuple[str, int]]:
    """Return the numbers of an import, each with its label; a number may be 0."""
    return [
        ("New figures", len(plan.new)),
        ("Figures that change", len(plan.changed)),
        ("Figures confirmed by a later release", len(plan.confirmed)),
        ("Figures published for a predecessor", plan.from_predecessors),
        ("National and authority figures", len(plan.benchmarks)),
        ("Outcomes of inspections", len(plan.outcomes)),
        ("Stored already", plan.unchanged),
        ("Kept, because a later release is stored", plan.kept),
        ("Not needed, because the school has its own figure", plan.not_needed),
        ("Rows of other authorities or years", table.others),
        ("Rows left out", table.rows_left_out),
    ]
