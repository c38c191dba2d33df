"""A second implementation of the hard rules, pair by pair and without NumPy, to check plans."""

from collections import Counter
from math import dist
from uuid import UUID

from alongside.features.matching.engine.instance import Instance, Need, Offer, School
from alongside.features.matching.engine.result import Plan

MILE = 1609.344


def broken_rules(instance: Instance, need: Need, offer: Offer) -> set[str]:
    """The names of the hard rules that this pair breaks, except the minimum score."""
    schools = {school.urn: school for school in instance.schools}
    asking, giving = schools[need.school], schools[offer.school]
    strength = offer.themes.get(need.theme, -1)
    half_days = instance.parameters.unsure_half_days if need.half_days is None else need.half_days
    known = {known.what for known in instance.known if (known.need, known.offer) == (need.id, offer.id)}
    between = {one.what for one in instance.between if {one.school, one.other} == {asking.urn, giving.urn}}
    shared = set(asking.consortia) & set(giving.consortia)
    broken = {
        "own_school": asking.urn == giving.urn,
        "phase": need.phase not in offer.phases,
        "strength": strength is not None and strength < instance.parameters.strength_at_least,
        "suspension": not offer.fit,
        "unconfirmed": not offer.confirmed,
        "same_group": bool(set(asking.groups) & set(giving.groups)),
        "excluded": "excluded" in between,
        "interest": "interest" in between,
        "forbidden": "forbidden" in known,
        "declined": "declined" in known,
        "not_shown": not (need.shown_to_all and offer.shown_to_all) and not shared,
        "designation": bool(need.designations) and not _designated(instance, need, offer),
        "dates": not _meet_in_time(instance, need, offer),
        "travel": _too_far(instance, offer, asking, giving),
        "days": instance.parameters.model == "days" and half_days > offer.half_days,
        "engagements": offer.engagements < 1,
    }
    return {rule for rule, is_broken in broken.items() if is_broken}


def _designated(instance: Instance, need: Need, offer: Offer) -> bool:
    begins = max(instance.on, need.starts_on or instance.on)
    return any(
        stored.designation in need.designations and (stored.until is None or stored.until >= begins)
        for stored in offer.designations
    )


def _meet_in_time(instance: Instance, need: Need, offer: Offer) -> bool:
    begins = max(instance.on, need.starts_on or instance.on)
    if offer.ends_on is not None and offer.ends_on < begins:
        return False
    if offer.starts_on is not None and need.ends_on is not None and offer.starts_on > need.ends_on:
        return False
    return not need.terms or not offer.terms or bool(set(need.terms) & set(offer.terms))


def _too_far(instance: Instance, offer: Offer, asking: School, giving: School) -> bool:
    assignments = (asking.easting, asking.northing, giving.easting, giving.northing)
    if None in assignments:
        return False
    limit = instance.parameters.travel_miles if offer.travel_miles is None else offer.travel_miles
    return dist(assignments[:2], assignments[2:]) > limit * MILE  # type: ignore[arg-type]


def faults(instance: Instance, plan: Plan) -> list[str]:
    """All violations in a plan: rules, days, engagements, money, partners, fixed pairs. Empty if valid."""
    needs = {need.id: need for need in instance.needs}
    offers = {offer.id: offer for offer in instance.offers}
    accepted = {(known.need, known.offer) for known in instance.known if known.what == "accepted"}
    pinned = {(known.need, known.offer) for known in instance.known if known.what == "pinned"}
    pairs = {(pair.need, pair.offer) for pair in plan.pairs}
    found = []
    if len(pairs) < len(plan.pairs):
        found.append("a pair twice")
    if not accepted | pinned <= pairs:
        found.append("something fixed is not in the plan")
    for pair in plan.pairs:
        if (pair.need, pair.offer) not in accepted:
            broken = broken_rules(instance, needs[pair.need], offers[pair.offer])
            if broken:
                found.append(f"{broken} broken")
            weak = pair.score.score < instance.parameters.score_at_least
            if weak and (pair.need, pair.offer) not in pinned:
                found.append("too weak")
        if sum(pair.score.points.values()) != pair.score.score:
            found.append("points do not add up")
    return found + _overdrawn(instance, plan, accepted)


def _overdrawn(instance: Instance, plan: Plan, accepted: set[tuple[UUID, UUID]]) -> list[str]:
    """Resources that the plan overuses, beyond what accepted pairs use."""
    rates = {offer.id: offer.pence_per_day for offer in instance.offers}
    pools = {need.id: need.pool for need in instance.needs}
    taken: Counter[tuple[str, object]] = Counter()
    kept: Counter[tuple[str, object]] = Counter()
    for pair in plan.pairs:
        for what, key, much in (
            ("days", pair.offer, pair.half_days),
            ("engagements", pair.offer, 1),
            ("partners", pair.need, 1),
            ("money", pools[pair.need], pair.half_days * rates[pair.offer]),
        ):
            taken[what, key] += much
            if (pair.need, pair.offer) in accepted:
                kept[what, key] += much
    limits: dict[tuple[str, object], int] = {
        **{("days", offer.id): offer.half_days for offer in instance.offers},
        **{("engagements", offer.id): offer.engagements for offer in instance.offers},
        **{("partners", need.id): need.partners for need in instance.needs},
        **{("money", budget.pool): 2 * budget.pence for budget in instance.budgets},
    }
    return [
        f"{what} overdrawn"
        for (what, key), much in taken.items()
        if (what, key) in limits
        and not (what == "days" and instance.parameters.model == "slots")
        and much > max(limits[what, key], kept[what, key])
    ]
