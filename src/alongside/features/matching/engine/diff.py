"""The effect of one change by a lead: the changed instance, and the difference between two plans."""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.instance import Instance, PairHistory
from alongside.features.matching.engine.result import Change, Pair, Plan


def with_known(
    instance: Instance, plan: Plan, need: UUID, offer: UUID, what: Literal["pinned", "forbidden", "declined"]
) -> Instance:
    """Copy the instance with one pair pinned or ruled out; pairs of the plan are favoured (see `sticky`)."""
    changed = msgspec.structs.replace(
        instance, known=(*instance.known, PairHistory(need=need, offer=offer, what=what))
    )
    return sticky(changed, plan.pairs)


def sticky(instance: Instance, pairs: tuple[Pair, ...]) -> Instance:
    """Copy the instance with a small bonus for the pairs of a plan, so that little changes."""
    others = tuple(known for known in instance.known if known.what != "planned")
    planned = tuple(PairHistory(need=pair.need, offer=pair.offer, what="planned") for pair in pairs)
    return msgspec.structs.replace(instance, known=(*others, *planned))


def compared(before: Plan, after: Plan) -> Change:
    """The difference between two plans.

    `points` is the difference of the sums of all pair scores, without bonus and stickiness. `moved` needs
    have other partners, `gained` needs have one only now, `lost` needs no longer have one.
    """
    had, has = _partners(before), _partners(after)
    return Change(
        plan=after,
        points=sum(pair.score.score for pair in after.pairs) - sum(pair.score.score for pair in before.pairs),
        moved=tuple(sorted(need for need in had.keys() & has.keys() if had[need] != has[need])),
        gained=tuple(sorted(has.keys() - had.keys())),
        lost=tuple(sorted(had.keys() - has.keys())),
    )


def _partners(plan: Plan) -> dict[UUID, frozenset[UUID]]:
    partners: dict[UUID, set[UUID]] = {}
    for pair in plan.pairs:
        partners.setdefault(pair.need, set()).add(pair.offer)
    return {need: frozenset(offers) for need, offers in partners.items()}
