"""The outputs of a calculation: what a snapshot holds, as values that become canonical JSON."""

from decimal import Decimal
from typing import Literal

import msgspec

Verdict = Literal[
    "much_better",
    "better",
    "close",
    "worse",
    "much_worse",
    "too_few",
    "missing",
    "not_published",
    "not_available",
]
"""How a figure compares. The last four say nothing about the school: too few pupils, no figure of the school, no figure
of anybody, no figure to compare with."""

POINTS: dict[Verdict, Decimal] = {
    "much_better": Decimal(2),
    "better": Decimal(1),
    "close": Decimal(0),
    "worse": Decimal(-1),
    "much_worse": Decimal(-2),
}

Direction = Literal["improving", "unchanged", "deteriorating", "too_few"]


class YearResult(msgspec.Struct, frozen=True):
    """One year of a measure. `low` and `high` are its interval; `estimated` says that the cohort is an estimate.

    `national` is the published figure of England.
    """

    year: str
    status: str
    value: Decimal | None = None
    cohort: int | None = None
    estimated: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    provisional: bool = False
    from_urn: int | None = None
    breaks: bool = False
    national: Decimal | None = None


class Comparison(msgspec.Struct, frozen=True):
    """A comparison of the pooled figure; between `low` and `high` chance and ordinary differences explain it."""

    to: str
    verdict: Verdict
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


class MeasureResult(msgspec.Struct, frozen=True):
    """A measure of one school: its years, the pooled figure with interval, comparisons and what follows from them.

    `pooled_years` are the years of the pooled figure. `points` is between -2 and 2; None says nothing.
    """

    measure: str
    unit: str
    better: str
    weight: Decimal
    years: tuple[YearResult, ...]
    pooled_years: tuple[str, ...]
    value: Decimal | None
    cohort: int | None
    low: Decimal | None
    high: Decimal | None
    comparisons: tuple[Comparison, ...]
    verdict: Verdict
    points: Decimal | None
    direction: Direction


class ContextResult(msgspec.Struct, frozen=True):
    """A context measure of one school; `phase_median` was used if it has no value."""

    measure: str
    value: Decimal | None
    phase_median: Decimal | None


class SimilarResult(msgspec.Struct, frozen=True):
    """A similar school, with each measure's share of the squared distance.

    `better` are the measures on which its figure is better by more than chance explains; its figures are not given.
    """

    urn: int
    distance: Decimal
    parts: dict[str, Decimal]
    imputed: tuple[str, ...]
    better: tuple[str, ...]


class Proposal(msgspec.Struct, frozen=True):
    """The proposed category, or why there is none.

    `result` is the weighted mean of the points, between -2 and 2. `reason` is empty with a category; otherwise one of
    NO_PROPOSAL, with the measures that it is about.
    """

    category: str | None
    result: Decimal | None = None
    reason: str = ""
    measures: tuple[str, ...] = ()


NO_PROPOSAL = ("no_thresholds", "nothing_published", "too_few", "too_many_missing", "could_differ")
"""Why there is no proposal: the method proposes none; no measure was published; too few pupils to say; too many
measures are missing; the missing measures could change the proposal."""


class Outputs(msgspec.Struct, frozen=True):
    """A profile as calculated. Measures are named by key: their labels may change."""

    year: str
    phase: str
    measures: tuple[MeasureResult, ...]
    context: tuple[ContextResult, ...]
    similar: tuple[SimilarResult, ...]
    strengths: tuple[str, ...]
    concerns: tuple[str, ...]
    direction: Direction
    proposal: Proposal


def canonical_json(value: object) -> bytes:
    """Return a value as JSON with sorted keys and exact decimals: the same value, the same bytes."""
    return msgspec.json.encode(value, order="sorted")


def read_outputs(stored: bytes) -> Outputs:
    """Return the outputs of a stored snapshot."""
    return msgspec.json.decode(stored, type=Outputs)
