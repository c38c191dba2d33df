"""Queries for the offers that can be proposed for a need, and the needs for an offer."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from alongside.errors import NotFound
from alongside.features.agreements.parties import LEADER, OTHER_SIDE, REQUESTING, SUPPORTING
from alongside.features.agreements.proposal import Proposal
from alongside.features.agreements.proposals import hard_rules
from alongside.features.agreements.proposals.checks import obstacle_to
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.agreements.proposals.hard_rules import Pairing, obstacles_in_sql
from alongside.features.agreements.proposals.queries import WAITING_NEEDS, is_live
from alongside.features.agreements.queries import AUTHORITY
from alongside.features.needs.models import Need
from alongside.features.offers.confirmation import fresh_since_by_school, is_proposable
from alongside.features.offers.models import Offer, OfferTheme
from alongside.features.schools.distance import miles_to_school
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import may, scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import columns_of, select_all, select_one

MILES = miles_to_school("east", "north").label("miles")


class NeedToSupport(msgspec.Struct, frozen=True):
    """A posted need for which an offer can be proposed."""

    id: UUID
    school_urn: int
    school_name: str
    easting: int | None
    northing: int | None
    state: str
    title: str
    theme: str
    urgency: str
    days: Decimal | None
    starts_on: date | None
    ends_on: date | None
    confirmed_on: date | None


class OfferToGive(msgspec.Struct, frozen=True):
    """A posted offer that can be proposed for a need."""

    id: UUID
    school_urn: int
    school_name: str
    easting: int | None
    northing: int | None
    state: str
    title: str
    confirmed_on: date | None
    days_left: Decimal
    places_left: int


class NeedCandidate(NeedToSupport, frozen=True):
    """A need for an offer: whether the themes are the same, miles away, and whether an interest is declared."""

    same_theme: bool
    miles: float | None
    with_interest: bool


class OfferCandidate(OfferToGive, frozen=True):
    """An offer for a need, with the same."""

    same_theme: bool
    miles: float | None
    with_interest: bool


NEED = (
    select(
        *columns_of(
            NeedToSupport, Need, school_name=School.name, easting=School.easting, northing=School.northing
        )
    )
    .select_from(Need)
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Need.school_urn))
    .where(Need.authority_id == AUTHORITY)
)
OFFER = (
    select(
        *columns_of(
            OfferToGive,
            Offer,
            school_name=School.name,
            easting=School.easting,
            northing=School.northing,
            days_left=Offer.days_total - Offer.days_taken,
            places_left=Offer.engagements_max - Offer.engagements_taken,
        )
    )
    .select_from(Offer)
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Offer.school_urn))
    .where(Offer.authority_id == AUTHORITY)
)


def seen_by(person: Principal, post: type[Need] | type[Offer]) -> ColumnElement[bool]:
    """SQL condition for posts that this person may see, including needs addressed to the person's school."""
    scope = scope_filter(
        person,
        Permission.VIEW_POST,
        post.school_urn,
        visible_to_authority_from=post.visible_to_authority_from,
    )
    if post is Need and person.school_urn is not None:
        return or_(scope, and_(Need.addressed_urn == person.school_urn, Need.posted_at.is_not(None)))
    return scope


