"""Infeasible input is refused with a sentence, and no plan is made."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from alongside.features.matching.engine.instance import Instance, PairHistory, Weights
from alongside.features.matching.engine.planning import plan
from alongside.features.matching.engine.validation import InfeasibleProblem
from tests.features.matching.engine.made import authority

GOOD = authority(30, 1)
NOTHING = Weights(expertise=0, track_record=0, travel=0, context=0, locality=0, burden=0)


def with_parameters(**changes: Any) -> Instance:
    """A valid instance with these parameters changed."""
    return msgspec.structs.replace(GOOD, parameters=msgspec.structs.replace(GOOD.parameters, **changes))


def pinned(need: int, *offers: int, **changes: Any) -> Instance:
    """A valid instance in which a need is pinned to offers, with these changes to the first of them."""
    first, *others = (GOOD.offers[offer] for offer in offers)
    wanted = msgspec.structs.replace(
        GOOD.needs[need], theme=next(iter(first.themes)), phase=first.phases[0], shown_to_all=True,
        designations=(), terms=(), half_days=2, partners=1,
    )  # fmt: skip
    good = {"fit": True, "confirmed": True, "shown_to_all": True, "terms": (), "travel_miles": 200}
    given = [
        msgspec.structs.replace(offer, themes={wanted.theme: 900}, phases=(wanted.phase,), **(good | change))
        for offer, change in zip([first, *others], [changes, *({} for _ in others)], strict=True)
    ]
    return msgspec.structs.replace(
        GOOD,
        needs=(wanted,),
        offers=tuple(given),
        between=(),
        known=tuple(PairHistory(need=wanted.id, offer=offer.id, what="pinned") for offer in given),
        schools=tuple(msgspec.structs.replace(school, groups=()) for school in GOOD.schools),
    )


REFUSED: dict[str, tuple[Callable[[], Instance], str]] = {
    "no needs": (lambda: msgspec.structs.replace(GOOD, needs=()), "no open need"),
    "no offers": (lambda: msgspec.structs.replace(GOOD, offers=()), "no live offer"),
    "weights of nothing": (lambda: with_parameters(weights=NOTHING), "sum to nothing"),
    "a weight below nothing": (lambda: with_parameters(weights=Weights(travel=-1)), "below 0"),
    "no time": (lambda: with_parameters(limit_seconds=0.0), "time limit"),
    "a need of no school": (lambda: msgspec.structs.replace(GOOD, schools=()), "is not among the schools"),
    "an offer twice": (
        lambda: msgspec.structs.replace(GOOD, offers=(*GOOD.offers, GOOD.offers[0])),
        "there twice",
    ),
    "a pin that is not confirmed": (lambda: pinned(0, 1, confirmed=False), "not confirmed lately"),
    "a pin that has run out": (lambda: pinned(0, 1, ends_on=date(2026, 1, 1)), "not at the time"),
    "a pin without days": (lambda: pinned(0, 1, half_days=1), "without enough days left"),
    "a pin without a place": (lambda: pinned(0, 1, engagements=0), "as many schools as they can"),
    "a pin whose offer has gone": (
        lambda: msgspec.structs.replace(pinned(0, 1), offers=pinned(0, 2).offers),
        "no longer live",
    ),
    "two pins for one partner": (lambda: pinned(0, 1, 2), "as many partners as it asks for"),
}


@pytest.mark.parametrize("escalation", REFUSED)
def test_what_cannot_be_planned_has_its_sentence(escalation: str) -> None:
    """The sentence says what is wrong, then what to do."""
    make, words = REFUSED[escalation]
    with pytest.raises(InfeasibleProblem) as refused:
        plan(make())
    assert words in refused.value.sentence


def test_the_pin_that_the_others_are_made_from_can_be_kept() -> None:
    """The unchanged pin is feasible, so each refusal above has its own reason."""
    instance = pinned(0, 1)
    assert [pair.why_fixed for pair in plan(instance).pairs] == ["pinned"]


def test_a_pin_beyond_the_money_is_refused() -> None:
    """A day at 400 pounds from a fund of one pound."""
    instance = pinned(0, 1, pence_per_day=40_000)
    poor = tuple(msgspec.structs.replace(budget, pence=100) for budget in instance.budgets)
    with pytest.raises(InfeasibleProblem, match="not enough money"):
        plan(msgspec.structs.replace(instance, budgets=poor))
