"""Judging the measures of all schools of a phase: pooled years, intervals, comparisons and direction of travel."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from alongside.features.profiles.inputs import (
    FigureReader,
    InputBenchmark,
    InputFigure,
    year_before,
    years_until,
)
from alongside.features.profiles.method import Comparator, MeasureRule, MethodContent
from alongside.features.profiles.results import (
    POINTS,
    Comparison,
    Direction,
    MeasureResult,
    Verdict,
    YearResult,
)
from alongside.features.profiles.statistics import (
    EXACT,
    ONE,
    ZERO,
    Dispersion,
    Interval,
    Sample,
    dispersion,
    funnel_limits,
    mean_interval,
    pooled,
    rounded,
    variance_of,
    wilson_interval,
)

FEWEST_NEIGHBOURS = 3
"""Similar schools with a figure, below which there is no comparison with similar schools."""

HUNDRED = Decimal(100)
HALF, ONE_AND_A_HALF = Decimal("0.5"), Decimal("1.5")


@dataclass(frozen=True, slots=True)
class Pool:
    """The pooled figure of one school, on the scale of the statistics, and the figures of its years, newest first."""

    sample: Sample
    years: tuple[tuple[str, Sample], ...]


class MeasureJudge:
    """Judges one measure for every school of a phase."""

    def __init__(
        self,
        method: MethodContent,
        rule: MeasureRule,
        year: str,
        readers: Mapping[int, FigureReader],
        benchmarks: Mapping[tuple[str, str, str], InputBenchmark],
        neighbours: Mapping[int, tuple[int, ...]],
    ) -> None:
        self.method, self.rule, self.readers, self.benchmarks = method, rule, readers, benchmarks
        self.neighbours = neighbours
        self.end = year_before(year, rule.lag)
        self.scale = HUNDRED if rule.unit == "percent" else ONE
        self.pools = {urn: self._pool(reader) for urn, reader in readers.items()}
        self.published = any(reader.value(rule.measure, self.end) is not None for reader in readers.values())
        self.targets = {
            to: self._targets(to) for to, weight in sorted(method.comparators.items()) if weight > 0
        }
        self.dispersions = {to: self._dispersion(targets) for to, targets in self.targets.items()}

    def judge(self, urn: int) -> MeasureResult:
        """Return the result of one school."""
        rule, pool = self.rule, self.pools[urn]
        verdict = self._unjudged(pool)
        comparisons = self._comparisons(urn, pool) if pool is not None and verdict is None else ()
        points = self._points(comparisons)
        interval = self._interval(pool.sample) if pool is not None else None
        return MeasureResult(
            measure=rule.measure,
            unit=rule.unit,
            better=rule.better,
            weight=rule.weight,
            years=self._years(self.readers[urn]),
            pooled_years=tuple(year for year, _ in reversed(pool.years)) if pool is not None else (),
            value=self._out(pool.sample.value) if pool is not None else None,
            cohort=pool.sample.cohort if pool is not None else None,
            low=self._out(interval.low) if interval else None,
            high=self._out(interval.high) if interval else None,
            comparisons=comparisons,
            verdict=verdict or _verdict_of(points),
            points=points,
            direction=self._direction(urn),
        )

    def does_better(self, other: int, urn: int) -> bool:
        """Return whether another school's pooled figure is better than this one's by more than chance explains."""
        pools = [self.pools[one] for one in (other, urn)]
        samples = [one.sample for one in pools if one is not None]
        if len(samples) < 2 or min(one.cohort for one in samples) < self.method.minimum_cohort:
            return False
        return self._change(samples[1], samples[0]) == "improving"

    def _unjudged(self, pool: Pool | None) -> Verdict | None:
        """Return why the measure says nothing about the school; None if it does."""
        if not self.published:
            return "not_published"
        if pool is None:
            return "missing"
        return "too_few" if pool.sample.cohort < self.method.minimum_cohort else None

    def _sample(self, reader: FigureReader, year: str) -> Sample | None:
        figure = reader.get(self.rule.measure, year)
        if figure is None or figure.status != "ok" or figure.value is None:
            return None
        value = figure.value / self.scale
        if self.rule.unit == "percent" and not ZERO <= value <= ONE:
            return None
        return Sample(value, self._cohort(reader, figure)[0] or 0)

    def _cohort(self, reader: FigureReader, figure: InputFigure) -> tuple[int | None, bool]:
        """Return the number of pupils and whether it is an estimate."""
        if figure.denominator is not None:
            return figure.denominator, False
        rule = self.method.cohort
        if rule is None:
            return None, False
        pupils = reader.latest(rule.measure, years_until(figure.year, 3))
        return (None, False) if pupils is None else (int(pupils / rule.year_groups), True)

    def _pool(self, reader: FigureReader) -> Pool | None:
        """Return the pooled figure, back to the year in which the definition changed; None without the last year."""
        years: list[tuple[str, Sample]] = []
        for back in range(self.method.years_pooled):
            year = year_before(self.end, back)
            sample = self._sample(reader, year)
            if sample is None and not years:
                return None
            if sample is not None:
                years.append((year, sample))
            figure = reader.get(self.rule.measure, year)
            if figure is not None and figure.breaks:
                break
            if sum(one.cohort for _, one in years) >= self.method.pool_below:
                break
        together = pooled([one for _, one in years])
        return Pool(together or Sample(years[0][1].value, 0), tuple(years))

    def _targets(self, to: Comparator) -> dict[int, Sample]:
        """Return the figure with which each school is compared; a published one has no cohort of its own."""
        found = {}
        for urn, pool in self.pools.items():
            if pool is None or pool.sample.cohort < self.method.minimum_cohort:
                continue
            target = self._of_neighbours(urn) if to == "similar" else self._benchmark(to, pool)
            if target is not None:
                found[urn] = target
        return found

    def _of_neighbours(self, urn: int) -> Sample | None:
        pools = [self.pools[one] for one in self.neighbours[urn]]
        samples = [one.sample for one in pools if one is not None and one.sample.cohort > 0]
        return pooled(samples) if len(samples) >= FEWEST_NEIGHBOURS else None

    def _benchmark(self, level: str, pool: Pool) -> Sample | None:
        """Return the published figure of the pooled years, weighted as the school's are; None if one is missing."""
        samples = []
        for year, own in pool.years:
            found = self.benchmarks.get((level, self.rule.measure, year))
            if found is None or found.status != "ok" or found.value is None:
                return None
            samples.append(Sample(found.value / self.scale, own.cohort))
        together = pooled(samples)
        return Sample(together.value, 0) if together is not None else None

    def _variance(self, target: Sample, cohort: int) -> Decimal:
        chance = variance_of(target.value, cohort, self.rule.spread)
        return (
            chance + variance_of(target.value, target.cohort, self.rule.spread) if target.cohort else chance
        )

    def _dispersion(self, targets: Mapping[int, Sample]) -> Dispersion:
        differences, variances = [], []
        for urn, target in sorted(targets.items()):
            pool = self.pools[urn]
            assert pool is not None
            differences.append(pool.sample.value - target.value)
            variances.append(self._variance(target, pool.sample.cohort))
        return dispersion(differences, variances)

    def _comparisons(self, urn: int, pool: Pool) -> tuple[Comparison, ...]:
        return tuple(self._compare(to, targets.get(urn), pool.sample) for to, targets in self.targets.items())

    def _compare(self, to: Comparator, target: Sample | None, own: Sample) -> Comparison:
        if target is None:
            return Comparison(to, "not_available")
        variance, between = self._variance(target, own.cohort), self.dispersions[to].between
        proportion = self.rule.unit == "percent"
        near, far = (
            funnel_limits(target.value, variance, between, z, proportion=proportion)
            for z in (self.method.limit, self.method.far_limit)
        )
        verdict = self._verdict(own.value, near, far)
        return Comparison(to, verdict, self._out(target.value), self._out(near.low), self._out(near.high))

    def _verdict(self, value: Decimal, near: Interval, far: Interval) -> Verdict:
        if near.holds(value):
            return "close"
        above = (value > near.high) == (self.rule.better == "higher")
        if far.holds(value):
            return "better" if above else "worse"
        return "much_better" if above else "much_worse"

    def _points(self, comparisons: tuple[Comparison, ...]) -> Decimal | None:
        """Return the weighted mean of the points of the comparisons that there are; None without one."""
        with localcontext(EXACT):
            known = [
                (self.method.comparators[to], POINTS[one.verdict])
                for one in comparisons
                for to in self.targets
                if to == one.to and one.verdict in POINTS
            ]
            total = sum((weight for weight, _ in known), ZERO)
            return rounded(sum((weight * one for weight, one in known), ZERO) / total) if total else None

    def _interval(self, sample: Sample) -> Interval | None:
        if sample.cohort < 1:
            return None
        if self.rule.spread is not None:
            return mean_interval(sample.value, sample.cohort, self.rule.spread)
        return wilson_interval(sample.value, sample.cohort)

    def _direction(self, urn: int) -> Direction:
        """Return whether the last of three years differs from the first of them by more than chance explains."""
        reader = self.readers[urn]
        samples: list[Sample] = []
        for back in range(3):
            sample = self._sample(reader, year_before(self.end, back))
            if sample is not None and sample.cohort > 0:
                samples.append(sample)
            figure = reader.get(self.rule.measure, year_before(self.end, back))
            if (figure is not None and figure.breaks) or (back == 0 and not samples):
                break
        if len(samples) < 2 or sum(one.cohort for one in samples) < self.method.minimum_cohort:
            return "too_few"
        return self._change(samples[-1], samples[0])

    def _change(self, first: Sample, last: Sample) -> Direction:
        """Return whether a figure is better than another one by more than chance explains (two-sample test)."""
        both = pooled([last, first])
        assert both is not None
        with localcontext(EXACT):
            chance = sum(variance_of(both.value, one.cohort, self.rule.spread) for one in (last, first))
            change = last.value - first.value
            if change * change <= self.method.limit**2 * chance:
                return "unchanged"
        return "improving" if (change > 0) == (self.rule.better == "higher") else "deteriorating"

    def _years(self, reader: FigureReader) -> tuple[YearResult, ...]:
        return tuple(self._year(reader, year) for year in years_until(self.end, self.method.years_shown))

    def _year(self, reader: FigureReader, year: str) -> YearResult:
        figure = reader.get(self.rule.measure, year)
        published = self.benchmarks.get(("national", self.rule.measure, year))
        national = rounded(published.value) if published is not None and published.value is not None else None
        if figure is None:
            return YearResult(year, "not_available", national=national)
        sample = self._sample(reader, year)
        interval = self._interval(sample) if sample is not None else None
        cohort, estimated = self._cohort(reader, figure)
        return YearResult(
            year=year,
            status=figure.status,
            value=rounded(figure.value) if figure.value is not None else None,
            cohort=cohort,
            estimated=estimated,
            low=self._out(interval.low) if interval else None,
            high=self._out(interval.high) if interval else None,
            provisional=figure.provisional,
            from_urn=figure.from_urn,
            breaks=figure.breaks,
            national=national,
        )

    def _out(self, value: Decimal) -> Decimal:
        return rounded(value * self.scale)


def _verdict_of(points: Decimal | None) -> Verdict:
    """Return the verdict of a measure from the mean of its comparisons."""
    if points is None:
        return "not_available"
    if abs(points) < HALF:
        return "close"
    if points > 0:
        return "much_better" if points >= ONE_AND_A_HALF else "better"
    return "much_worse" if points <= -ONE_AND_A_HALF else "worse"
