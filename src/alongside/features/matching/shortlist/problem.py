"""Reduces the instance of a plan to one need and the offers that its school may see."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

import msgspec

from alongside.features.matching.engine.instance import Instance


def question_of(instance: Instance, need_id: UUID, seen: Collection[UUID]) -> Instance:
    """The instance for one need and the offers that its school may see.

    Days and engagements of proposals in progress for other needs are subtracted. Pins and forbids of leads
    are left out, because they must not affect the shortlist.
    """
    asked = {need.id: need for need in instance.needs}
    days, assignments = Counter[UUID](), Counter[UUID]()
    for known in instance.known:
        other = asked.get(known.need)
        if known.what == "accepted" and other is not None and other.id != need_id:
            days[known.offer] += other.half_days or instance.parameters.unsure_half_days
            assignments[known.offer] += 1
    return msgspec.structs.replace(
        instance,
        needs=tuple(need for need in instance.needs if need.id == need_id),
        offers=tuple(
            msgspec.structs.replace(
                offer,
                half_days=max(0, offer.half_days - days[offer.id]),
                engagements=max(0, offer.engagements - assignments[offer.id]),
            )
            for offer in instance.offers
            if offer.id in seen
        ),
        known=tuple(known for known in instance.known if known.need == need_id and known.what == "declined"),
    )


def shown_to_all(question: Instance) -> Instance:
    """The same question, as if the whole authority saw its need."""
    needs = tuple(msgspec.structs.replace(need, shown_to_all=True) for need in question.needs)
    return msgspec.structs.replace(question, needs=needs)
