"""A profile as people read it: labels, rounded figures and charts, for the page, the PDF and the exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import Measure, measures_of
from alongside.features.profiles.charts import TrendChart, trend_chart
from alongside.features.profiles.results import Comparison, MeasureResult, Outputs, YearResult
from alongside.features.profiles.words import DIRECTIONS, VERDICTS, figure, headline, interval

PROVISIONAL = "provisional"
NO_COMPARISON = Comparison("", "not_available")


@dataclass(frozen=True, slots=True)
class YearView:
    """One year of a measure."""

    year: str
    value: str
    interval: str
    pupils: str
    england: str
    note: str


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One measure: its latest and pooled figure, comparisons, verdict and years."""

    key: str
    label: str
    value: str
    interval: str
    pupils: str
    years: str
    england: str
    authority: str
    similar: str
    verdict: str
    direction: str
    rows: Sequence[YearView]
    chart: TrendChart | None
    known: bool
    """Whether there is a figure in any year."""


@dataclass(frozen=True, slots=True)
class SimilarView:
    """A similar school: what makes it similar, what it does better, and what was not known of it."""

    urn: int
    distance: str
    better: Sequence[str]
    imputed: Sequence[str]


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A whole profile."""

    headline: str
    direction: str
    measures: Sequence[MeasureView]
    context: Sequence[tuple[str, str]]
    strengths: Sequence[str]
    concerns: Sequence[str]
    similar: Sequence[SimilarView]
    imputed: Sequence[str]
    provisional: bool


def view_of(authority_id: int, outputs: Outputs) -> ProfileView:
    """Return a result as people read it, with the authority's labels."""
    catalogue = measures_of(settings_of(authority_id))
    labels = {key: one.label for key, one in catalogue.items()}
    return ProfileView(
        headline=headline(outputs),
        direction=DIRECTIONS[outputs.direction],
        measures=[_measure(one, labels) for one in outputs.measures],
        context=[
            (_label(labels, one.measure), figure(one.value, _unit(catalogue, one.measure)))
            for one in outputs.context
        ],
        strengths=[_sentence(outputs, key, labels) for key in outputs.strengths],
        concerns=[_sentence(outputs, key, labels) for key in outputs.concerns],
        similar=[
            SimilarView(
                one.urn,
                f"{one.distance:.2f}",
                [_label(labels, key) for key in one.better],
                [_label(labels, key) for key in one.imputed],
            )
            for one in outputs.similar
        ],
        imputed=[_label(labels, one.measure) for one in outputs.context if one.value is None],
        provisional=any(year.provisional for one in outputs.measures for year in one.years),
    )


def _label(labels: Mapping[str, str], key: str) -> str:
    return labels.get(key, key.replace("_", " ").capitalize())


def _unit(catalogue: Mapping[str, Measure], key: str) -> str:
    return catalogue[key].unit if key in catalogue else "score"


def _sentence(outputs: Outputs, key: str, labels: Mapping[str, str]) -> str:
    """Return the evidence of a strength or concern: the figure, its interval, and the figures beside it."""
    one = next(measure for measure in outputs.measures if measure.measure == key)
    view = _measure(one, labels)
    beside = [f"England {view.england}"] if view.england else []
    beside += [f"similar schools {view.similar}"] if view.similar else []
    within = f" ({view.interval})" if view.interval else ""
    return f"{view.label}: {view.value}{within}{'; ' if beside else ''}{', '.join(beside)}"


def _measure(result: MeasureResult, labels: Mapping[str, str]) -> MeasureView:
    beside = {one.to: one for one in result.comparisons}
    last = result.years[-1]
    return MeasureView(
        key=result.measure,
        label=_label(labels, result.measure),
        value=figure(result.value, result.unit, last.status),
        interval=interval(result.low, result.high, result.unit),
        pupils=str(result.cohort) if result.cohort else "",
        years=" to ".join(dict.fromkeys((result.pooled_years[0], result.pooled_years[-1])))
        if result.pooled_years
        else "",
        england=_value(beside, "national", result.unit),
        authority=_value(beside, "authority", result.unit),
        similar=_value(beside, "similar", result.unit),
        verdict=VERDICTS[result.verdict],
        direction=DIRECTIONS[result.direction],
        rows=[_year(one, result.unit) for one in result.years],
        chart=trend_chart(result),
        known=any(one.value is not None for one in result.years),
    )


def _value(beside: Mapping[str, Comparison], to: str, unit: str) -> str:
    found = beside.get(to, NO_COMPARISON)
    return figure(found.value, unit) if found.value is not None else ""


def _year(one: YearResult, unit: str) -> YearView:
    notes = [PROVISIONAL] if one.provisional else []
    notes += ["new definition"] if one.breaks else []
    notes += ["estimated number of pupils"] if one.estimated and one.cohort else []
    notes += [f"published for URN {one.from_urn}"] if one.from_urn else []
    return YearView(
        year=one.year,
        value=figure(one.value, unit, one.status),
        interval=interval(one.low, one.high, unit),
        pupils=str(one.cohort) if one.cohort and one.value is not None else "",
        england=figure(one.national, unit) if one.national is not None else "",
        note=", ".join(notes),
    )
