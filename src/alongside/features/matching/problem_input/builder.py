"""Builds the engine's instance for a scope, without facts that its leads may not see."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.consortia.models import PHASES as CONSORTIUM_PHASES
from alongside.features.directory.school_expertise import evidence_of_schools
from alongside.features.funding.models import SPENDS
from alongside.features.funding.queries import left_by_fund
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
    Weights,
)
from alongside.features.matching.problem_input.expertise import strengths
from alongside.features.matching.problem_input.queries import (
    NeedInput,
    OfferInput,
    ProblemRows,
    ProblemScope,
    ProposalInput,
    SchoolInput,
    load_problem_rows,
)
from alongside.features.offers.confirmation import fresh_since_by_school
from alongside.features.schools.phases import PHASES
from alongside.platform.school_calendar.calendar import financial_year, start_of_term

History = Literal["accepted", "pinned", "forbidden", "declined", "planned"]
BURDEN_TERMS = 3


async def build_instance(
    session: AsyncSession,
    authority_id: int,
    today: date,
    consortium_id: UUID | None,
    starts_from: UUID | None = None,
    seed: int = 1,
    weights_version: str = "1",
    short: Collection[int] = (),
) -> Instance:
    """Build the instance of a scope as of today, from the database.

    The periods of a plan are terms of the authority, whose leads make it; whether an offer is confirmed follows the
    calendar of its school. `starts_from` is the current plan. `short` are the schools with fewer days agreed than their
    category gives.
    """
    settings, calendar = settings_of(authority_id), calendar_of(authority_id)
    scope = ProblemScope(
        authority_id=authority_id,
        consortium_id=consortium_id,
        starts_from=starts_from,
        today=today,
        burden_since=start_of_term(calendar, today, BURDEN_TERMS),
        term_began=start_of_term(calendar, today, 1),
    )
    found = await load_problem_rows(session, scope)
    offers = {row.id: row for row in found.offers}
    fresh = await fresh_since_by_school(session, authority_id, today)
    accepted = dict(_accepted(found.under_way, offers))
    suspension = set(found.suspension)
    practice: dict[int, dict[str, int]] = {}
    for row in await evidence_of_schools(session, authority_id):
        practice.setdefault(row.school_urn, {})[row.theme] = row.level
    pools = _pools(settings, today)
    left = await left_by_fund(session, authority_id, today)
    return Instance(
        on=today,
        schools=tuple(_school(authority_id, row) for row in found.schools),
        needs=tuple(_need(settings, row, accepted, pools, row.school_urn in short) for row in found.needs),
        offers=tuple(
            _offer(
                settings,
                today,
                row,
                fresh.of(row.school_urn),
                practice.get(row.school_urn, {}),
                row.school_urn not in suspension,
            )
            for row in found.offers
        ),
        known=tuple(_known(found, accepted, {row.id for row in found.needs}, set(offers))),
        between=tuple(
            PairFacts(school=row.school_urn, other=row.other_urn, what=row.what) for row in found.barriers
        ),
        budgets=tuple(
            Budget(pool=pool, pence=max(left.get(pool, 0), 0)) for pool in sorted(set(pools.values()))
        ),
        parameters=parameters_of(settings, seed=seed, weights_version=weights_version),
    )


def parameters_of(settings: AuthoritySettings, *, seed: int = 1, weights_version: str = "1") -> Parameters:
    """The authority's rules and weights as engine parameters. Does not validate: the engine does."""
    ours = settings.matching
    return Parameters(
        weights=Weights(
            expertise=ours.weight_expertise,
            track_record=ours.weight_track_record,
            travel=ours.weight_travel,
            context=ours.weight_context,
            locality=ours.weight_locality,
            burden=ours.weight_burden,
        ),
        score_at_least=ours.score_at_least,
        travel_miles=ours.travel_miles,
        unsure_half_days=round(ours.days_if_not_sure * 2),
        full_burden_half_days=ours.full_burden_days * 2,
        short=ours.short_of_support,
        stickiness=ours.stickiness,
        margin=ours.better_by,
        declines=ours.declines_ask_for_person,
        limit_seconds=float(ours.seconds),
        seed=seed,
        weights_version=weights_version,
    )


def half_days(days: Decimal) -> int:
    """Convert days to half days, the engine's unit."""
    return int(days * 2)


def tier_of(settings: AuthoritySettings, urgency: str) -> Literal[1, 2, 3]:
    """The tier of an urgency, by its position in the settings; all after the second are tier 3."""
    entry = settings.urgencies.get(urgency)
    if entry is None or entry.order >= 3:
        return 3
    return 1 if entry.order == 1 else 2


def _school(authority_id: int, row: SchoolInput) -> School:
    keys = (("trust", row.trust_uid), ("federation", row.federation_uid))
    return School(
        urn=row.urn,
        authority=authority_id,
        consortia=tuple(row.consortia),
        groups=tuple(f"{kind}:{uid}" for kind, uid in keys if uid),
        easting=row.easting,
        northing=row.northing,
        context=Context(
            pupils=row.pupils,
            fsm_percent=None if row.percentage_fsm is None else float(row.percentage_fsm),
            urban=_urban(row.urban_rural),
        ),
    )


def _urban(words: str | None) -> float | None:
    """1 for urban, 0 for rural, None when the register does not say."""
    said = (words or "").lower()
    return 1.0 if "urban" in said else 0.0 if "rural" in said else None


