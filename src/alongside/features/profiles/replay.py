"""Recalculates the profiles of an old year by their own method, and names each difference."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.performance.access_policy import identify_requester
from alongside.features.profiles.calculation import collect_inputs
from alongside.features.profiles.method_queries import method_with
from alongside.features.profiles.queries import StoredProfile, school_names, stored_profiles
from alongside.features.profiles.results import (
    Comparison,
    MeasureResult,
    Outputs,
    YearResult,
    canonical_json,
    read_outputs,
)
from alongside.features.profiles.snapshot import calculate_profiles
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a stored profile and its recalculation. `about` is a measure, or a part of the profile."""

    school: str
    urn: int
    about: str
    old: str
    new: str


async def replay(
    session: AsyncSession, person: Principal, year: str, phase: str
) -> tuple[int, list[Difference]]:
    """Return how many profiles were recalculated, and each difference. Nothing is written.

    The schools are those that were compared then, and the method is that of each snapshot.
    """
    await identify_requester(session, person)
    stored = await stored_profiles(session, person, year, phase)
    names = await school_names(session, person, [one.school_urn for one in stored])
    found: list[Difference] = []
    for method_id in dict.fromkeys(one.method_id for one in stored):
        method = await method_with(session, person.authority_id, method_id)
        assert method is not None
        urns = [one.school_urn for one in stored]
        inputs = await collect_inputs(session, person, method.rules, year, urns)
        results = await asyncio.to_thread(calculate_profiles, method.rules, inputs)
        for one in stored:
            if one.method_id == method_id:
                school = names.get(one.school_urn, str(one.school_urn))
                found += differences(one, results[one.school_urn], school)
    return len(stored), found


def differences(stored: StoredProfile, outputs: Outputs, school: str) -> list[Difference]:
    """Return the differences between a stored result and a new one; none if their bytes are the same."""
    if stored.outputs == canonical_json(outputs):
        return []
    old = read_outputs(stored.outputs)
    compared = [*_measures(old.measures, outputs.measures), *_parts(old, outputs)]
    return [
        Difference(school, stored.school_urn, about, before, now)
        for about, before, now in compared
        if before != now
    ]


def _measures(old: Iterable[MeasureResult], new: Iterable[MeasureResult]) -> Iterator[tuple[str, str, str]]:
    now = {one.measure: one for one in new}
    for before in old:
        name, after = before.measure, now.get(before.measure)
        if after is None:
            yield name, "in the profile", "not in the profile"
            continue
        years = {one.year: one for one in after.years}
        for year in before.years:
            yield f"{name} {year.year}", _year(year), _year(years.get(year.year))
        yield f"{name}, pooled", f"{before.value} of {before.cohort}", f"{after.value} of {after.cohort}"
        others = {one.to: one for one in after.comparisons}
        for comparison in before.comparisons:
            yield (
                f"{name}, compared with {comparison.to}",
                _comparison(comparison),
                _comparison(others.get(comparison.to)),
            )
        yield (
            f"{name}, result",
            f"{before.verdict}, {before.direction}",
            f"{after.verdict}, {after.direction}",
        )


def _parts(old: Outputs, new: Outputs) -> Iterator[tuple[str, str, str]]:
    yield "context", _context(old), _context(new)
    yield "similar schools", _urns(old), _urns(new)
    yield "direction of travel", old.direction, new.direction
    yield "proposal", _proposal(old), _proposal(new)


def _year(one: YearResult | None) -> str:
    if one is None:
        return "none"
    release = ", provisional" if one.provisional else ""
    return f"{one.value} ({one.status}{release}), pupils {one.cohort}, England {one.national}, {one.low} to {one.high}"


def _comparison(one: Comparison | None) -> str:
    return "none" if one is None else f"{one.value}, limits {one.low} to {one.high}, {one.verdict}"


def _context(outputs: Outputs) -> str:
    return ", ".join(f"{one.measure} {one.value or one.phase_median}" for one in outputs.context)


def _proposal(outputs: Outputs) -> str:
    return f"{outputs.proposal.category or outputs.proposal.reason} ({outputs.proposal.result})"


def _urns(outputs: Outputs) -> str:
    return ", ".join(f"{one.urn} ({one.distance})" for one in outputs.similar)