async def need_to_propose_for(session: AsyncSession, person: Principal, need_id: UUID) -> NeedToSupport:
    """A posted need that this person may see. Raises NotFound."""
    statement = NEED.where(Need.id == need_id, Need.posted_at.is_not(None), seen_by(person, Need))
    found = await select_one(session, statement, NeedToSupport, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found


async def offer_to_propose(session: AsyncSession, person: Principal, offer_id: UUID) -> OfferToGive:
    """A posted offer that this person may see. Raises NotFound."""
    statement = OFFER.where(Offer.id == offer_id, Offer.posted_at.is_not(None), seen_by(person, Offer))
    found = await select_one(session, statement, OfferToGive, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found


def pairing_of(need: NeedToSupport, offer: OfferToGive, terms: Terms, interest_reason: str | None) -> Pairing:
    """A Pairing of a need and an offer with these terms."""
    return Pairing(
        need_id=need.id,
        offer_id=offer.id,
        requesting_urn=need.school_urn,
        supporting_urn=offer.school_urn,
        requesting_name=need.school_name,
        supporting_name=offer.school_name,
        need_state=need.state,
        offer_state=offer.state,
        confirmed_on=offer.confirmed_on,
        days=terms.days,
        days_left=offer.days_left,
        places_left=offer.places_left,
        starts_on=terms.starts_on,
        interest_reason=interest_reason,
    )


def _within_propose(
    person: Principal, column: InstrumentedAttribute[int], fixed_urn: int
) -> ColumnElement[bool]:
    """SQL condition: one of the two schools is in the person's scope for proposing."""
    if may(person, Permission.PROPOSE, fixed_urn):
        return true()
    return scope_filter(person, Permission.PROPOSE, column)


def _values(person: Principal, post: NeedToSupport | OfferToGive) -> dict[str, object]:
    """The parameters of candidates; the origin for `MILES` is the school's place on the National Grid in metres."""
    return {"authority_id": person.authority_id, "east": post.easting, "north": post.northing}


def _side(person: Principal, fixed_urn: int, side: str) -> str:
    """The side that the person proposes as: `side` for the fixed post's own school, otherwise the other side."""
    if person.school_urn is None:
        return LEADER
    return side if person.school_urn == fixed_urn else OTHER_SIDE[side]


def _with_interest(obstacles: ColumnElement[Sequence[str]]) -> ColumnElement[bool]:
    return func.array_position(obstacles, "interest").is_not(None).label("with_interest")


def _nothing_bars(person: Principal, obstacles: ColumnElement[Sequence[str]]) -> ColumnElement[bool]:
    """SQL condition: no hard rule bars this pair, except an interest that can be overridden."""
    if hard_rules.interest_may_be_set_aside(person):
        obstacles = func.array_remove(obstacles, "interest")
    return func.cardinality(obstacles) == 0


async def offers_for_need(
    session: AsyncSession, person: Principal, need: NeedToSupport
) -> list[OfferCandidate]:
    """The offers that can be proposed for a need, 25 at most: those with its theme first, then the nearest.

    Only offers that are proposable today (`offers.confirmation`) and not yet proposed for this need.
    """
    same_theme = exists().where(
        OfferTheme.authority_id == AUTHORITY, OfferTheme.offer_id == Offer.id, OfferTheme.theme == need.theme
    )
    already = exists().where(
        Proposal.authority_id == AUTHORITY,
        Proposal.need_id == need.id,
        Proposal.offer_id == Offer.id,
        is_live(person.today),
    )
    obstacles = obstacles_in_sql(
        person, need.id, Offer.id, person.today, _side(person, need.school_urn, REQUESTING)
    )
    statement = (
        OFFER.add_columns(same_theme.label("same_theme"), MILES, _with_interest(obstacles))
        .where(
            _nothing_bars(person, obstacles),
            is_proposable(
                person.today, await fresh_since_by_school(session, person.authority_id, person.today)
            ),
            Offer.school_urn != need.school_urn,
            School.status.in_(OPEN_STATUSES),
            seen_by(person, Offer),
            _within_propose(person, Offer.school_urn, need.school_urn),
            ~already,
        )
        .order_by(same_theme.desc(), MILES.asc().nulls_last(), Offer.id)
        .limit(literal_column("25"))
    )
    return await select_all(session, statement, OfferCandidate, _values(person, need))


async def needs_for_offer(
    session: AsyncSession, person: Principal, offer: OfferToGive
) -> list[NeedCandidate]:
    """The needs that an offer can be proposed for, 25 at most: those with its themes first, then the nearest."""
    same_theme = exists().where(
        OfferTheme.authority_id == AUTHORITY, OfferTheme.offer_id == offer.id, OfferTheme.theme == Need.theme
    )
    already = exists().where(
        and_(
            Proposal.authority_id == AUTHORITY,
            Proposal.offer_id == offer.id,
            Proposal.need_id == Need.id,
            is_live(person.today),
        )
    )
    obstacles = obstacles_in_sql(
        person, Need.id, offer.id, person.today, _side(person, offer.school_urn, SUPPORTING)
    )
    statement = (
        NEED.add_columns(same_theme.label("same_theme"), MILES, _with_interest(obstacles))
        .where(
            _nothing_bars(person, obstacles),
            Need.state.in_(WAITING_NEEDS),
            Need.school_urn != offer.school_urn,
            School.status.in_(OPEN_STATUSES),
            seen_by(person, Need),
            _within_propose(person, Need.school_urn, offer.school_urn),
            ~already,
        )
        .order_by(same_theme.desc(), MILES.asc().nulls_last(), Need.id)
        .limit(literal_column("25"))
    )
    return await select_all(session, statement, NeedCandidate, _values(person, offer))


async def barred_choice(
    session: AsyncSession,
    person: Principal,
    need: NeedToSupport,
    chosen: str,
    candidates: Iterable[NeedCandidate | OfferCandidate],
) -> str | None:
    """One sentence that says why a chosen offer is not among the candidates for a need; None when it is.

    Also None for an offer that the person may not see.
    """
    try:
        offer_id = UUID(chosen)
    except ValueError:
        return None
    if any(row.id == offer_id for row in candidates):
        return None
    try:
        offer = await offer_to_propose(session, person, offer_id)
    except NotFound:
        return None
    terms = Terms(need.days or Decimal("0.5"), person.today, person.today, "")
    side = hard_rules.side_proposing(person, need.school_urn, offer.school_urn)
    return await obstacle_to(session, person, pairing_of(need, offer, terms, None), side=side)
