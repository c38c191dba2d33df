"""Converts the engine's result to rows: the figures of the run, and an assignment for every need."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.instance import Instance
from alongside.features.matching.engine.result import Outcome, Pair

HELD_BY = {"accepted": "proposal", "pinned": "pin", None: None}


def stored_outcome(outcome: Outcome) -> bytes:
    """The result as stored with its run."""
    return msgspec.json.encode(outcome, order="sorted")


def restored_outcome(kept: bytes) -> Outcome:
    """Restore a stored result. Raises msgspec.ValidationError."""
    return msgspec.json.decode(kept, type=Outcome)


def figures(instance: Instance, outcome: Outcome) -> dict[str, object]:
    """The columns of a run that describe how good its plan is known to be."""
    plan = outcome.plan
    return {
        "input_hash": plan.input_hash,
        "weights_version": int(plan.weights_version),
        "needs": len(instance.needs),
        "offers": plan.offers,
        "status": plan.status,
        "total": plan.objective,
        "bound": None if plan.bound is None else round(plan.bound),
        "gap": plan.gap,
        "stopped_because": plan.stopped,
        "coverage": msgspec.to_builtins(plan.coverage),
        "solve_milliseconds": round(plan.seconds * 1000),
    }


def assignments_from(
    instance: Instance, outcome: Outcome, proposals: Mapping[tuple[UUID, UUID], UUID]
) -> Iterator[dict[str, object]]:
    """The rows of `plan_assignment` for every need, without authority and run.

    `proposals` are those in progress, by need and offer.
    """
    schools = {offer.id: offer.school for offer in instance.offers}
    chosen = {pair.need: pair for pair in outcome.plan.pairs}
    unserved = {one.need: one for one in outcome.plan.unserved}
    why = {one.need: one for one in outcome.explanations}
    for need in instance.needs:
        pair, nobody, explanation = chosen.get(need.id), unserved.get(need.id), why.get(need.id)
        yield {
            "need_id": need.id,
            "requesting_urn": need.school,
            "tier": need.tier,
            "rank": explanation.rank if explanation else None,
            "candidates": explanation.of if explanation else nobody.candidates if nobody else 0,
            "why": msgspec.to_builtins(explanation) if explanation else {},
            "why_nobody": nobody.sentence if nobody else None,
            **partner(pair, schools, proposals),
        }


def partner(
    pair: Pair | None, schools: Mapping[UUID, int], proposals: Mapping[tuple[UUID, UUID], UUID]
) -> dict[str, object]:
    """The columns of an assignment that describe its partner."""
    if pair is None:
        empty = ("offer_id", "supporting_urn", "score", "days", "pence", "held_by", "proposal_id")
        return {**dict.fromkeys(empty), "parts": {}}
    return {
        "offer_id": pair.offer,
        "supporting_urn": schools[pair.offer],
        "score": pair.score.score,
        "days": Decimal(pair.half_days) / 2,
        "pence": pair.pence,
        "held_by": HELD_BY[pair.why_fixed],
        "proposal_id": proposals.get((pair.need, pair.offer)),
        "parts": msgspec.to_builtins(pair.score) | {"miles": pair.miles},
    }
