"""Capacity analysis: unmet need, scarce offers whose effects are solved again, and workload."""

from collections import Counter

import msgspec
import pytest

from alongside.features.matching.engine.capacity_analysis import supply, with_more
from alongside.features.matching.engine.instance import Instance, Parameters
from alongside.features.matching.engine.planning import Prepared, plan, plan_of
from alongside.features.matching.engine.result import Plan, Supply
from tests.features.matching.engine.made import authority


def looked_at(instance: Instance) -> tuple[Prepared, Plan, Supply]:
    """A plan and its capacity findings."""
    prepared = Prepared(instance)
    made = plan_of(prepared)
    return prepared, made, supply(prepared, made, 20.0)


def served(made: Plan) -> int:
    """How many needs have a partner."""
    return sum(tier.served for tier in made.coverage)


@pytest.mark.parametrize("model", ["days", "slots"])
def test_each_headline_is_what_solving_again_says(model: str) -> None:
    """The effect of three more days, checked by a separate plan."""
    instance = authority(60, 2, parameters=Parameters(model=model))  # type: ignore[arg-type]
    _, made, shown = looked_at(instance)
    assert shown.scarce
    for scarce in shown.scarce:
        assert scarce.exact
        offers = tuple(
            msgspec.structs.replace(
                offer,
                half_days=offer.half_days + scarce.more_half_days,
                engagements=offer.engagements + scarce.more_engagements,
            )
            if offer.id == scarce.offer
            else offer
            for offer in instance.offers
        )
        again = plan(msgspec.structs.replace(instance, offers=offers))
        assert served(again) - served(made) == scarce.needs_met
        assert again.objective - made.objective == scarce.points


def test_more_days_never_serve_fewer() -> None:
    """Neither in total nor in any tier."""
    prepared, made, _ = looked_at(authority(60, 3))
    for offer in prepared.columns.instance.offers[:10]:
        met, points, _ = with_more(prepared, made, offer.id, 6, 1, 10.0)
        assert met >= 0
        assert points >= 0


def test_gaps_count_every_need_once_a_term() -> None:
    """Needs without a partner, with and without candidates."""
    instance = authority(134, 2)
    _, made, shown = looked_at(instance)
    named = Counter((need.theme, need.phase, term) for need in instance.needs for term in need.terms)
    assert {(gap.theme, gap.phase, gap.term): gap.needs for gap in shown.gaps} == dict(named)
    terms = {need.id: len(need.terms) for need in instance.needs}
    assert sum(gap.without_supply for gap in shown.gaps) == sum(
        terms[one.need] for one in made.unserved if not one.candidates
    )
    assert sum(gap.short_of_days for gap in shown.gaps) == sum(
        terms[one.need] for one in made.unserved if one.candidates
    )


def test_a_leader_for_what_nobody_offers_brings_what_is_missing() -> None:
    """Two needs on a theme that no offer has: one more leader serves both."""
    instance = authority(60, 1)
    lonely = tuple(
        msgspec.structs.replace(need, theme="post_16", half_days=4, partners=1, designations=(),
                                shown_to_all=True)
        if at < 2 else need
        for at, need in enumerate(instance.needs)
    )  # fmt: skip
    phases = {need.phase for need in lonely[:2]}
    _, _, shown = looked_at(msgspec.structs.replace(instance, needs=lonely, budgets=()))
    brought = {one.phase: one.needs_met for one in shown.recruits if one.theme == "post_16"}
    assert brought.keys() == phases
    assert sum(brought.values()) == 2, "also when what the solver starts from can be improved by presolve"


def test_given_and_received_add_up() -> None:
    """Days given in a plan equal days received; a full load is marked."""
    instance = authority(60, 1)
    _, made, shown = looked_at(instance)
    assert sum(one.gives for one in shown.balance) == sum(pair.half_days for pair in made.pairs)
    assert sum(one.gets for one in shown.balance) == sum(pair.half_days for pair in made.pairs)
    full = instance.parameters.full_burden_half_days
    for one in shown.balance:
        assert one.over == (one.gives > 0 and one.gives + (one.gave_lately or 0) >= full)
