"""Calculates the profiles of all schools of a phase: a pure function of the method and the inputs.

The same method and inputs give the same bytes, in any year and on any machine: no clock, no label, no order of rows and
no floating point enters the result.
"""

from decimal import Decimal, localcontext
from hashlib import sha256

from alongside.features.profiles.inputs import FigureReader, InputFigure, Inputs, years_until
from alongside.features.profiles.judging import MeasureJudge
from alongside.features.profiles.method import MethodContent, Threshold
from alongside.features.profiles.results import (
    ContextResult,
    Direction,
    MeasureResult,
    Outputs,
    Proposal,
    SimilarResult,
    canonical_json,
)
from alongside.features.profiles.similar_schools import SimilarSchool, similar_schools
from alongside.features.profiles.statistics import EXACT, ONE, TWO, ZERO, median, rounded

KNOWN_DIRECTIONS: dict[Direction, Decimal] = {
    "improving": ONE,
    "unchanged": ZERO,
    "deteriorating": -ONE,
}
CONTEXT_YEARS = 2
"""Context of the profile's year, or of the year before where it is not published yet."""


def calculate_profiles(method: MethodContent, inputs: Inputs) -> dict[int, Outputs]:
    """Return the outputs of each school by URN."""
    with localcontext(EXACT):
        return _calculate(method, inputs)


def _calculate(method: MethodContent, inputs: Inputs) -> dict[int, Outputs]:
    readers = {urn: FigureReader(inputs.schools[urn]) for urn in sorted(inputs.schools)}
    benchmarks = {(one.level, one.measure, one.year): one for one in inputs.benchmarks}
    context = _context_of(method, inputs.year, readers)
    weights = {one.measure: one.weight for one in method.context}
    neighbourhoods = similar_schools(context, weights, method.neighbours)
    neighbours = {urn: tuple(one.urn for one in found.nearest) for urn, found in neighbourhoods.items()}
    judges = [
        MeasureJudge(method, rule, inputs.year, readers, benchmarks, neighbours) for rule in method.measures
    ]
    medians = {name: _median_of(context, name) for name in weights}
    return {
        urn: _outputs(
            method,
            inputs.year,
            tuple(judge.judge(urn) for judge in judges),
            tuple(
                ContextResult(name, context[urn][name], medians[name] if context[urn][name] is None else None)
                for name in weights
            ),
            tuple(_similar(urn, one, judges) for one in neighbourhoods[urn].nearest),
        )
        for urn in readers
    }


def inputs_json(figures: tuple[InputFigure, ...]) -> bytes:
    """Return the figures of one school as canonical JSON, in the order of measure and year."""
    return canonical_json(sorted(figures, key=lambda one: (one.measure, one.year)))


def digest(content: bytes) -> str:
    """Return the SHA-256 of canonical JSON, as 64 hexadecimal digits."""
    return sha256(content).hexdigest()


def _context_of(
    method: MethodContent, year: str, readers: dict[int, FigureReader]
) -> dict[int, dict[str, Decimal | None]]:
    years = years_until(year, CONTEXT_YEARS)
    return {
        urn: {one.measure: _rounded(reader.latest(one.measure, years)) for one in method.context}
        for urn, reader in readers.items()
    }


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else rounded(value)


def _median_of(context: dict[int, dict[str, Decimal | None]], name: str) -> Decimal | None:
    known = [value for one in context.values() if (value := one[name]) is not None]
    return rounded(median(known)) if known else None


def _outputs(
    method: MethodContent,
    year: str,
    measures: tuple[MeasureResult, ...],
    context: tuple[ContextResult, ...],
    similar: tuple[SimilarResult, ...],
) -> Outputs:
    return Outputs(
        year=year,
        phase=method.phase,
        measures=measures,
        context=context,
        similar=similar,
        strengths=_extremes(measures, ONE),
        concerns=_extremes(measures, -ONE),
        direction=_direction(method, measures),
        proposal=propose(method, measures),
    )


def _similar(urn: int, one: SimilarSchool, judges: list[MeasureJudge]) -> SimilarResult:
    better = tuple(judge.rule.measure for judge in judges if judge.does_better(one.urn, urn))
    return SimilarResult(one.urn, one.distance, dict(one.parts), one.imputed, better)


def _extremes(measures: tuple[MeasureResult, ...], sign: Decimal) -> tuple[str, ...]:
    """Return the measures with a point or more in one direction, those that count most first."""
    found = [
        (-one.points * sign * one.weight, one.measure)
        for one in measures
        if one.points is not None and one.points * sign >= ONE
    ]
    return tuple(name for _, name in sorted(found))


def _direction(method: MethodContent, measures: tuple[MeasureResult, ...]) -> Direction:
    """Return the direction of travel; too few to say unless half of the weight has a direction of its own."""
    with localcontext(EXACT):
        counted = [one for one in measures if one.verdict != "not_published"]
        known = [
            (one.weight, KNOWN_DIRECTIONS[one.direction]) for one in counted if one.direction != "too_few"
        ]
        weight = sum((one for one, _ in known), ZERO)
        if weight == 0 or weight * TWO < sum((one.weight for one in counted), ZERO):
            return "too_few"
        mean = sum((one * way for one, way in known), ZERO) / weight
        if mean >= method.direction_limit:
            return "improving"
        return "deteriorating" if mean <= -method.direction_limit else "unchanged"


def propose(method: MethodContent, measures: tuple[MeasureResult, ...]) -> Proposal:
    """Return the proposed category, or the reason why there is none.

    What is missing never changes a proposal: there is one only if it would be the same with any value of the missing
    measures, from the lowest to the highest points.
    """
    counted = [one for one in measures if one.verdict != "not_published" and one.weight > 0]
    unknown = [one for one in counted if one.points is None]
    judged = [(one.weight, one.points) for one in counted if one.points is not None]
    few = tuple(one.measure for one in unknown if one.verdict == "too_few")
    names = tuple(one.measure for one in unknown)
    if not method.thresholds:
        return Proposal(None, reason="no_thresholds")
    if not counted:
        return Proposal(None, reason="nothing_published")
    if few and not judged:
        return Proposal(None, reason="too_few", measures=few)
    if not judged or len(names) > method.most_missing:
        return Proposal(None, reason="too_many_missing", measures=names)
    with localcontext(EXACT):
        points = sum((weight * one for weight, one in judged), ZERO)
        weight = sum((one for one, _ in judged), ZERO)
        open_weight = sum((one.weight for one in unknown), ZERO)
        least = (points - TWO * open_weight) / (weight + open_weight)
        most = (points + TWO * open_weight) / (weight + open_weight)
        result = rounded(points / weight)
        category = _category(method.thresholds, least)
        if category != _category(method.thresholds, most):
            return Proposal(None, result, "could_differ", names)
    return Proposal(category, result)


def _category(thresholds: tuple[Threshold, ...], result: Decimal) -> str:
    found = next(
        (one for one in thresholds if one.at_least is None or result >= one.at_least), thresholds[-1]
    )
    return found.category
