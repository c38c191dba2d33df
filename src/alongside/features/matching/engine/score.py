"""The score of one offer for one need, as stored with a run and shown."""

import msgspec


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """How well an offer suits a need.

    `parts` are 0 to 1000 each, `points` are their weighted values, which add up to `score`. `missing` names
    the parts without known facts; they have a neutral value. `alike_in` names the facts known of both
    schools, which the similarity uses; None in scores stored before this field existed. `few_reviews`: so few
    that the usual rate counts as much as they do.
    """

    score: int
    parts: dict[str, int]
    points: dict[str, int]
    missing: tuple[str, ...] = ()
    alike_in: tuple[str, ...] | None = None
    few_reviews: bool = False
