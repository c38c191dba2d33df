"""Leaves out of a result what is about fewer than six pupils, for readers outside the school and the core team.

An unknown number of pupils counts as fewer than six, and so does an estimate below SAFE_ESTIMATE: the real number of a
year group may be well below the estimate from all pupils of the school.
"""

import msgspec

from alongside.features.performance.statuses import FEWEST_PUPILS, SUPPRESSED
from alongside.features.profiles.results import MeasureResult, Outputs, YearResult

SAFE_ESTIMATE = 20
NOTHING = {"value": None, "cohort": None, "low": None, "high": None}


def without_small_cohorts(outputs: Outputs) -> Outputs:
    """Return a result without figures about fewer than six pupils, nor pooled figures that would reveal them."""
    return msgspec.structs.replace(outputs, measures=tuple(_measure(one) for one in outputs.measures))


def _measure(result: MeasureResult) -> MeasureResult:
    hidden = {one.year for one in result.years if _is_small(one)}
    if not hidden:
        return result
    years = tuple(_hidden(one) if one.year in hidden else one for one in result.years)
    if hidden.isdisjoint(result.pooled_years):
        return msgspec.structs.replace(result, years=years)
    return msgspec.structs.replace(result, years=years, comparisons=(), **NOTHING)


def _is_small(one: YearResult) -> bool:
    if one.cohort is None:
        return one.value is not None
    return one.cohort < (SAFE_ESTIMATE if one.estimated else FEWEST_PUPILS)


def _hidden(one: YearResult) -> YearResult:
    return msgspec.structs.replace(one, status=SUPPRESSED, estimated=False, **NOTHING)
