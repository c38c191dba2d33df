"""Independent solvers give the same result: SciPy for one partner each, OR-Tools for all instances."""

import msgspec
import numpy as np
import pytest
from ortools.sat.python import cp_model
from scipy.optimize import linear_sum_assignment

from alongside.features.matching.engine.arrays import NO_KEY
from alongside.features.matching.engine.instance import Parameters
from alongside.features.matching.engine.planning import Prepared, plan_of
from tests.features.matching.engine.drawn import many
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
        mine = [row for row in pairs if candidates.offer[row] == offer]
        model.add(sum(x[row] for row in mine) <= int(capacity.engagements[offer]))
        if parameters.model == "days":
            model.add(
                sum(int(takes.half_days[row]) * x[row] for row in mine) <= int(capacity.half_days[offer])
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
