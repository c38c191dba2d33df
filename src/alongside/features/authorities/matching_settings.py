"""An authority's settings for matching needs with offers: weights, exclusions and the cost of a plan."""

from typing import Annotated

import msgspec

Weight = Annotated[int, msgspec.Meta(ge=0, le=100)]
Points = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class Matching(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules and weights of match plans. Weights are relative to each other; scores are 0 to 1000 points."""

    weight_expertise: Weight
    weight_track_record: Weight
    weight_travel: Weight
    weight_context: Weight
    weight_locality: Weight
    weight_burden: Weight
    score_at_least: Points
    travel_miles: Annotated[int, msgspec.Meta(ge=1, le=200)]
    days_if_not_sure: Annotated[float, msgspec.Meta(ge=0.5, le=50)]
    full_burden_days: Annotated[int, msgspec.Meta(ge=1, le=200)]
    pence_per_day: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    mind_money: bool
    short_of_support: Points
    stickiness: Points
    better_by: Points
    interest_may_be_set_aside: bool
    declines_ask_for_person: Annotated[int, msgspec.Meta(ge=1, le=20)]
    seconds: Annotated[int, msgspec.Meta(ge=1, le=60)]
