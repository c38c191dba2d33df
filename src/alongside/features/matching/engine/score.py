"""How well one offer suits one need, as it is stored with a run and shown."""

import msgspec


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How well an offer suits a need.

    `parts` are 0 to 1000 each, `points` what each brings after it is weighed: they add up to `score`. `missing`
    names the parts for which nothing is known; they stand at a neutral value. `alike_in` names what is known of
    both schools, so that likeness goes by it; None in a score that was stored before this was told.
    `few_reviews`: there are so few that what is usual counts for as much as they do.
    """

    score: int
    parts: dict[str, int]
    points: dict[str, int]
    missing: tuple[str, ...] = ()
    alike_in: tuple[str, ...] | None = None
    few_reviews: bool = False
