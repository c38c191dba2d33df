"""The calculation of profiles: the same bytes for the same inputs, and what is missing moves nothing."""

import random
from dataclasses import replace
from decimal import Decimal, localcontext

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.features.profiles.inputs import InputFigure, Inputs
from alongside.features.profiles.results import MeasureResult, Outputs, canonical_json, read_outputs
from alongside.features.profiles.small_cohorts import without_small_cohorts
from alongside.features.profiles.snapshot import calculate_profiles
from tests.features.profiles.builders import YEAR, a_method, a_school, figures, the_inputs

STATUSES = ("suppressed", "not_applicable", "not_available", "low_coverage", "unreliable")


def _result(outputs: Outputs, measure: str = "rwm") -> MeasureResult:
    return next(one for one in outputs.measures if one.measure == measure)


def test_the_same_inputs_give_the_same_bytes() -> None:
    """Order of rows, order of schools and the precision of the caller's arithmetic do not matter."""
    inputs, chance = the_inputs(), random.Random(5)
    first = {urn: canonical_json(one) for urn, one in calculate_profiles(a_method(), inputs).items()}
    urns = list(inputs.schools)
    chance.shuffle(urns)
    mixed = Inputs(
        inputs.year,
        {urn: tuple(chance.sample(inputs.schools[urn], len(inputs.schools[urn]))) for urn in urns},
        tuple(chance.sample(inputs.benchmarks, len(inputs.benchmarks))),
    )
    with localcontext() as context:
        context.prec = 9
        again = {urn: canonical_json(one) for urn, one in calculate_profiles(a_method(), mixed).items()}
    assert again == first
    assert all(canonical_json(read_outputs(stored)) == stored for stored in first.values())


def test_a_school_far_below_is_named_and_proposed_for_support() -> None:
    """Its figure is outside the limits, it is a concern, and the result leads to the lowest category."""
    low = a_school(3, rwm=20, reading=95, absent=None)
    low = tuple(
        msgspec.structs.replace(one, value=Decimal({"rwm": 20, "reading": 95, "absent": 40}[one.measure]))
        if one.measure in ("rwm", "reading", "absent")
        else one
        for one in low
    )
    low += figures({"absent": 40})
    found = calculate_profiles(a_method(), the_inputs(school_3=low))
    assert _result(found[103]).verdict == "much_worse"
    assert found[103].concerns[0] == "rwm"
    assert found[103].proposal.category == "intensive"
    assert found[104].proposal.category == "universal"


@pytest.mark.parametrize("status", STATUSES)
def test_a_figure_without_a_value_says_nothing(status: str) -> None:
    """A suppressed or absent figure is missing: it is neither 0 nor a reason for a lower category."""
    found = calculate_profiles(a_method(), the_inputs(school_3=a_school(3, reading=status)))
    result = _result(found[103], "reading")
    assert (result.verdict, result.points, result.value) == ("missing", None, None)
    assert result.years[-1].status == status
    assert found[103].proposal.category in ("universal", None)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    values=st.lists(st.integers(5, 95), min_size=3, max_size=3),
    hidden=st.sets(st.sampled_from(("rwm", "reading", "absent"))),
    status=st.sampled_from(STATUSES),
)
def test_missing_never_moves_a_proposal(values: list[int], hidden: set[str], status: str) -> None:
    """With figures hidden, a school's proposal is the same as with them, or there is none and a reason is given."""
    rwm, reading, absent = values
    shown = a_school(3, rwm=rwm, reading=90 + reading / 4)
    shown = tuple(
        msgspec.structs.replace(one, value=Decimal(absent)) if one.measure == "absent" else one
        for one in shown
    )
    masked = tuple(
        InputFigure(one.measure, one.year, status) if one.measure in hidden else one for one in shown
    )
    method = a_method(comparators={"national": Decimal(1)}, most_missing=3)
    full = calculate_profiles(method, the_inputs(8, school_3=shown))[103].proposal
    less = calculate_profiles(method, the_inputs(8, school_3=masked))[103].proposal

    if less.category is None:
        assert less.reason in ("could_differ", "too_many_missing")
    elif not hidden:
        assert less == full
    else:
        assert less.category == full.category


def test_a_measure_that_nobody_published_is_left_out() -> None:
    """It is "not published nationally" for every school, and counts for no category."""
    inputs = the_inputs()
    without = replace(
        inputs,
        schools={
            urn: tuple(
                InputFigure("reading", one.year, "not_published") if one.measure == "reading" else one
                for one in found
            )
            for urn, found in inputs.schools.items()
        },
    )
    method = a_method(most_missing=0)
    for outputs in calculate_profiles(method, without).values():
        assert _result(outputs, "reading").verdict == "not_published"
        assert outputs.proposal.category is not None


