"""What one act of a lead would do to a plan: the instance with it, and what is different afterwards."""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.instance import Instance, PairHistory
from alongside.features.matching.engine.result import Change, Pair, Plan


def with_known(
    instance: Instance, plan: Plan, need: UUID, offer: UUID, what: Literal["pinned", "forbidden", "declined"]
) -> Instance:
    """The instance in which one pair is pinned, or kept out, and the pairs of a plan stay where they can."""
    changed = msgspec.structs.replace(
        instance, known=(*instance.known, PairHistory(need=need, offer=offer, what=what))
    )
    return sticky(changed, plan.pairs)


def sticky(instance: Instance, pairs: tuple[Pair, ...]) -> Instance:
    """The same instance, in which the pairs of a plan are worth a little more, so that little changes."""
    others = tuple(known for known in instance.known if known.what != "planned")
    planned = tuple(PairHistory(need=pair.need, offer=pair.offer, what="planned") for pair in pairs)
    return msgspec.structs.replace(instance, known=(*others, *planned))


def compared(before: Plan, after: Plan) -> Change:
    """What has changed from one plan to another.

    `points` are the scores of all pairs together, without bonus and stickiness; `moved` needs have other partners,
    `gained` have one now, `lost` have none now.
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
