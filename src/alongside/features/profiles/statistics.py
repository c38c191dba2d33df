"""Statistics of small cohorts: intervals, pooled years, and limits of what chance and ordinary differences explain.

All arithmetic is decimal with 40 digits, and results are rounded to six places, half to even: the same inputs give
the same digits on every machine. Proportions are between 0 and 1.

Sources: Wilson (1927), as in Newcombe, Statistics in Medicine 17 (1998) 857-872; Spiegelhalter, Statistics in
Medicine 24 (2005) 1185-1202 for limits, over-dispersion and winsorising.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)
SIX_DIGITS = Decimal("0.000001")
Z_95 = Decimal("1.959963984540054")
"""Standard deviations on each side that hold 95% of a normal distribution."""

Z_998 = Decimal("3.090232306167814")
"""The same for 99.8%."""

WINSORISED = Decimal("0.1")
"""The share of the most extreme schools on each side that count as no more extreme than the next."""

ZERO, ONE, TWO, FOUR = Decimal(0), Decimal(1), Decimal(2), Decimal(4)


@dataclass(frozen=True, slots=True)
class Interval:
    """The range in which the underlying figure probably lies."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Return whether a value lies in the interval, ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure of one cohort: a mean or a proportion, and how many pupils it describes."""

    value: Decimal
    cohort: int


def rounded(value: Decimal) -> Decimal:
    """Return a value with six places, half to even, without a negative zero."""
    return value.quantize(SIX_DIGITS, context=EXACT) + ZERO


def wilson_interval(proportion: Decimal, cohort: int, z: Decimal = Z_95) -> Interval:
    """Return Wilson's interval of a proportion. Raises ValueError for no pupils, or for less than 0 or more than 1."""
    _check(proportion, cohort)
    with localcontext(EXACT):
        n, squared = Decimal(cohort), z * z
        centre = (proportion * n + squared / TWO) / (n + squared)
        half = z / (n + squared) * (n * proportion * (ONE - proportion) + squared / FOUR).sqrt()
        return Interval(rounded(max(ZERO, centre - half)), rounded(min(ONE, centre + half)))


def mean_interval(mean: Decimal, cohort: int, spread: Decimal, z: Decimal = Z_95) -> Interval:
    """Return the interval of a mean score. `spread` is the standard deviation of one pupil's score."""
    if cohort < 1 or spread < 0:
        raise ValueError("an interval needs pupils and a spread")
    with localcontext(EXACT):
        half = z * spread / Decimal(cohort).sqrt()
        return Interval(rounded(mean - half), rounded(mean + half))


def pooled(samples: Sequence[Sample]) -> Sample | None:
    """Return the figure of several years together, each weighted by its cohort; None without pupils."""
    with localcontext(EXACT):
        cohort = sum(one.cohort for one in samples)
        if cohort == 0:
            return None
        total = sum((one.value * one.cohort for one in samples), ZERO)
        return Sample(rounded(total / cohort), cohort)


def variance_of(target: Decimal, cohort: int, spread: Decimal | None) -> Decimal:
    """Return the variance of a cohort's figure around a target by chance alone.

    `spread` is the standard deviation of one pupil's score; without one the figure is a proportion.
    """
    with localcontext(EXACT):
        return (spread * spread if spread is not None else target * (ONE - target)) / cohort


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much more schools differ than by chance.

    `ratio` is 1 where chance explains all differences; `between` is the variance between schools beyond chance.
    """

    ratio: Decimal
    between: Decimal


NO_DISPERSION = Dispersion(ONE, ZERO)


def dispersion(
    differences: Sequence[Decimal], variances: Sequence[Decimal], winsorised: Decimal = WINSORISED
) -> Dispersion:
    """Estimate the variance between schools by the method of moments (DerSimonian and Laird).

    `differences` are the schools' figures less the target; those with no variance are left out. The most extreme share
    of standardised differences is set to the quantile first, so that a few schools do not hide themselves.
    """
    known = [(one, variance) for one, variance in zip(differences, variances, strict=True) if variance > 0]
    if len(known) < 2:
        return NO_DISPERSION
    with localcontext(EXACT):
        scores = _winsorise([one / variance.sqrt() for one, variance in known], winsorised)
        total, count = sum((one * one for one in scores), ZERO), len(scores)
        weights = [ONE / variance for _, variance in known]
        weight = sum(weights, ZERO)
        free = weight - sum((one * one for one in weights), ZERO) / weight
        between = max(ZERO, (total - (count - 1)) / free) if free > 0 else ZERO
        return Dispersion(rounded(total / count), between.quantize(Decimal("1e-12")) + ZERO)


def funnel_limits(
    target: Decimal, variance: Decimal, between: Decimal, z: Decimal, *, proportion: bool
) -> Interval:
    """Return the limits between which a school's figure is expected. Those of a proportion end at 0 and 1.

    `variance` is the school's by chance, `between` the variance between schools beyond chance.
    """
    with localcontext(EXACT):
        half = z * (variance + between).sqrt()
        low, high = target - half, target + half
        if proportion:
            low, high = max(ZERO, low), min(ONE, high)
        return Interval(rounded(low), rounded(high))


def _check(proportion: Decimal, cohort: int) -> None:
    if cohort < 1 or not 0 <= proportion <= 1:
        raise ValueError("an interval needs pupils, and a proportion between 0 and 1")


def _winsorise(scores: Sequence[Decimal], share: Decimal) -> list[Decimal]:
    low, high = quantile(scores, share), quantile(scores, ONE - share)
    return [min(max(one, low), high) for one in scores]


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """Return a quantile, linear between the two nearest values (numpy's and R's default)."""
    with localcontext(EXACT):
        ordered = sorted(values)
        place = share * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the middle value, or the mean of the two middle ones. Raises IndexError for none."""
    return quantile(values, Decimal("0.5"))