def test_too_few_pupils_go_to_human_judgement() -> None:
    """Five pupils a year are too few even pooled; there is no proposal, whatever the figure."""
    tiny = tuple(
        msgspec.structs.replace(one, denominator=5, value=Decimal(0) if one.measure == "rwm" else one.value)
        for one in a_school(3)
    )
    found = calculate_profiles(a_method(), the_inputs(school_3=tiny))[103]
    assert {one.verdict for one in found.measures} == {"too_few"}
    assert (found.proposal.category, found.proposal.reason) == (None, "too_few")
    assert _result(found).low is not None  # the interval is still shown beside the figure


def test_small_cohorts_are_pooled_over_three_years_and_large_ones_are_not() -> None:
    """Twenty pupils a year are pooled to sixty; 120 in the last year stand alone."""
    sized = {
        cohort: tuple(msgspec.structs.replace(one, denominator=cohort) for one in a_school(3))
        for cohort in (20, 120)
    }
    small = _result(calculate_profiles(a_method(), the_inputs(school_3=sized[20]))[103])
    large = _result(calculate_profiles(a_method(), the_inputs(school_3=sized[120]))[103])
    assert (small.pooled_years, small.cohort) == (("2022-23", "2023-24", "2024-25"), 60)
    assert (large.pooled_years, large.cohort) == (("2024-25",), 120)


def test_others_do_not_read_how_few_pupils_a_suppressed_figure_is_about() -> None:
    """The figures table shows them no such row; the profile keeps neither the number nor another status."""
    hidden = tuple(
        InputFigure(one.measure, one.year, "not_applicable", None, None, 4) if one.year == "2023-24" else one
        for one in a_school(3)
    )
    outputs = calculate_profiles(a_method(), the_inputs(school_3=hidden))[103]
    years = {one.year: one for one in _result(without_small_cohorts(outputs)).years}
    assert {one.year: one.cohort for one in _result(outputs).years}["2023-24"] == 4
    assert (years["2023-24"].cohort, years["2023-24"].status) == (None, "suppressed")
    assert years[YEAR] == _result(outputs).years[-1]


def test_years_before_a_change_of_definition_are_not_pooled() -> None:
    """A break in the series ends the pool and the direction of travel; the years before it are still shown."""
    broken = tuple(
        msgspec.structs.replace(one, denominator=15, breaks=one.measure == "rwm" and one.year == YEAR)
        for one in a_school(3)
    )
    result = _result(calculate_profiles(a_method(), the_inputs(school_3=broken))[103])
    assert result.pooled_years == (YEAR,)
    assert result.direction == "too_few"
    assert len([one for one in result.years if one.value is not None]) == 5


@pytest.mark.parametrize(("last", "direction"), [(90, "improving"), (62, "unchanged"), (20, "deteriorating")])
def test_direction_of_travel_comes_from_three_years(last: int, direction: str) -> None:
    """Only a change beyond chance counts; a figure that should be low improves when it falls."""
    rwm = {"2022-23": 60, "2023-24": 61, "2024-25": last}
    school = tuple(
        msgspec.structs.replace(one, value=Decimal(rwm[one.year]))
        if one.measure == "rwm" and one.year in rwm
        else one
        for one in a_school(3)
    )
    found = calculate_profiles(a_method(), the_inputs(school_3=school))[103]
    assert _result(found).direction == direction
    assert found.direction == direction
    absent = tuple(
        msgspec.structs.replace(one, value=Decimal(60 if one.year == "2021-22" else 5))
        if one.measure == "absent"
        else one
        for one in a_school(3)
    )
    fallen = calculate_profiles(a_method(), the_inputs(school_3=absent))[103]
    assert _result(fallen, "absent").direction == "improving"


def test_a_published_comparison_that_is_missing_is_not_available() -> None:
    """Without a published national row the comparison says so; nothing is averaged from the schools instead."""
    inputs = replace(the_inputs(), benchmarks=())
    found = calculate_profiles(a_method(), inputs)[103]
    verdicts = {one.to: one.verdict for one in _result(found).comparisons}
    assert verdicts["national"] == "not_available"
    assert verdicts["similar"] == "close"


def test_an_estimated_cohort_is_marked() -> None:
    """Where the source has no cohort it is estimated from the pupils on roll, and the year says so."""
    school = tuple(
        msgspec.structs.replace(one, denominator=None) if one.measure == "rwm" else one for one in a_school(3)
    )
    year = _result(calculate_profiles(a_method(), the_inputs(school_3=school))[103]).years[-1]
    assert (year.cohort, year.estimated) == ((210 + 27) // 7, True)


@pytest.mark.parametrize(("pupils", "shown"), [(139, False), (140, True)])
def test_others_read_a_figure_about_an_estimated_number_only_if_it_is_large(pupils: int, shown: bool) -> None:
    """A year group of 19 by estimate may really be of five pupils."""
    school = tuple(
        msgspec.structs.replace(one, value=Decimal(pupils))
        if one.measure == "pupils"
        else msgspec.structs.replace(one, denominator=None)
        for one in a_school(3)
    )
    outputs = calculate_profiles(a_method(), the_inputs(school_3=school))[103]
    year = _result(without_small_cohorts(outputs)).years[-1]
    assert (year.value is not None, year.cohort == pupils // 7) == (shown, shown)
