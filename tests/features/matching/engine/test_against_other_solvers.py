"""Independent solvers give the same result: SciPy's assignment and linear programme, CP-SAT of OR-Tools."""

from copy import copy
from dataclasses import replace
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from alongside.features.matching.engine import bundles
from alongside.features.matching.engine.arrays import NO_KEY
from alongside.features.matching.engine.candidates import PINNED
from alongside.features.matching.engine.column_generation import Found, Master, Relaxed
from alongside.features.matching.engine.explanation import forced
from alongside.features.matching.engine.instance import Instance, Parameters
from alongside.features.matching.engine.planning import Prepared, chosen_of, plan, plan_of
from tests.features.matching.engine import brute
from tests.features.matching.engine.drawn import draw, many
from tests.features.matching.engine.lawful import faults
from tests.features.matching.engine.linear import by_linear_programme
from tests.features.matching.engine.made import authority


def by_assignment(prepared: Prepared) -> int:
    """The best objective of a `slots` instance with one partner each; repeats offers by engagements."""
    programme, candidates = prepared.programme, prepared.candidates
    assignments = programme.capacity.engagements
    first = np.concatenate(([0], np.cumsum(assignments)))
    matrix = np.zeros((len(programme.capacity.partners), int(first[-1])), dtype=np.int64)
    for row, (need, offer) in enumerate(zip(candidates.need, candidates.offer, strict=True)):
        matrix[need, first[offer] : first[offer + 1]] = programme.objective[row]
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    return int(matrix[rows, columns].sum())


def by_constraints(prepared: Prepared) -> tuple[tuple[int, ...], int]:
    """Needs served by tier and the objective, by CP-SAT of OR-Tools in strict steps."""
    columns, candidates, capacity = prepared.columns, prepared.candidates, prepared.programme.capacity
    takes, parameters = prepared.programme.takes, columns.instance.parameters
    model = cp_model.CpModel()
    pairs = range(len(candidates.need))
    x = [model.new_bool_var("") for _ in pairs]
    served = [model.new_bool_var("") for _ in capacity.partners]
    for need, most in enumerate(capacity.partners.tolist()):
        mine = sum(x[row] for row in pairs if candidates.need[row] == need)
        model.add(mine <= most)
        model.add(served[need] <= mine)
    for offer in range(len(capacity.engagements)):
        lent = [row for row in pairs if candidates.offer[row] == offer]
        model.add(sum(x[row] for row in lent) <= int(capacity.engagements[offer]))
        if parameters.model == "days":
            model.add(
                sum(int(takes.half_days[row]) * x[row] for row in lent) <= int(capacity.half_days[offer])
            )
    for pool, money in enumerate(capacity.money.tolist()):
        paid = [row for row in pairs if takes.pool[row] == pool and takes.pool[row] != NO_KEY]
        model.add(sum(int(takes.money[row]) * x[row] for row in paid) <= money)
    for row in pairs:
        if candidates.fixed[row]:
            model.add(x[row] == 1)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    counts = []
    for tier in (1, 2, 3):
        number = sum(served[need] for need in range(len(served)) if columns.needs.tier[need] == tier)
        model.maximize(number)
        assert solver.solve(model) == cp_model.OPTIMAL
        counts.append(round(solver.objective_value))
        model.add(number == counts[-1])
    worth = sum(int(prepared.programme.worth[row]) * x[row] for row in pairs)
    more = sum(x) - sum(served)
    bonus = sum(
        parameters.bonus[tier - 1] * served[need] for need, tier in enumerate(columns.needs.tier.tolist())
    )
    model.maximize(worth + bonus + parameters.second * more)
    assert solver.solve(model) == cp_model.OPTIMAL
    return tuple(counts), round(solver.objective_value)


def found(prepared: Prepared) -> tuple[tuple[int, ...], int]:
    """Needs served by tier and the objective of our plan, which breaks no rule and is proven."""
    made = plan_of(prepared)
    assert faults(prepared.columns.instance, made) == []
    assert made.status == "optimal"
    assert all(tier.proven for tier in made.coverage)
    return tuple(tier.served for tier in made.coverage), made.objective


def alike(instance: Instance) -> Instance:
    """The same instance with offers that differ in nothing but their capacity, so that most plans are ties."""
    like = instance.offers[0]
    twins = tuple(
        msgspec.structs.replace(like, id=one.id, engagements=one.engagements, half_days=one.half_days)
        for one in instance.offers
    )
    return msgspec.structs.replace(instance, offers=twins)


@settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(("slots", "days")), st.booleans(), st.booleans())
def test_a_small_plan_is_the_optimum(chance: Random, model: str, loose: bool, ties: bool) -> None:
    """Capacity, exclusions, fixed pairs, money, ties, no candidates: against SciPy, and if tiny all plans."""
    instance = draw(chance, needs=8, offers=6, model=model, loose=loose)
    prepared = Prepared(alike(instance) if ties else instance)
    best = found(prepared)
    assert best == by_linear_programme(prepared)
    if len(prepared.candidates.need) <= 8:
        assert best == brute.best(prepared)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_forcing_a_pair_of_slots_is_the_optimum_with_it(chance: Random) -> None:
    """The same as the programme with the pair fixed; None when accepted pairs leave no capacity for it."""
    instance = draw(chance, needs=6, offers=4, model="slots", loose=True)
    prepared = Prepared(instance)
    made = plan_of(prepared)
    chosen = chosen_of(prepared, made.pairs)
    for row in np.flatnonzero(~chosen).tolist():
        with_it = copy(prepared)
        fixed = prepared.candidates.fixed.copy()
        fixed[row] = PINNED
        with_it.candidates = replace(prepared.candidates, fixed=fixed)
        what = forced(prepared, chosen, row, 1.0)
        if what is None:
            with pytest.raises(ValueError, match="infeasible"):
                by_linear_programme(with_it)
            continue
        coverage, objective = by_linear_programme(with_it)
        assert what.exact
        assert made.objective + what.points == objective
        assert len(made.unserved) - what.coverage == len(instance.needs) - sum(coverage)


def test_a_county_of_slots_is_proven_however_short_the_time() -> None:
    """A flow needs milliseconds and no time limit, and equals SciPy's linear programme."""
    instance = authority(519, 1, parameters=Parameters(model="slots", limit_seconds=0.001))
    prepared = Prepared(instance)
    assert found(prepared) == by_linear_programme(prepared)


def test_offers_with_too_many_bundles_are_limited_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offers with many engagements and days have no bundles; the plan is the same."""
    monkeypatch.setattr(bundles, "MOST_EXPANSIONS", 2)
    for seed in range(40):
        prepared = Prepared(draw(Random(seed), needs=8, offers=4, model="days", loose=True))
        assert found(prepared) == by_linear_programme(prepared)


@pytest.mark.parametrize("seed", [1, 2])
def test_tiers_solved_one_by_one_reach_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no plan reaches the bounds of all tiers at once, each tier is solved by itself."""
    prepared = Prepared(authority(60, seed))
    best = found(prepared)
    whole = Master.solve
    calls = []

    def at_first_nothing(self: Master, relaxed: Relaxed, until: float, *more: Any) -> Found:
        calls.append(relaxed)
        return whole(self, relaxed, until, *more) if len(calls) > 1 else Found(None, relaxed.bound)

    monkeypatch.setattr(Master, "solve", at_first_nothing)
    assert found(prepared) == best
    assert len(calls) == 5


def test_no_candidate_at_all_is_a_plan_too() -> None:
    """Every need is unserved, and that is proven."""
    for model in ("slots", "days"):
        instance = draw(Random(1), model=model, loose=True)
        bare = tuple(msgspec.structs.replace(offer, fit=False) for offer in instance.offers)
        made = plan(msgspec.structs.replace(instance, offers=bare, known=()))
        assert (made.pairs, made.objective, made.status) == ((), 0, "optimal")
        assert len(made.unserved) == len(instance.needs)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slots_equal_an_assignment(seed: int) -> None:
    """An authority of 134 schools, one partner each: the same objective as SciPy's assignment."""
    instance = authority(134, seed, parameters=Parameters(model="slots"))
    one_each = tuple(msgspec.structs.replace(need, partners=1) for need in instance.needs)
    prepared = Prepared(msgspec.structs.replace(instance, needs=one_each))
    assert plan_of(prepared).objective == by_assignment(prepared)


def test_random_instances_equal_constraint_programming() -> None:
    """Days, engagements, money, second partners and fixed pairs, against OR-Tools."""
    for instance in many(share=8):
        prepared = Prepared(instance)
        made = plan_of(prepared)
        assert (tuple(tier.served for tier in made.coverage), made.objective) == by_constraints(prepared)


def test_an_authority_equals_constraint_programming() -> None:
    """Forty schools with all constraints."""
    prepared = Prepared(authority(40, 5))
    made = plan_of(prepared)
    assert made.status == "optimal"
    assert (tuple(tier.served for tier in made.coverage), made.objective) == by_constraints(prepared)
