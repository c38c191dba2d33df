"""An independent solver: the model written down a second time, solved by `milp` of SciPy in strict steps."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from alongside.features.matching.engine.planning import Prepared

TIERS = (1, 2, 3)


def by_linear_programme(prepared: Prepared) -> tuple[tuple[int, ...], int]:
    """Needs served by tier and the objective of the best plan.

    Columns: each pair, then for each need whether it is served. Takes limits and values from the rows of the
    instance, and from the engine only which pairs are candidates and their scores. Raises ValueError when
    fixed pairs exceed the capacity.
    """
    instance, candidates = prepared.columns.instance, prepared.candidates
    parameters = instance.parameters
    need, offer, fixed = candidates.need, candidates.offer, candidates.fixed
    pairs, needs = len(need), len(instance.needs)
    if not pairs:
        return (0, 0, 0), 0
    half_days = np.array([one.half_days or parameters.unsure_half_days for one in instance.needs])[need]
    money = half_days * np.array([one.pence_per_day for one in instance.offers])[offer]
    pool = np.array([one.pool or "" for one in instance.needs])[need]
    kept = fixed == 1
    one_each = np.ones(pairs)

    def limited(group: np.ndarray, weight: np.ndarray, limits: list[int]) -> LinearConstraint:
        """The sum of the weights in each group is at most its limit, or what accepted pairs take of it."""
        taken = np.bincount(group[kept], weight[kept], minlength=len(limits))
        rows = coo_array((weight, (group, np.arange(pairs))), shape=(len(limits), pairs + needs))
        return LinearConstraint(rows.tocsr(), -np.inf, np.maximum(limits, taken))

    limits = [
        limited(need, one_each, [one.partners for one in instance.needs]),
        limited(offer, one_each, [one.engagements for one in instance.offers]),
    ]
    if parameters.model == "days":
        limits.append(limited(offer, half_days, [one.half_days for one in instance.offers]))
        for budget in instance.budgets:
            paid = np.where(pool == budget.pool, money, 0)
            limits.append(limited(np.zeros(pairs, dtype=np.int64), paid, [2 * budget.pence]))
    rows = np.concatenate((need, np.arange(needs)))
    values = np.concatenate((one_each, -np.ones(needs)))
    sums = coo_array((values, (rows, np.arange(pairs + needs))), shape=(needs, pairs + needs)).tocsr()
    limits.append(LinearConstraint(sums, 0, np.inf))
    return _in_steps(prepared, limits)


def _in_steps(prepared: Prepared, limits: list[LinearConstraint]) -> tuple[tuple[int, ...], int]:
    instance, candidates = prepared.columns.instance, prepared.candidates
    parameters = instance.parameters
    pairs, needs = len(candidates.need), len(instance.needs)
    tier = np.array([one.tier for one in instance.needs])
    short = 1000 - candidates.scored.score
    worth = 1000 - short * short // 1000 + parameters.stickiness * candidates.planned
    bounds = Bounds(np.concatenate((candidates.fixed > 0, np.zeros(needs))), np.ones(pairs + needs))
    counts = []
    for one in TIERS:
        counted = np.concatenate((np.zeros(pairs), tier == one))
        counts.append(round(_most(counted, limits, bounds)))
        limits = [*limits, LinearConstraint(counted.reshape(1, -1), counts[-1], np.inf)]
    bonus = np.array(parameters.bonus)[tier - 1] - parameters.second
    return tuple(counts), round(_most(np.concatenate((worth + parameters.second, bonus)), limits, bounds))


def _most(objective: np.ndarray, limits: list[LinearConstraint], bounds: Bounds) -> float:
    whole = np.ones(len(objective))
    solved = milp(
        -objective, constraints=limits, bounds=bounds, integrality=whole, options={"mip_rel_gap": 0.0}
    )
    if not solved.success:
        raise ValueError(solved.message)
    return float(-solved.fun)
