"""Calculates the profiles of a phase and academic year, and keeps each result as a snapshot."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import KINDS_BEFORE_PHASE, consortium_phases
from alongside.features.performance.access_policy import identify_requester
from alongside.features.performance.catalogue import measures_of
from alongside.features.performance.figures import Benchmark, Figure, benchmarks_of, figures_of
from alongside.features.profiles.inputs import InputBenchmark, InputFigure, Inputs, years_until
from alongside.features.profiles.method import MethodContent
from alongside.features.profiles.method_actions import method_for
from alongside.features.profiles.method_queries import MethodRow
from alongside.features.profiles.models import REVISE, Profile, ProfileSnapshot
from alongside.features.profiles.queries import StoredProfile, open_schools, stored_profiles
from alongside.features.profiles.results import Outputs, canonical_json
from alongside.features.profiles.small_cohorts import without_small_cohorts
from alongside.features.profiles.snapshot import calculate_profiles, digest, inputs_json
from alongside.features.profiles.statistics import rounded
from alongside.features.profiles.words import proposal_reasons
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.workflow import apply_transition


async def calculate(session: AsyncSession, person: Principal, year: str, phase: str) -> int:
    """Calculate the profiles of all schools of a phase; returns how many are new or have changed.

    A result that is the same as the last snapshot writes nothing. A final profile that changes becomes revised. Special
    schools, pupil referral units and nursery schools have no calculated profile.
    """
    await identify_requester(session, person)
    method = await method_for(session, person, phase)
    urns = await schools_of_phase(session, person, phase)
    inputs = await collect_inputs(session, person, method.rules, year, urns)
    results = await asyncio.to_thread(calculate_profiles, method.rules, inputs)
    stored = {one.school_urn: one for one in await stored_profiles(session, person, year, phase)}
    changed = {
        urn: outputs
        for urn, outputs in results.items()
        if urn not in stored or _differs(stored[urn], method, outputs)
    }
    await _add_profiles(session, person, method, year, {u: o for u, o in changed.items() if u not in stored})
    for urn in changed.keys() & stored.keys():
        await _change_profile(session, person, method, stored[urn], changed[urn])
    if changed:
        profiles = {one.school_urn: one for one in await stored_profiles(session, person, year, phase)}
        await session.execute(
            insert(ProfileSnapshot),
            [
                row
                for urn, outputs in changed.items()
                for row in _snapshots(person, method, profiles[urn], inputs.schools[urn], outputs)
            ],
        )
    await record_audit(
        session,
        person,
        "calculate_profiles",
        "profile_method",
        method.id,
        changes={"academic_year": ["", year], "profiles": [0, len(changed)]},
    )
    return len(changed)


async def schools_of_phase(session: AsyncSession, person: Principal, phase: str) -> list[int]:
    """Return the URNs of the open schools whose results a method of this phase compares."""
    settings = settings_of(person.authority_id)
    return [
        one.urn
        for one in await open_schools(session, person)
        if one.kind not in KINDS_BEFORE_PHASE
        and one.phase != "nursery"
        and phase in consortium_phases(settings, one.phase, one.kind)
    ]


async def collect_inputs(
    session: AsyncSession, person: Principal, method: MethodContent, year: str, urns: Sequence[int]
) -> Inputs:
    """Return all figures that a method reads, up to the academic year. The requester must be the core team."""
    years = years_until(year, method.years_shown + 1)
    figures = await figures_of(session, urns=urns, measures=method.keys, years=years)
    benchmarks = await benchmarks_of(session, measures=method.keys, years=years)
    catalogue = measures_of(settings_of(person.authority_id))
    schools: dict[int, dict[tuple[str, str], InputFigure]] = {urn: {} for urn in urns}
    for one in figures:
        breaks = one.measure in catalogue and catalogue[one.measure].breaks_at(one.academic_year)
        schools[one.school_urn][one.measure, one.academic_year] = _input_figure(one, breaks)
    unpublished = [
        InputFigure(key, past, "not_published")
        for key in method.keys
        for past in years
        if key in catalogue and not catalogue[key].published_in(past)
    ]
    for found in schools.values():
        for missing in unpublished:
            found.setdefault((missing.measure, missing.year), missing)
    return Inputs(
        year,
        {urn: tuple(found.values()) for urn, found in schools.items()},
        _input_benchmarks(benchmarks, method.phase),
    )


def _input_figure(one: Figure, breaks: bool) -> InputFigure:
    value = None if one.value is None else rounded(one.value)
    return InputFigure(
        measure=one.measure,
        year=one.academic_year,
        status=one.status,
        value=value,
        numerator=one.numerator,
        denominator=one.denominator,
        provisional=one.provisional,
        from_urn=one.from_urn,
        breaks=breaks,
    )


def _input_benchmarks(benchmarks: Sequence[Benchmark], phase: str) -> tuple[InputBenchmark, ...]:
    """Return one row for each level, measure and year: that of the phase, or that of all schools."""
    found: dict[tuple[str, str, str], Benchmark] = {}
    for one in benchmarks:
        key = (one.level, one.measure, one.academic_year)
        if one.phase == phase or (one.phase == "all" and key not in found):
            found[key] = one
    return tuple(
        InputBenchmark(*key, one.status, None if one.value is None else rounded(one.value))
        for key, one in sorted(found.items())
    )


def _differs(stored: StoredProfile, method: MethodRow, outputs: Outputs) -> bool:
    return stored.outputs_digest != digest(canonical_json(outputs)) or stored.method_id != method.id


def _proposed(person: Principal, outputs: Outputs) -> dict[str, object]:
    labels = {key: one.label for key, one in measures_of(settings_of(person.authority_id)).items()}
    return {
        "proposed_category": outputs.proposal.category,
        "proposed_reasons": proposal_reasons(outputs, labels),
        "proposed_direction": outputs.direction,
    }


async def _add_profiles(
    session: AsyncSession, person: Principal, method: MethodRow, year: str, results: Mapping[int, Outputs]
) -> None:
    if results:
        await session.execute(
            insert(Profile),
            [
                {
                    "authority_id": person.authority_id,
                    "school_urn": urn,
                    "phase": method.phase,
                    "academic_year": year,
                    "state": "calculated",
                    "method_id": method.id,
                    **_proposed(person, outputs),
                }
                for urn, outputs in results.items()
            ],
        )


async def _change_profile(
    session: AsyncSession, person: Principal, method: MethodRow, stored: StoredProfile, outputs: Outputs
) -> None:
    """Point a profile to its new result; a direction that a person confirmed stays, with its reason."""
    values = {
        "method_id": method.id,
        "snapshot_number": stored.snapshot_number + 1,
        **_proposed(person, outputs),
    }
    if stored.direction is not None and stored.direction_reason == "":
        values["direction"] = None  # it had confirmed the earlier proposal
    await session.execute(
        update(Profile)
        .where(Profile.authority_id == person.authority_id, Profile.id == stored.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if stored.state == "final":
        await apply_transition(session, person, Profile, stored, REVISE)


def _snapshots(
    person: Principal,
    method: MethodRow,
    profile: StoredProfile,
    figures: tuple[InputFigure, ...],
    outputs: Outputs,
) -> list[dict[str, object]]:
    """Return the two rows of a snapshot: with all figures, and without those about fewer than six pupils."""
    inputs, whole = inputs_json(figures), canonical_json(outputs)
    shared = canonical_json(without_small_cohorts(outputs))
    both: dict[str, UUID | int | str | None] = {
        "authority_id": person.authority_id,
        "profile_id": profile.id,
        "number": profile.snapshot_number,
        "method_id": method.id,
        "inputs_digest": digest(inputs),
        "calculated_by": person.id,
    }
    return [
        {**both, "audience": "school", "inputs": inputs, "outputs": whole, "outputs_digest": digest(whole)},
        {**both, "audience": "others", "inputs": None, "outputs": shared, "outputs_digest": digest(shared)},
    ]
