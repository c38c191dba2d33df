"""The ways to mend a plan at once, from the facts of this moment: at most one other pair is moved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.errors import Refused
from alongside.matching.engine.impossible import Impossible
from alongside.matching.engine.instance import Instance
from alongside.matching.engine.result import Option, Pair
from alongside.matching.engine.score import Score
from alongside.matching.instances.reading import half_days, read_instance
from alongside.matching.runs.wording import is_over

GONE = "This way is no longer open: somebody was faster. Look at the ways that there are now."


async def options_now(
    session: AsyncSession, person: Person, run: Any, places: Sequence[Any], place: Any
) -> tuple[Instance, list[Option]]:
    """The facts as they are and the best ways to give a need another partner, best first; none is an answer too."""
    from alongside.matching.engine.mending import options  # numpy and HiGHS: not at every start
    from alongside.matching.engine.planning import Prepared

    instance = await read_instance(
        session, person.authority_id, person.today, run.consortium_id, run.id, seed=run.seed
    )
    try:
        pairs = standing_pairs(instance, places)
        found = options(Prepared(instance), pairs, place.need_id, place.offer_id)
    except Impossible:
        found = ()
    return instance, list(found)


def standing_pairs(instance: Instance, places: Sequence[Any]) -> tuple[Pair, ...]:
    """The pairs of a plan that still hold and still take part."""
    needs, offers = {one.id for one in instance.needs}, {one.id for one in instance.offers}
    return tuple(
        Pair(
            need=one.need_id,
            offer=one.offer_id,
            score=score_of(one.parts),
            half_days=half_days(one.days),
            pence=one.pence or 0,
        )
        for one in places
        if one.offer_id in offers and one.need_id in needs and not is_over(one)
    )


def score_of(parts: Any) -> Score:
    """A score as it was kept with a place."""
    kept = {name: parts[name] for name in ("score", "parts", "points", "missing") if name in parts}
    return msgspec.convert(kept, Score) if "score" in kept else Score(score=0, parts={}, points={})


def chosen_option(found: Sequence[Option], key: str) -> Option:
    """The option of this key. Raises Refused when it is not among them any more."""
    for one in found:
        if key_of(one) == key:
            return one
    raise Refused(GONE)


def key_of(option: Option) -> str:
    """How a form names an option: the offer, and where somebody moves, who and whither."""
    parts: list[UUID] = [option.offer]
    if option.move is not None:
        parts += [option.move.need, option.move.to]
    return "_".join(str(one) for one in parts)
