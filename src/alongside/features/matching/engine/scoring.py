"""Scores each candidate: six parts of 0 to 1000, weighted and added up in whole points.

A part without known facts has a neutral value and is labelled as missing; it is never 0. Source: domain.md
F3, reference on matching §3.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alongside.features.matching.engine.arrays import METRES_OF_A_MILE, NO_KEY, Columns, Floats, Ints
from alongside.features.matching.engine.instance import Parameters, Weights
from alongside.features.matching.engine.rule_labels import PARTS, TRAITS
from alongside.features.matching.engine.score import Score

NEUTRAL = 500
FULL = 1000


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores of pairs, one row each: a column for each part and its points, and a mask of missing parts.

    `traits` has a column for each trait of a school, true if it is known of both; `few` marks few reviews.
    """

    score: Ints
    parts: Ints
    points: Ints
    missing: NDArray[np.bool_]
    traits: NDArray[np.bool_]
    few: NDArray[np.bool_]
    miles: Floats


def weigh(weights: Weights) -> Ints:
    """The weights in the order of the parts. The caller has checked them (`validation.check_weights`)."""
    return np.array([getattr(weights, part.value) for part in PARTS], dtype=np.int64)


def score(columns: Columns, needs: Ints, offers: Ints) -> Scored:
    """The scores of these pairs: need `needs[k]` with offer `offers[k]`."""
    weights = weigh(columns.instance.parameters.weights)
    miles = distances(columns, needs, offers)
    worked_out = (
        _expertise(columns, needs, offers),
        _track_record(columns, offers),
        _nearness(columns, miles),
        _context(columns, needs, offers),
        _locality(columns, needs, offers),
        _burden(columns, offers),
    )
    parts = np.empty((len(needs), len(PARTS)), dtype=np.int64)
    missing = np.zeros((len(needs), len(PARTS)), dtype=np.bool_)
    for at, part in enumerate(worked_out):
        missing[:, at] = np.isnan(part)
        parts[:, at] = np.rint(np.where(missing[:, at], neutral(columns, at), part))
    points = (2 * parts * weights + weights.sum()) // (2 * weights.sum())
    return Scored(
        points.sum(axis=1),
        parts,
        points,
        missing,
        ~np.isnan(_differences(columns, needs, offers)),
        columns.offers.reviews[offers] < columns.instance.parameters.prior_reviews,
        miles,
    )


def neutral(columns: Columns, at: int) -> int:
    """The neutral values: the middle of the range, and for the track record the usual rate."""
    return columns.instance.parameters.prior_good if PARTS[at] == "track_record" else NEUTRAL


def distances(columns: Columns, needs: Ints, offers: Ints) -> Floats:
    """Straight-line miles between the two schools of each pair, NaN if a location is unknown."""
    asking, giving = columns.needs.school[needs], columns.offers.school[offers]
    east = columns.schools.east[asking] - columns.schools.east[giving]
    north = columns.schools.north[asking] - columns.schools.north[giving]
    found: Floats = np.sqrt(east * east + north * north) / METRES_OF_A_MILE
    return found


def as_score(scored: Scored, row: int) -> Score:
    """One row in the form that is stored and shown."""
    names = [part.value for part in PARTS]
    missing = tuple(name for name, gone in zip(names, scored.missing[row].tolist(), strict=True) if gone)
    return Score(
        score=int(scored.score[row]),
        parts=dict(zip(names, scored.parts[row].tolist(), strict=True)),
        points=dict(zip(names, scored.points[row].tolist(), strict=True)),
        missing=missing,
        alike_in=tuple(
            trait for trait, known in zip(TRAITS, scored.traits[row].tolist(), strict=True) if known
        ),
        few_reviews=bool(scored.few[row]) and "track_record" not in missing,
    )


def _expertise(columns: Columns, needs: Ints, offers: Ints) -> Floats:
    """The strength in the theme, from evidence, designations and practice."""
    strength = columns.offers.strength[offers, columns.needs.theme[needs]]
    return np.where(strength < 0, np.nan, strength)


def _track_record(columns: Columns, offers: Ints) -> Floats:
    """The share of good reviews, drawn towards the usual rate while there are few reviews."""
    parameters: Parameters = columns.instance.parameters
    reviews, good = columns.offers.reviews[offers], columns.offers.good[offers]
    prior = parameters.prior_reviews
    with np.errstate(invalid="ignore", divide="ignore"):
        shrunk = (good * FULL + prior * parameters.prior_good) / (reviews + prior)
    return np.where(reviews > 0, shrunk, np.nan)


def _nearness(columns: Columns, miles: Floats) -> Floats:
    """1000 at no distance, 0 at the distance that the authority considers too far to travel."""
    limit = max(columns.instance.parameters.travel_miles, 1)
    found: Floats = np.maximum(0.0, FULL - FULL * miles / limit)
    return found


def _context(columns: Columns, needs: Ints, offers: Ints) -> Floats:
    """How similar the two schools are in the facts known of both; missing if there are none."""
    scope = columns.instance.parameters.likeness
    unlike = np.array(
        [
            np.log(scope.pupils_times),
            scope.fsm_points,
            scope.eal_points,
            scope.send_points,
            scope.urban,
        ]
    )
    like = FULL * (1 - np.minimum(1.0, _differences(columns, needs, offers) / unlike))
    known = ~np.isnan(like)
    sums, numbers = np.where(known, like, 0.0).sum(axis=1), known.sum(axis=1)
    return np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)


def _differences(columns: Columns, needs: Ints, offers: Ints) -> Floats:
    """The difference of the two schools in each trait, NaN if it is not known of both."""
    context = columns.schools.context
    found: Floats = np.abs(context[columns.needs.school[needs]] - context[columns.offers.school[offers]])
    return found


def _locality(columns: Columns, needs: Ints, offers: Ints) -> Floats:
    """Whether both belong to one consortium; missing if one of them belongs to none."""
    keys = columns.schools.consortia
    asking, giving = keys[columns.needs.school[needs]], keys[columns.offers.school[offers]]
    same = np.zeros(len(needs), dtype=np.bool_)
    for one in range(keys.shape[1]):
        for other in range(keys.shape[1]):
            same |= (asking[:, one] == giving[:, other]) & (asking[:, one] != NO_KEY)
    known = (asking != NO_KEY).any(axis=1) & (giving != NO_KEY).any(axis=1)
    return np.where(known, np.where(same, float(FULL), 0.0), np.nan)


def _burden(columns: Columns, offers: Ints) -> Floats:
    """1000 for a school that gave nothing in the last three terms, 0 for one that carried a full load."""
    full = max(columns.instance.parameters.full_burden_half_days, 1)
    return np.maximum(0.0, FULL - FULL * columns.offers.burden[offers] / full)
