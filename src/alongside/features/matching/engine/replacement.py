"""Replacement after a decline: the options at once, and whether a new plan is worth offering."""

from uuid import UUID

from alongside.features.matching.engine.assignment_state import AssignmentState
from alongside.features.matching.engine.instance import Parameters
from alongside.features.matching.engine.local_search import Step, steps
from alongside.features.matching.engine.planning import Prepared, chosen_of
from alongside.features.matching.engine.result import Move, Option, Pair, Plan
from alongside.features.matching.engine.scoring import as_score

MOST_OPTIONS = 3


def options(
    prepared: Prepared, pairs: tuple[Pair, ...], need: UUID, declined: UUID, most: int = MOST_OPTIONS
) -> tuple[Option, ...]:
    """The best options to find another partner for a need; each moves at most one pair that is not accepted.

    One option for each offer: the one with the largest gain, and among equals the one that moves nothing.
    `prepared` may still contain the declined offer as a candidate; it is not used for this need.
    """
    columns = prepared.columns
    at, gone = columns.need_at.get(need), columns.offer_at.get(declined)
    if at is None:
        return ()
    state = AssignmentState(prepared.programme, chosen_of(prepared, pairs))
    row = None if gone is None else prepared.candidates.row_of(at, gone)
    if row is not None and state.has(row) and not state.fixed[row]:
        state.give_back(row)
    found: list[Option] = []
    for step in steps(state, at, without=frozenset() if row is None else frozenset({row})):
        option = _option(prepared, step)
        if option.offer not in {other.offer for other in found}:
            found.append(option)
        if len(found) == most:
            break
    return tuple(found)


def worth_offering(at_once: int | None, new: Plan, parameters: Parameters) -> bool:
    """Check whether a new plan beats the best replacement option by the authority's margin.

    `at_once` is the objective of the plan with the best option taken, None when there is no option.
    """
    return at_once is None or new.objective >= at_once + parameters.margin


def needs_person(declines_in_a_row: int, parameters: Parameters) -> bool:
    """Check whether a need was declined so often that a person must look for a partner."""
    return declines_in_a_row >= parameters.declines


def _option(prepared: Prepared, step: Step) -> Option:
    candidates, instance, takes = prepared.candidates, prepared.columns.instance, prepared.programme.takes
    move = None
    if step.away >= 0:
        move = Move(
            need=instance.needs[candidates.need[step.away]].id,
            offer=instance.offers[candidates.offer[step.away]].id,
            to=instance.offers[candidates.offer[step.to]].id,
            score_before=int(candidates.scored.score[step.away]),
            score_after=int(candidates.scored.score[step.to]),
        )
    return Option(
        need=instance.needs[candidates.need[step.row]].id,
        offer=instance.offers[candidates.offer[step.row]].id,
        score=as_score(candidates.scored, step.row),
        half_days=int(takes.half_days[step.row]),
        pence=int(takes.money[step.row]) // 2,
        points=step.points,
        move=move,
    )
