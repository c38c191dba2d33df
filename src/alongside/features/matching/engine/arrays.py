"""An instance as NumPy arrays, for rules, scores and the integer programme.

Rows are in canonical order, strings are integer codes, dates are ordinal days. A missing number is NaN, a
missing key -1, a missing date the first or the last possible day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from alongside.features.matching.engine.instance import Instance, Need, Offer, School, canonical

FIRST_DAY, LAST_DAY = 0, 4_000_000
UNKNOWN_STRENGTH, NO_THEME = -1, -2
NO_KEY = -1

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Schools:
    """Arrays of schools; `groups` and `consortia` hold a row of keys each, padded with -1."""

    authority: Ints
    east: Floats
    north: Floats
    groups: Ints
    consortia: Ints
    context: Floats


@dataclass(frozen=True, slots=True)
class Needs:
    """Arrays of needs; `wants` has a column for each designation that any need asks for."""

    school: Ints
    phase: Ints
    theme: Ints
    tier: Ints
    half_days: Ints
    partners: Ints
    starts: Ints
    ends: Ints
    terms: NDArray[np.uint64]
    pool: Ints
    wants: Bools
    shown: Bools
    short: Bools


@dataclass(frozen=True, slots=True)
class Offers:
    """Arrays of offers; `strength` has a column for each theme, `phases` for each phase of any need.

    `is_valid` has a column for each requested designation: the last day on which it is valid, FIRST_DAY if the
    offer does not have it.
    """

    school: Ints
    half_days: Ints
    engagements: Ints
    strength: Ints
    phases: Bools
    starts: Ints
    ends: Ints
    terms: NDArray[np.uint64]
    travel_metres: Floats
    pence: Ints
    holds: Ints
    shown: Bools
    fit: Bools
    confirmed: Bools
    asked: Ints
    burden: Floats
    reviews: Ints
    good: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """An instance in canonical order, with its arrays and the row number of each id."""

    instance: Instance
    schools: Schools
    needs: Needs
    offers: Offers
    pools: tuple[str, ...]
    need_at: dict[UUID, int]
    offer_at: dict[UUID, int]
    school_at: dict[int, int]


METRES_OF_A_MILE = 1609.344


def arrange(instance: Instance) -> Columns:
    """Convert an instance to arrays. Raises KeyError if a need or offer belongs to an unknown school."""
    instance = canonical(instance)
    school_at = {school.urn: at for at, school in enumerate(instance.schools)}
    phases = _codes(need.phase for need in instance.needs)
    themes = _codes(need.theme for need in instance.needs)
    designations = _codes(key for need in instance.needs for key in need.designations)
    named = (*(need.terms for need in instance.needs), *(offer.terms for offer in instance.offers))
    terms = _codes(term for row in named for term in row)
    pools = {budget.pool: at for at, budget in enumerate(instance.budgets)}
    return Columns(
        instance=instance,
        schools=_school_arrays(instance.schools),
        needs=_needs(instance, school_at, (phases, themes, designations, terms, pools)),
        offers=_offers(instance, school_at, (phases, themes, designations, terms)),
        pools=tuple(pools),
        need_at={need.id: at for at, need in enumerate(instance.needs)},
        offer_at={offer.id: at for at, offer in enumerate(instance.offers)},
        school_at=school_at,
    )


def _school_arrays(rows: Sequence[School]) -> Schools:
    keys = _codes(key for school in rows for key in (*school.groups, *school.consortia))
    return Schools(
        authority=_ints(school.authority for school in rows),
        east=_floats(school.easting for school in rows),
        north=_floats(school.northing for school in rows),
        groups=_sets([school.groups for school in rows], keys),
        consortia=_sets([school.consortia for school in rows], keys),
        context=np.array(
            [
                (
                    log(context.pupils) if context.pupils else np.nan,
                    _number(context.fsm_percent),
                    _number(context.eal_percent),
                    _number(context.send_percent),
                    _number(context.urban),
                )
                for context in (school.context for school in rows)
            ],
            dtype=np.float64,
        ).reshape(len(rows), 5),
    )


def _needs(instance: Instance, school_at: dict[int, int], codes: tuple[dict[str, int], ...]) -> Needs:
    rows: Sequence[Need] = instance.needs
    phases, themes, designations, terms, pools = codes
    unsure = instance.parameters.unsure_half_days
    wants = np.zeros((len(rows), len(designations)), dtype=np.bool_)
    for at, need in enumerate(rows):
        for key in need.designations:
            wants[at, designations[key]] = True
    return Needs(
        school=_ints(school_at[need.school] for need in rows),
        phase=_ints(phases[need.phase] for need in rows),
        theme=_ints(themes[need.theme] for need in rows),
        tier=_ints(need.tier for need in rows),
        half_days=_ints(unsure if need.half_days is None else need.half_days for need in rows),
        partners=_ints(need.partners for need in rows),
        starts=_ints(_day(need.starts_on, FIRST_DAY) for need in rows),
        ends=_ints(_day(need.ends_on, LAST_DAY) for need in rows),
        terms=_bits([need.terms for need in rows], terms),
        pool=_ints(pools.get(need.pool or "", NO_KEY) for need in rows),
        wants=wants,
        shown=_bools(need.shown_to_all for need in rows),
        short=_bools(need.short for need in rows),
    )


def _offers(instance: Instance, school_at: dict[int, int], codes: tuple[dict[str, int], ...]) -> Offers:
    rows: Sequence[Offer] = instance.offers
    phases, themes, designations, terms = codes
    strength = np.full((len(rows), len(themes)), NO_THEME, dtype=np.int64)
    offered = np.zeros((len(rows), len(phases)), dtype=np.bool_)
    holds = np.full((len(rows), len(designations)), FIRST_DAY, dtype=np.int64)
    for at, offer in enumerate(rows):
        for theme, shown in offer.themes.items():
            if theme in themes:
                strength[at, themes[theme]] = UNKNOWN_STRENGTH if shown is None else shown
        for phase in offer.phases:
            if phase in phases:
                offered[at, phases[phase]] = True
        for award in offer.designations:
            if award.designation in designations:
                until = _day(award.until, LAST_DAY)
                holds[at, designations[award.designation]] = max(
                    until, holds[at, designations[award.designation]]
                )
    usual = instance.parameters.travel_miles
    miles = (usual if offer.travel_miles is None else offer.travel_miles for offer in rows)
    return Offers(
        school=_ints(school_at[offer.school] for offer in rows),
        half_days=_ints(offer.half_days for offer in rows),
        engagements=_ints(offer.engagements for offer in rows),
        strength=strength,
        phases=offered,
        starts=_ints(_day(offer.starts_on, FIRST_DAY) for offer in rows),
        ends=_ints(_day(offer.ends_on, LAST_DAY) for offer in rows),
        terms=_bits([offer.terms for offer in rows], terms),
        travel_metres=_floats(miles) * METRES_OF_A_MILE,
        pence=_ints(offer.pence_per_day for offer in rows),
        holds=holds,
        shown=_bools(offer.shown_to_all for offer in rows),
        fit=_bools(offer.fit for offer in rows),
        confirmed=_bools(offer.confirmed for offer in rows),
        asked=_ints(_day(offer.last_asked_on, FIRST_DAY) for offer in rows),
        burden=_floats(offer.burden_half_days for offer in rows),
        reviews=_ints(offer.reviews for offer in rows),
        good=_ints(offer.reviews_good for offer in rows),
    )


def _codes(keys: Iterable[str]) -> dict[str, int]:
    """Number the keys in alphabetical order."""
    return {key: at for at, key in enumerate(sorted(set(keys)))}


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, dtype=np.bool_)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.fromiter((np.nan if value is None else value for value in values), dtype=np.float64)


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _day(value: date | None, missing: int) -> int:
    return missing if value is None else value.toordinal()


def _bits(sets: Sequence[tuple[str, ...]], codes: dict[str, int]) -> NDArray[np.uint64]:
    """Sets of keys as bit masks; 64 keys at most, which is more terms than any calendar has."""
    return np.fromiter((sum(1 << codes[key] for key in set(keys)) for keys in sets), dtype=np.uint64)


def _sets(sets: Sequence[tuple[str, ...]], codes: dict[str, int]) -> Ints:
    """Sets of keys as rows of codes of equal width, padded with -1."""
    width = max((len(keys) for keys in sets), default=0)
    filled = [[codes[key] for key in keys] + [NO_KEY] * (width - len(keys)) for keys in sets]
    return np.array(filled, dtype=np.int64).reshape(len(sets), width)
