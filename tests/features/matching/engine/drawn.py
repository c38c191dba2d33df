"""Random small instances with missing facts, broken rules, accepted pairs and short budgets.

Drawn from a `random.Random`: Hypothesis supplies one so that it can shrink failures, a seed gives thousands
quickly.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Literal, TypeVar
from uuid import UUID

from alongside.features.matching.engine.instance import (
    Budget,
    Context,
    ExistingAgreement,
    Instance,
    Need,
    Offer,
    PairFacts,
    PairHistory,
    Parameters,
    School,
)
from tests.sampling import size

ON = date(2026, 11, 26)
THEMES = ("maths", "reading")
TERMS: tuple[tuple[str, ...], ...] = ((), (), ("spring",), ("summer",), ("spring", "summer"))
MANY = size(400, 5_000)
"""Instances in each test; the complete number by `make load`."""
T = TypeVar("T")


def many(model: str | None = None, *, loose: bool = False, share: int = 1) -> Iterator[Instance]:
    """Many instances, the same each time; `share` divides the number."""
    for seed in range(0, MANY, share):
        yield draw(Random(seed), model=model, loose=loose)


def draw(
    chance: Random, *, needs: int = 7, offers: int = 5, model: str | None = None, loose: bool = False
) -> Instance:
    """One instance with at most this many needs and offers; `loose` breaks few rules."""
    drawn_needs = tuple(_need(chance, number, loose) for number in range(1, 1 + chance.randint(1, needs)))
    drawn_offers = tuple(
        _offer(chance, 100 + number, loose) for number in range(1, 1 + chance.randint(1, offers))
    )
    kinds: tuple[Literal["accepted", "forbidden", "declined", "planned"], ...] = (
        "accepted",
        "forbidden",
        "declined",
        "planned",
    )
    pairs = {
        (chance.choice(drawn_needs).id, chance.choice(drawn_offers).id): chance.choice(kinds)
        for _ in range(chance.randint(0, 4))
    }
    return Instance(
        on=ON,
        schools=tuple(_school(chance, urn, loose) for urn in range(1, 7)),
        needs=drawn_needs,
        offers=drawn_offers,
        known=tuple(PairHistory(need=need, offer=offer, what=what) for (need, offer), what in pairs.items()),
        between=() if loose else tuple(_between(chance) for _ in range(chance.randint(0, 2))),
        budgets=tuple(
            Budget(pool=pool, pence=chance.randint(0, 40) * 10_000)
            for pool in ("primary", "secondary")
            if chance.random() < 0.5
        ),
        parameters=Parameters(
            model=model or chance.choice(("days", "slots")),  # type: ignore[arg-type]
            score_at_least=chance.choice((0, 450)),
            limit_seconds=10.0,
        ),
    )


def _maybe(chance: Random, value: T) -> T | None:
    return value if chance.random() < 0.8 else None


def _day(chance: Random) -> date | None:
    return _maybe(chance, ON + timedelta(days=chance.randint(-30, 200)))


def _school(chance: Random, urn: int, loose: bool) -> School:
    return School(
        urn=urn,
        authority=1 if loose or urn < 6 else 2,
        consortia=chance.choice(((), ("north",), ("south",), ("north", "south"))),
        groups=() if loose else chance.choice(((), (), ("trust",), ("federation", "trust"))),
        easting=_maybe(chance, chance.randint(0, 40_000)),
        northing=chance.randint(0, 40_000),
        context=Context(
            pupils=_maybe(chance, chance.randint(20, 1500)),
            fsm_percent=_maybe(chance, float(chance.randint(0, 80))),
        ),
    )


def _need(chance: Random, number: int, loose: bool) -> Need:
    return Need(
        id=UUID(int=number),
        school=chance.randint(1, 6),
        phase="primary" if loose else chance.choice(("primary", "primary", "secondary")),
        theme=chance.choice(THEMES),
        tier=chance.choice((1, 2, 3)),
        half_days=_maybe(chance, chance.randint(1, 12)),
        partners=chance.choice((1, 1, 2)),
        starts_on=None if loose else _day(chance),
        terms=() if loose else chance.choice(TERMS),
        pool=chance.choice((None, "primary", "secondary")),
        designations=() if loose else chance.choice(((), (), ("nle",), ("nle", "sle"))),
        shown_to_all=loose or chance.random() < 0.7,
    )


def _offer(chance: Random, number: int, loose: bool) -> Offer:
    reviews = chance.randint(0, 5)
    themes = chance.sample(THEMES, 2 if loose else chance.randint(1, 2))
    return Offer(
        id=UUID(int=number),
        school=chance.randint(1, 6),
        half_days=chance.randint(0, 20),
        engagements=chance.randint(0, 3),
        themes={theme: chance.choice((None, 300, 500, 700, 1000)) for theme in themes},
        phases=chance.choice((("primary",), ("primary", "secondary"), ("secondary",))),
        ends_on=None if loose else _day(chance),
        terms=() if loose else chance.choice(TERMS),
        travel_miles=None if loose else chance.choice((None, 5, 20)),
        pence_per_day=chance.choice((0, 35_001, 50_000)),
        designations=tuple(
            ExistingAgreement(designation=key, until=_day(chance))
            for key in ("nle", "sle")
            if chance.random() < 0.5
        ),
        shown_to_all=loose or chance.random() < 0.7,
        fit=loose or chance.random() < 0.85,
        confirmed=loose or chance.random() < 0.85,
        last_asked_on=_day(chance),
        burden_half_days=_maybe(chance, chance.randint(0, 60)),
        reviews=reviews,
        reviews_good=chance.randint(0, reviews),
    )


def _between(chance: Random) -> PairFacts:
    return PairFacts(
        school=chance.randint(1, 6),
        other=chance.randint(1, 6),
        what=chance.choice(("excluded", "interest")),
    )
