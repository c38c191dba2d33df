"""The content of a method: what a profile is calculated from and how its result leads to a proposed category.

A content stands alone: it repeats the unit and the direction of each measure, so that an old year can be recalculated
after the catalogue of measures has changed.
"""

import itertools
from collections.abc import Collection
from decimal import Decimal
from typing import Literal

import msgspec

Phase = Literal["primary", "secondary"]
Comparator = Literal["national", "authority", "similar"]
COMPARATORS: tuple[Comparator, ...] = ("national", "authority", "similar")


class MeasureRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure of results, and how it counts.

    `weight` is its share of the result. `spread` is the standard deviation of one pupil's score, for measures that are
    means. `lag` is by how many years the figures are behind the profile: those of absence appear a year later.
    """

    measure: str
    unit: Literal["percent", "score"]
    better: Literal["higher", "lower"]
    weight: Decimal
    spread: Decimal | None = None
    lag: int = 0


class ContextRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure of context, and its weight when similar schools are chosen."""

    measure: str
    weight: Decimal


class CohortRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a cohort is estimated where the source publishes none: a measure divided by a number of year groups."""

    measure: str
    year_groups: int


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category, and the least result that leads to it; the last one has none."""

    category: str
    at_least: Decimal | None = None


class MethodContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of one version of a method for one phase.

    `comparators` are the weights of the comparisons. `limit` and `far_limit` are the standard deviations beyond which a
    figure counts as different, and as very different. Years are pooled, `years_pooled` at most, while the cohort has
    fewer pupils than `pool_below`. `minimum_cohort` is the fewest pupils, over the pooled years, on whom anything is
    said. `most_missing` is the greatest number of missing measures with a proposal. A direction of travel is named if
    the weighted mean of the measures' directions, between -1 and 1, is at least `direction_limit`.
    """

    phase: Phase
    measures: tuple[MeasureRule, ...]
    context: tuple[ContextRule, ...]
    comparators: dict[Comparator, Decimal]
    thresholds: tuple[Threshold, ...]
    cohort: CohortRule | None = None
    neighbours: int = 10
    years_shown: int = 5
    years_pooled: int = 3
    pool_below: int = 100
    minimum_cohort: int = 20
    most_missing: int = 2
    limit: Decimal = Decimal("1.959963984540054")
    far_limit: Decimal = Decimal("3.090232306167814")
    direction_limit: Decimal = Decimal("0.25")
    notes: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every measure that the method reads, those of context last."""
        cohort = (self.cohort.measure,) if self.cohort else ()
        named = (*(one.measure for one in self.measures), *(one.measure for one in self.context), *cohort)
        return tuple(dict.fromkeys(named))


class MethodInvalid(ValueError):
    """A method that cannot be used; its arguments are the sentences for the person who wrote it."""


def method_from(content: object) -> MethodContent:
    """Return a method from the values of a settings file or a stored row. Raises MethodInvalid."""
    try:
        return msgspec.convert(content, MethodContent, strict=False)
    except msgspec.ValidationError as problem:
        raise MethodInvalid(f"The method cannot be read: {problem}") from None


def method_json(method: MethodContent) -> bytes:
    """Return a method as canonical JSON."""
    return msgspec.json.encode(method, order="sorted")


def check_method(method: MethodContent, known: Collection[str], categories: Collection[str]) -> None:
    """Check a method against the measures and categories of the authority. Raises MethodInvalid with all problems."""
    problems = [
        *_measures(method, known),
        *_comparators(method),
        *_thresholds(method, categories),
        *_numbers(method),
    ]
    if problems:
        raise MethodInvalid(*problems)


def _measures(method: MethodContent, known: Collection[str]) -> list[str]:
    named = [one.measure for one in method.measures]
    problems = [
        f"Use the measure {one} once only." for one in sorted({one for one in named if named.count(one) > 1})
    ]
    problems += [
        f"There is no measure {one} for {method.phase} schools. Choose one of the catalogue."
        for one in method.keys
        if one not in known
    ]
    problems += [
        f"Enter the spread of pupils’ scores for {one.measure}, because it is a mean score."
        for one in method.measures
        if one.unit == "score" and (one.spread is None or one.spread <= 0)
    ]
    weights = [*(one.weight for one in method.measures), *(one.weight for one in method.context)]
    if any(weight < 0 for weight in weights):
        problems.append("A weight must be 0 or more.")
    if sum(one.weight for one in method.measures) <= 0:
        problems.append("The weights of the measures must add up to more than 0.")
    if sum(one.weight for one in method.context) <= 0:
        problems.append("The weights of the context measures must add up to more than 0.")
    return problems


def _comparators(method: MethodContent) -> list[str]:
    weights = method.comparators.values()
    if any(weight < 0 for weight in weights) or sum(weights) <= 0:
        return ["The weights of the comparisons must be 0 or more and add up to more than 0."]
    return []


def _thresholds(method: MethodContent, categories: Collection[str]) -> list[str]:
    problems = [
        f"There is no category {one.category}." for one in method.thresholds if one.category not in categories
    ]
    named = [one.category for one in method.thresholds]
    if len(set(named)) < len(named):
        problems.append("Use each category in one threshold only.")
    if not method.thresholds:
        return problems
    *upper, last = method.thresholds
    limits = [one.at_least for one in upper if one.at_least is not None]
    if len(limits) < len(upper) or last.at_least is not None:
        problems.append("Every threshold except the last needs a least result, and the last has none.")
    if any(a <= b for a, b in itertools.pairwise(limits)):
        problems.append("The thresholds must go down, from the best result to the lowest.")
    return problems


def _numbers(method: MethodContent) -> list[str]:
    rules = (
        (method.minimum_cohort >= 6, "The smallest cohort must be 6 pupils or more."),
        (1 <= method.years_pooled <= 3, "Pool one, two or three years."),
        (3 <= method.years_shown <= 5, "Show three to five years."),
        (1 <= method.neighbours <= 50, "Compare with 1 to 50 similar schools."),
        (method.most_missing >= 0, "The number of missing measures must be 0 or more."),
        (0 < method.limit < method.far_limit, "The outer limit must be beyond the inner limit."),
        (method.cohort is None or method.cohort.year_groups > 0, "Divide by at least one year group."),
        (all(one.lag in (0, 1) for one in method.measures), "Figures are behind by one year at most."),
    )
    return [sentence for holds, sentence in rules if not holds]
