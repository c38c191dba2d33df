"""Calculates a plan from an instance."""

from time import monotonic
from typing import Literal

import numpy as np

from alongside.features.matching.engine import greedy
from alongside.features.matching.engine.arrays import Bools, Columns, arrange
from alongside.features.matching.engine.candidates import ACCEPTED, Candidates, find
from alongside.features.matching.engine.checking import check_pins
from alongside.features.matching.engine.explanation_text import stopped, why_unserved
from alongside.features.matching.engine.flow import best_flow
from alongside.features.matching.engine.instance import Instance, input_hash
from alongside.features.matching.engine.lexicographic import Answer, solve
from alongside.features.matching.engine.mip_model import Programme, build
from alongside.features.matching.engine.objective import TIERS, served_by, total
from alongside.features.matching.engine.result import Coverage, Pair, Plan, Unserved
from alongside.features.matching.engine.rule_labels import RULES
from alongside.features.matching.engine.rules import rule
from alongside.features.matching.engine.scoring import as_score
from alongside.features.matching.engine.tie_breaking import break_ties
from alongside.features.matching.engine.validation import check

Status = Literal["optimal", "gap", "greedy"]


class Prepared:
    """A checked instance with its candidates and its programme, which all calculations use."""

    def __init__(self, instance: Instance) -> None:
        """Raises InfeasibleProblem with a sentence when no plan can be made."""
        check(instance)
        self.columns: Columns = arrange(instance)
        blocks = rule(self.columns)
        check_pins(self.columns, blocks)
        self.candidates: Candidates = find(self.columns, blocks)
        self.programme: Programme = build(self.columns, self.candidates)


def plan(instance: Instance) -> Plan:
    """Calculate the best plan within the time limit of the parameters. Raises InfeasibleProblem."""
    return plan_of(Prepared(instance))


def plan_of(prepared: Prepared) -> Plan:
    """Calculate the best plan of a checked instance."""
    began = monotonic()
    programme = prepared.programme
    answer = (
        by_flow(prepared)
        if programme.slots
        else solve(
            programme, prepared.columns.instance.parameters.limit_seconds, greedy.best_first(programme)
        )
    )
    answer.chosen = break_ties(prepared.programme, answer.chosen)
    return written(prepared, answer, "optimal" if answer.optimal else "gap", monotonic() - began)


def by_flow(prepared: Prepared) -> Answer:
    """The best plan of the `slots` model, which is proven."""
    programme = prepared.programme
    chosen = best_flow(programme)
    assert chosen is not None, "check_pins refuses pins that exceed the capacity"
    return Answer(chosen, coverage_of(prepared, chosen, proven=True), total(programme, chosen), optimal=True)


def fallback(prepared: Prepared, why: str, seconds: float = 0.0) -> Plan:
    """The plan without the solver, marked as such; `why` is a sentence on what happened to the solver."""
    chosen = greedy.best_first(prepared.programme)
    coverage = coverage_of(prepared, chosen, proven=False)
    return written(prepared, Answer(chosen, coverage), "greedy", seconds, why)


def coverage_of(prepared: Prepared, chosen: Bools, *, proven: bool) -> list[Coverage]:
    """How many needs of each tier a plan serves."""
    numbers = np.bincount(prepared.columns.needs.tier, minlength=len(TIERS) + 1).tolist()
    served = [served_by(prepared.programme, chosen, tier) for tier in TIERS]
    return [
        Coverage(
            tier=tier,
            needs=numbers[tier],
            served=met,
            at_most=met if proven else numbers[tier],
            proven=proven,
        )
        for tier, met in zip(TIERS, served, strict=True)
    ]


def written(
    prepared: Prepared, answer: Answer, status: Status, seconds: float, why: str | None = None
) -> Plan:
    """The plan in the form that is stored and shown."""
    columns, candidates, programme = prepared.columns, prepared.candidates, prepared.programme
    instance = columns.instance
    objective = total(programme, answer.chosen)
    bound = float(answer.bound) if np.isfinite(answer.bound) else None
    gap = None if bound is None else max(0.0, (bound - objective) / max(abs(bound), 1.0))
    rows = np.flatnonzero(answer.chosen).tolist()
    partners = np.bincount(candidates.need[answer.chosen], minlength=len(columns.needs.school))
    return Plan(
        status=status,
        stopped=why or stopped(status, gap),
        pairs=tuple(pair_at(prepared, row) for row in rows),
        unserved=tuple(unserved_at(prepared, need) for need in np.flatnonzero(partners == 0).tolist()),
        coverage=tuple(answer.coverage),
        second_partners=int(np.maximum(partners - 1, 0).sum()),
        objective=objective,
        bound=bound,
        gap=gap,
        offers=len(instance.offers),
        candidates=len(candidates.need),
        seconds=round(seconds, 3),
        input_hash=input_hash(instance),
        weights_version=instance.parameters.weights_version,
        seed=instance.parameters.seed,
    )


def pair_at(prepared: Prepared, row: int) -> Pair:
    """One candidate as a pair of a plan."""
    candidates, takes, instance = prepared.candidates, prepared.programme.takes, prepared.columns.instance
    miles = float(candidates.scored.miles[row])
    fixed = int(candidates.fixed[row])
    return Pair(
        need=instance.needs[candidates.need[row]].id,
        offer=instance.offers[candidates.offer[row]].id,
        score=as_score(candidates.scored, row),
        half_days=int(takes.half_days[row]),
        pence=int(takes.money[row]) // 2,
        miles=None if np.isnan(miles) else round(miles, 1),
        why_fixed=(None if not fixed else "accepted" if fixed == ACCEPTED else "pinned"),
    )


def unserved_at(prepared: Prepared, at: int) -> Unserved:
    """A need without a partner, and the reason."""
    need, parameters = prepared.columns.instance.needs[at], prepared.columns.instance.parameters
    counts = ruled_out(prepared, at)
    number = int(prepared.candidates.ruled_out[at, -1])
    return Unserved(
        need=need.id,
        sentence=why_unserved(number, counts),
        candidates=number,
        ruled_out=counts,
        needs_person=need.declines >= parameters.declines,
    )


def ruled_out(prepared: Prepared, at: int) -> dict[str, int]:
    """How many offers each rule ruled out first, without zeros."""
    counts = prepared.candidates.ruled_out[at, :-1].tolist()
    return {rule.key: count for rule, count in zip(RULES, counts, strict=True) if count}


def chosen_of(prepared: Prepared, pairs: tuple[Pair, ...]) -> Bools:
    """A mask of the candidates in these pairs; pairs that are no longer candidates are left out."""
    columns, candidates = prepared.columns, prepared.candidates
    width = max(len(columns.offers.school), 1)
    keys = [
        columns.need_at[pair.need] * width + columns.offer_at[pair.offer]
        for pair in pairs
        if pair.need in columns.need_at and pair.offer in columns.offer_at
    ]
    return np.isin(candidates.need * width + candidates.offer, np.array(keys, dtype=np.int64))
