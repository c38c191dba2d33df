"""Builds methods and figures for the tests of profiles."""

from collections.abc import Mapping
from decimal import Decimal

from alongside.features.profiles.inputs import InputBenchmark, InputFigure, Inputs, years_until
from alongside.features.profiles.method import CohortRule, ContextRule, MeasureRule, MethodContent, Threshold

YEAR = "2024-25"
CATEGORIES = ("universal", "targeted", "intensive")


def a_method(**changes: object) -> MethodContent:
    """Return a primary method with three measures; keyword arguments replace its rules."""
    rules: dict[str, object] = {
        "phase": "primary",
        "measures": (
            MeasureRule("rwm", "percent", "higher", Decimal(3)),
            MeasureRule("reading", "score", "higher", Decimal(1), spread=Decimal(8)),
            MeasureRule("absent", "percent", "lower", Decimal(1), lag=1),
        ),
        "context": (ContextRule("pupils", Decimal(1)), ContextRule("free_meals", Decimal(2))),
        "comparators": {"national": Decimal(2), "similar": Decimal(1)},
        "thresholds": (
            Threshold("universal", Decimal("-0.5")),
            Threshold("targeted", Decimal("-1.25")),
            Threshold("intensive"),
        ),
        "cohort": CohortRule("pupils", 7),
        **changes,
    }
    return MethodContent(**rules)  # type: ignore[arg-type]


def figures(
    values: Mapping[str, float | str | None], year: str = YEAR, cohort: int | None = 60
) -> tuple[InputFigure, ...]:
    """Return figures of one year; a value that is a text is a status, and None no figure."""
    return tuple(
        InputFigure(measure, year, value)
        if isinstance(value, str)
        else InputFigure(measure, year, "ok", Decimal(str(value)), None, cohort)
        for measure, value in values.items()
        if value is not None
    )


def a_school(place: int, **latest: float | str | None) -> tuple[InputFigure, ...]:
    """Return five years of figures of a school near the average; keyword arguments replace those of the last year."""
    found: tuple[InputFigure, ...] = ()
    for back, year in enumerate(reversed(years_until(YEAR, 5))):
        drift = (place * 7 + back * 3) % 11 - 5
        values: dict[str, float | str | None] = {
            "rwm": 62 + drift,
            "reading": 104 + drift / 5,
            "absent": 15 - drift / 2,
            "pupils": 210 + place * 9,
            "free_meals": 20 + (place * 5) % 23,
        }
        found += figures(values | (latest if back == 0 else {}), year)
    return found


def the_inputs(count: int = 20, **changes: tuple[InputFigure, ...]) -> Inputs:
    """Return the figures of `count` schools and of the nation; `school_3` replaces those of the fourth school."""
    schools = {100 + place: changes.get(f"school_{place}", a_school(place)) for place in range(count)}
    national = {"rwm": "62", "reading": "104", "absent": "15"}
    benchmarks = tuple(
        InputBenchmark("national", measure, year, "ok", Decimal(value))
        for measure, value in national.items()
        for year in years_until(YEAR, 5)
    )
    return Inputs(YEAR, schools, benchmarks)