def _need(
    settings: AuthoritySettings,
    row: NeedInput,
    accepted: Mapping[UUID, ProposalInput],
    pools: Mapping[str, str],
    short: bool,
) -> Need:
    agreed = accepted.get(row.id)
    days = row.days if agreed is None else agreed.days
    return Need(
        id=row.id,
        school=row.school_urn,
        phase=row.phase,
        theme=row.theme,
        tier=tier_of(settings, row.urgency),
        half_days=None if days is None else half_days(days),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        terms=tuple(row.terms),
        pool=pools.get(_paying_phase(settings, row.phase)),
        shown_to_all=row.shown_to_all,
        waiting_since=row.posted_at.date(),
        declines=row.declines,
        short=short,
    )


def _offer(
    settings: AuthoritySettings,
    today: date,
    row: OfferInput,
    fresh: date,
    practice: dict[str, int],
    fit: bool,
) -> Offer:
    holds = bool(row.designation) and (row.designation_until is None or row.designation_until >= today)
    return Offer(
        id=row.id,
        school=row.school_urn,
        half_days=half_days(row.days_left),
        engagements=row.places_left,
        themes=strengths(row.themes or {}, designated=holds, evidence=practice),
        phases=tuple(row.phases) or tuple(PHASES),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        terms=tuple(row.terms),
        travel_miles=row.travel_miles,
        pence_per_day=settings.matching.pence_per_day,
        designations=(
            (ExistingAgreement(designation=row.designation, until=row.designation_until),)
            if row.designation
            else ()
        ),
        shown_to_all=row.shown_to_all,
        fit=fit,
        confirmed=row.state == "live"
        and row.confirmed_on is not None
        and row.confirmed_on >= fresh
        and row.appetite != "no"
        and (holds or not row.designation),
        last_asked_on=row.last_asked_on,
        burden_half_days=0 if row.carried is None else half_days(row.carried),
        reviews=row.reviews,
        reviews_good=row.reviews_good,
    )


def _accepted(
    under_way: Iterable[ProposalInput], offers: Mapping[UUID, OfferInput]
) -> Iterator[tuple[UUID, ProposalInput]]:
    """For each need its accepted proposal, while the offers have enough days for all of them.

    A proposal that no longer fits could not be agreed, so it fixes nothing and takes no days.
    """
    left: dict[UUID, list[Decimal]] = {
        key: [row.days_left, Decimal(row.places_left)] for key, row in offers.items()
    }
    settled: set[UUID] = set()
    for row in under_way:
        if not row.said_yes or not row.possible:
            continue
        pool = left.get(row.offer_id)
        if row.need_id in settled or pool is None or pool[0] < row.days or pool[1] < 1:
            continue
        settled.add(row.need_id)
        pool[0] -= row.days
        pool[1] -= 1
        yield row.need_id, row


def _known(
    found: ProblemRows, accepted: Mapping[UUID, ProposalInput], needs: set[UUID], offers: set[UUID]
) -> Iterator[PairHistory]:
    """The history of pairs that take part; a proposal in progress overrides a constraint."""
    constraints: dict[str, History] = {"pin": "pinned", "forbid": "forbidden"}
    fixed = {(need, row.offer_id) for need, row in accepted.items()}
    pairs: list[tuple[UUID, UUID, History]] = [(need, offer, "accepted") for need, offer in fixed]
    pairs += [
        (row.need_id, row.offer_id, constraints[row.kind])
        for row in found.wishes
        if row.need_id not in accepted
    ]
    pairs += [(row.need_id, row.offer_id, "declined") for row in found.declined]
    planned = {(row.need_id, row.offer_id) for row in found.standing}
    planned |= {(row.need_id, row.offer_id) for row in found.under_way}
    declined = {(row.need_id, row.offer_id) for row in found.declined}
    pairs += [(need, offer, "planned") for need, offer in sorted(planned - declined)]
    for need, offer, what in pairs:
        answered_anew = what == "declined" and (need, offer) in fixed
        if need in needs and offer in offers and not answered_anew:
            yield PairHistory(need=need, offer=offer, what=what)


def _paying_phase(settings: AuthoritySettings, phase: str) -> str:
    """The phase whose budget pays for a need of this phase."""
    allowed = getattr(settings.phases, phase, ())
    return phase if phase in CONSORTIUM_PHASES else (allowed[0] if allowed else "all")


def _pools(settings: AuthoritySettings, today: date) -> dict[str, str]:
    """The fund that pays for each phase this financial year; empty if the authority does not use budgets.

    If a phase has funds but none for this year, its latest fund is used: `_budgets` then finds no money in
    it.
    """
    if not settings.matching.mind_money:
        return {}
    year = financial_year(today)
    funds = [(key, one) for key, one in sorted(settings.funds.items()) if one.purpose in SPENDS]
    pools = {}
    for phase in (*CONSORTIUM_PHASES, "all"):
        paying = [(key, one) for key, one in funds if one.phase in (phase, "all")]
        now = [(one.phase != phase, key) for key, one in paying if one.financial_year == year]
        past = [(one.financial_year, key) for key, one in paying if one.financial_year < year]
        if now:
            pools[phase] = min(now)[1]
        elif past:
            pools[phase] = max(past)[1]
    return pools
