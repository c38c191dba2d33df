"""Analyses capacity: unmet need by theme, phase and term, scarce offers, and workload.

Dual prices of the relaxation suggest which offers are scarce; each reported effect is checked by solving the
plan again. Source: domain.md F4, F9, F10; reference on matching §3.4.
"""

from collections import Counter
from time import monotonic
from uuid import UUID

import msgspec
import numpy as np

from alongside.features.matching.engine.gaps import gaps_of
from alongside.features.matching.engine.instance import Instance, Offer, School
from alongside.features.matching.engine.local_resolve import again, near
from alongside.features.matching.engine.mip_model import DAYS, ENGAGEMENTS
from alongside.features.matching.engine.objective import TIERS, firsts, served_by, total
from alongside.features.matching.engine.planning import Prepared, chosen_of
from alongside.features.matching.engine.result import (
    Balance,
    Plan,
    RecruitmentEffect,
    ScarceOffer,
    Supply,
)
from alongside.features.matching.engine.solver import Solver

MORE_HALF_DAYS = 6
MOST_CHECKED = 8
SECONDS_A_CHECK = 1.0
SMALL = 120
"""Up to this many needs the whole plan is solved again; above it, only nearby needs."""
NOBODY = UUID(int=0)
"""The id of the hypothetical offer of a leader who has not been recruited yet."""
USUAL_HALF_DAYS, USUAL_ENGAGEMENTS, USUAL_STRENGTH = 20, 2, 800


def supply(prepared: Prepared, plan: Plan, seconds: float) -> Supply:
    """The capacity findings of a plan; effects are checked until the time is over."""
    until = monotonic() + seconds
    gaps = gaps_of(prepared.columns.instance, plan)
    return Supply(
        gaps=gaps,
        scarce=_scarce(prepared, plan, until) if seconds > 0 else (),
        recruits=_recruitment_effects(prepared, plan, until) if seconds > 0 else (),
        balance=_balance(prepared.columns.instance, plan),
    )


def with_more(
    prepared: Prepared, plan: Plan, offer: UUID, half_days: int, engagements: int, seconds: float
) -> tuple[int, int, bool]:
    """The effect of more days or engagements of an offer: needs met, points, and whether that is exact."""
    instance = prepared.columns.instance
    offers = tuple(
        msgspec.structs.replace(
            one, half_days=one.half_days + half_days, engagements=one.engagements + engagements
        )
        if one.id == offer
        else one
        for one in instance.offers
    )
    return _checked(msgspec.structs.replace(instance, offers=offers), plan, offer, seconds)


def _scarce(prepared: Prepared, plan: Plan, until: float) -> tuple[ScarceOffer, ...]:
    """The offers with the highest prices, each with the effect of a little more capacity."""
    days, engagements = _prices(prepared, until)
    ranked = sorted({*days, *engagements}, key=lambda offer: (-days[offer] - engagements[offer], offer))
    found = []
    for offer in ranked[:MOST_CHECKED]:
        more = (MORE_HALF_DAYS if days[offer] else 0, 1 if engagements[offer] else 0)
        one = prepared.columns.instance.offers[offer].id
        left = min(until - monotonic(), SECONDS_A_CHECK)
        if left > 0:
            met, points, exact = with_more(prepared, plan, one, *more, left)
            found.append(
                ScarceOffer(
                    offer=one,
                    price=days[offer] + engagements[offer],
                    more_half_days=more[0],
                    more_engagements=more[1],
                    needs_met=met,
                    points=points,
                    exact=exact,
                )
            )
    return tuple(sorted(found, key=lambda scarce: (-scarce.needs_met, -scarce.points, scarce.offer)))


def _prices(prepared: Prepared, until: float) -> tuple[Counter[int], Counter[int]]:
    """The value in points of three more days, and of one more engagement, of each offer."""
    rows = prepared.programme.rows
    days, engagements = Counter[int](), Counter[int]()
    relaxed = Solver(prepared.programme, integer=False)
    if relaxed.solve(until - monotonic()).values is None:
        return days, engagements
    prices = np.abs(relaxed.prices())
    for row in np.flatnonzero(prices > 1).tolist():
        if rows.limit[row] == DAYS:
            days[int(rows.which[row])] += round(float(prices[row]) * MORE_HALF_DAYS / int(rows.divisor[row]))
        elif rows.limit[row] == ENGAGEMENTS:
            engagements[int(rows.which[row])] += round(float(prices[row]))
    return days, engagements


