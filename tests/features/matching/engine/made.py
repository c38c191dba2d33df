"""Generated authorities, the same for a seed: schools in towns, needs and offers like those of the trials.

About half of the schools offer days and three in five ask for some, so that offers are scarce.
"""

import random
from datetime import date, timedelta
from typing import Literal
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

ON = date(2026, 11, 26)
THEMES = (
    "early_reading", "writing", "mathematics", "curriculum", "teaching", "achievement", "send", "disadvantage",
    "new_to_english", "attendance", "behaviour", "leadership",
)  # fmt: skip
TERMS = ("2026-27_spring", "2026-27_summer")
ENGLAND = 152


def authority(schools: int, seed: int, *, code: int = 1, parameters: Parameters | None = None) -> Instance:
    """One authority with this many schools, a fifth of them secondary."""
    chance = random.Random(seed * 1000 + code)
    assignments = _schools(chance, schools, code)
    needs = tuple(
        _need(chance, school, code * 100_000 + at)
        for at, school in enumerate(assignments)
        if chance.random() < 0.62
    )
    offers = tuple(
        _offer(chance, school, code * 100_000 + 50_000 + at)
        for at, school in enumerate(assignments)
        if chance.random() < 0.45
    )
    return Instance(
        on=ON,
        schools=assignments,
        needs=needs,
        offers=offers,
        known=_known(chance, needs, offers),
        between=tuple(
            PairFacts(
                school=chance.choice(assignments).urn,
                other=chance.choice(assignments).urn,
                what=chance.choice(("excluded", "interest")),
            )
            for _ in range(schools // 10)
        ),
        budgets=(
            Budget(pool=f"{code}:primary", pence=200_000_00 * schools // 134),
            Budget(pool=f"{code}:secondary", pence=100_000_00 * schools // 134),
        ),
        parameters=parameters or Parameters(),
    )


def england(seed: int, schools: int = 24_000, parameters: Parameters | None = None) -> list[Instance]:
    """This many schools in 152 authorities of realistic, very different sizes."""
    chance = random.Random(seed)
    shares = [chance.lognormvariate(0, 0.65) for _ in range(ENGLAND)]
    sizes = [max(12, round(schools * share / sum(shares))) for share in shares]
    sizes[0] += schools - sum(sizes)
    return [authority(size, seed, code=code, parameters=parameters) for code, size in enumerate(sizes, 1)]


def together(parts: list[Instance]) -> Instance:
    """Several authorities in one instance, which the rules keep apart."""
    return Instance(
        on=ON,
        schools=tuple(school for part in parts for school in part.schools),
        needs=tuple(need for part in parts for need in part.needs),
        offers=tuple(offer for part in parts for offer in part.offers),
        known=tuple(known for part in parts for known in part.known),
        between=tuple(between for part in parts for between in part.between),
        budgets=tuple(budget for part in parts for budget in part.budgets),
        parameters=parts[0].parameters,
    )


def _schools(chance: random.Random, count: int, code: int) -> tuple[School, ...]:
    towns = [(chance.gauss(0, 9_000), chance.gauss(0, 9_000)) for _ in range(max(3, count // 25))]
    found = []
    for at in range(count):
        east, north = chance.choice(towns)
        secondary = chance.random() < 0.2
        phase = "secondary" if secondary else "primary"
        known = chance.random() < 0.97
        found.append(
            School(
                urn=code * 10_000 + at,
                authority=code,
                consortia=(f"{code}:{phase}:{at % (3 if secondary else 5)}",),
                groups=(f"{code}:trust:{chance.randrange(max(2, count // 6))}",)
                if chance.random() < 0.45
                else (),
                easting=round(400_000 + east + chance.gauss(0, 2_500)) if known else None,
                northing=round(400_000 + north + chance.gauss(0, 2_500)) if known else None,
                context=Context(
                    pupils=round(chance.lognormvariate(6.9 if secondary else 5.6, 0.4)),
                    fsm_percent=round(min(80.0, chance.expovariate(1 / 22)), 1)
                    if chance.random() < 0.95
                    else None,
                    eal_percent=round(min(95.0, chance.expovariate(1 / 15)), 1)
                    if chance.random() < 0.9
                    else None,
                    send_percent=round(max(2.0, chance.gauss(14, 4)), 1),
                    urban=float(chance.random() < 0.8),
                ),
            )
        )
    return tuple(found)


def _phase(school: School) -> str:
    return school.consortia[0].split(":")[1]


def _need(chance: random.Random, school: School, number: int) -> Need:
    tiers: tuple[Literal[1, 2, 3], ...] = (1, 2, 3)
    tier = chance.choices(tiers, (15, 30, 55))[0]
    return Need(
        id=UUID(int=number),
        school=school.urn,
        phase=_phase(school),
        theme=chance.choice(THEMES),
        tier=tier,
        half_days=None
        if chance.random() < 0.05
        else chance.choice((4, 6, 8, 10, 12, 16)) + (4 if tier == 1 else 0),
        partners=2 if tier == 1 and chance.random() < 0.3 else 1,
        terms=TERMS if chance.random() < 0.7 else (chance.choice(TERMS),),
        pool=f"{school.authority}:{_phase(school)}",
        designations=("nle", "lle") if tier == 1 and chance.random() < 0.1 else (),
        shown_to_all=chance.random() < 0.9,
        waiting_since=ON - timedelta(days=chance.randrange(60)),
    )


def _offer(chance: random.Random, school: School, number: int) -> Offer:
    themes = chance.sample(THEMES, chance.choice((2, 3, 4)))
    reviews = chance.choice((0, 0, 1, 2, 4, 8))
    return Offer(
        id=UUID(int=number),
        school=school.urn,
        half_days=chance.choice((10, 16, 20, 24, 30)),
        engagements=chance.choice((1, 2, 2, 3)),
        themes={
            theme: None if chance.random() < 0.05 else chance.choice((400, 600, 700, 800, 900, 1000))
            for theme in themes
        },
        phases=(_phase(school),),
        terms=TERMS if chance.random() < 0.7 else (chance.choice(TERMS),),
        travel_miles=chance.choice((None, 10, 15, 25)),
        pence_per_day=chance.choice((35_000, 40_000, 50_000)),
        designations=(
            ExistingAgreement(designation=chance.choice(("nle", "lle", "sle")), until=date(2027, 8, 31)),
        )
        if chance.random() < 0.4
        else (),
        shown_to_all=chance.random() < 0.9,
        fit=chance.random() < 0.95,
        confirmed=chance.random() < 0.93,
        last_asked_on=ON - timedelta(days=chance.randrange(400)) if chance.random() < 0.7 else None,
        burden_half_days=chance.choice((0, 0, 4, 10, 20, 36)) if chance.random() < 0.95 else None,
        reviews=reviews,
        reviews_good=sum(chance.random() < 0.75 for _ in range(reviews)),
    )


def _known(
    chance: random.Random, needs: tuple[Need, ...], offers: tuple[Offer, ...]
) -> tuple[PairHistory, ...]:
    if not needs or not offers:
        return ()
    return tuple(
        PairHistory(need=chance.choice(needs).id, offer=chance.choice(offers).id, what="declined")
        for _ in range(len(needs) // 10)
    )
