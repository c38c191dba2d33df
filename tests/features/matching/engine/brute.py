"""Finds the best plan of a small instance by trying all plans; uses only the scores of the engine."""

from itertools import product

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.planning import Prepared


def best(prepared: Prepared) -> tuple[tuple[int, int, int], int] | None:
    """The most needs served by tier, then the highest objective; None when nothing is feasible."""
    instance: Instance = prepared.columns.instance
    candidates = prepared.candidates
    choices: list[list[tuple[int, ...]]] = []
    for at, need in enumerate(instance.needs):
        rows = [row for row, of in enumerate(candidates.need.tolist()) if of == at]
        fixed = {row for row in rows if candidates.fixed[row]}
        most = max(need.partners, len(fixed))
        sets = _subsets(rows, most)
        choices.append([chosen for chosen in sets if fixed <= set(chosen)])
    found = None
    for plan in product(*choices):
        rows = [row for chosen in plan for row in chosen]
        if _fits(prepared, rows):
            key = _coverage(instance, plan), sum(_value(prepared, at, rows) for at, rows in enumerate(plan))
            found = key if found is None else max(found, key)
    return found


def _subsets(rows: list[int], most: int) -> list[tuple[int, ...]]:
    subsets: list[tuple[int, ...]] = [()]
    for row in rows:
        subsets += [(*one, row) for one in subsets if len(one) < most]
    return subsets


def _coverage(instance: Instance, plan: tuple[tuple[int, ...], ...]) -> tuple[int, int, int]:
    served = [need.tier for need, rows in zip(instance.needs, plan, strict=True) if rows]
    return served.count(1), served.count(2), served.count(3)


def _value(prepared: Prepared, at: int, rows: tuple[int, ...]) -> int:
    """The value of the partners of a need: bonus of its tier, bonus of further partners, worth of pairs."""
    if not rows:
        return 0
    parameters = prepared.columns.instance.parameters
    bonus = parameters.bonus[prepared.columns.instance.needs[at].tier - 1]
    value = 0
    for row in rows:
        short = 1000 - int(prepared.candidates.scored.score[row])
        value += 1000 - short * short // 1000 + parameters.stickiness * int(prepared.candidates.planned[row])
    return bonus + parameters.second * (len(rows) - 1) + value


def _fits(prepared: Prepared, rows: list[int]) -> bool:
    """Check days, engagements and money. Accepted pairs always fit and are counted first."""
    instance, candidates = prepared.columns.instance, prepared.candidates
    slots = instance.parameters.model == "slots"
    for at, offer in enumerate(instance.offers):
        mine = [row for row in rows if candidates.offer[row] == at]
        kept = [row for row in mine if candidates.fixed[row] == 1]
        if len(mine) > max(offer.engagements, len(kept)):
            return False
        if not slots and _days(prepared, mine) > max(offer.half_days, _days(prepared, kept)):
            return False
    for budget in instance.budgets if not slots else ():
        mine = [row for row in rows if instance.needs[candidates.need[row]].pool == budget.pool]
        kept = [row for row in mine if candidates.fixed[row] == 1]
        if _money(prepared, mine) > max(2 * budget.pence, _money(prepared, kept)):
            return False
    return True


def _days(prepared: Prepared, rows: list[int]) -> int:
    instance = prepared.columns.instance
    needs = [instance.needs[prepared.candidates.need[row]] for row in rows]
    return sum(need.half_days or instance.parameters.unsure_half_days for need in needs)


def _money(prepared: Prepared, rows: list[int]) -> int:
    return sum(
        _days(prepared, [row])
        * prepared.columns.instance.offers[prepared.candidates.offer[row]].pence_per_day
        for row in rows
    )