def _recruitment_effects(prepared: Prepared, plan: Plan, until: float) -> tuple[RecruitmentEffect, ...]:
    """How many more needs one more recruited leader would meet, for the themes and phases with the most unmet need."""
    instance = prepared.columns.instance
    unmet = Counter[tuple[str, str]]()
    unserved = {one.need for one in plan.unserved}
    for need in instance.needs:
        if need.id in unserved:
            unmet[need.theme, need.phase] += 1
    found = []
    for theme, phase in sorted(unmet, key=lambda cell: (-unmet[cell], cell))[:MOST_CHECKED]:
        left = min(until - monotonic(), SECONDS_A_CHECK)
        if left > 0:
            met, points, exact = _checked(_recruited(instance, theme, phase), plan, NOBODY, left)
            found.append(
                RecruitmentEffect(
                    theme=theme,
                    phase=phase,
                    half_days=USUAL_HALF_DAYS,
                    needs_met=met,
                    points=points,
                    exact=exact,
                )
            )
    return tuple(sorted(found, key=lambda recruit: (-recruit.needs_met, -recruit.points, recruit.theme)))


def _recruited(instance: Instance, theme: str, phase: str) -> Instance:
    """Add a hypothetical offer of a nearby school that is in every consortium."""
    consortia = {key for school in instance.schools for key in school.consortia}
    school = School(urn=0, authority=instance.schools[0].authority, consortia=tuple(sorted(consortia)))
    offer = Offer(
        id=NOBODY,
        school=school.urn,
        half_days=USUAL_HALF_DAYS,
        engagements=USUAL_ENGAGEMENTS,
        themes={theme: USUAL_STRENGTH},
        phases=(phase,),
    )
    return msgspec.structs.replace(
        instance, schools=(*instance.schools, school), offers=(*instance.offers, offer)
    )


def _checked(instance: Instance, plan: Plan, offer: UUID, seconds: float) -> tuple[int, int, bool]:
    """Solve a changed instance, starting from a plan. Returns needs met, points, and whether that is exact.

    No tier may be served less than in the plan.
    """
    prepared = Prepared(instance)
    programme = prepared.programme
    chosen = chosen_of(prepared, plan.pairs)
    everybody = np.arange(len(programme.capacity.partners))
    free = (
        everybody
        if len(everybody) <= SMALL
        else near(programme, chosen, None, prepared.columns.offer_at[offer])
    )
    least = [(firsts(programme, tier), served_by(programme, chosen, tier)) for tier in TIERS]
    solved, everything = again(programme, chosen, free, seconds=seconds, least=least)
    if solved.values is None:
        return 0, 0, False
    then = solved.values[: programme.pairs] > 0.5
    met = sum(
        served_by(programme, then, tier) - served for tier, (_, served) in zip(TIERS, least, strict=True)
    )
    return met, total(programme, then) - total(programme, chosen), everything and solved.status == "optimal"


def _balance(instance: Instance, plan: Plan) -> tuple[Balance, ...]:
    """Half days given and received by each school; `over` if these and its recent load reach a full load."""
    asking = {need.id: need.school for need in instance.needs}
    giving = {offer.id: offer.school for offer in instance.offers}
    gives, gets = Counter[int](), Counter[int]()
    for pair in plan.pairs:
        gives[giving[pair.offer]] += pair.half_days
        gets[asking[pair.need]] += pair.half_days
    lately: dict[int, int] = {}
    for offer in instance.offers:
        if offer.burden_half_days is not None:
            lately[offer.school] = max(lately.get(offer.school, 0), offer.burden_half_days)
    full = instance.parameters.full_burden_half_days
    return tuple(
        Balance(
            school=school,
            gives=gives[school],
            gets=gets[school],
            gave_lately=lately.get(school),
            over=gives[school] > 0 and gives[school] + lately.get(school, 0) >= full,
        )
        for school in sorted({*gives, *gets, *lately})
    )
