"""Queries for offers of support."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.offers.models import Offer, OfferTheme
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import filter_by_scope, may, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

Offered = Row[Any]
"""An offer with its school and themes."""
A_PAGE = 25
LOOKING_AFTER = Permission.VIEW_AGREEMENT
"""The permission of a school's own people, its leads and the core team, who may read an offer's timeline."""

THEMES_OF_OFFER = (
    select(
        func.coalesce(func.jsonb_object_agg(OfferTheme.theme, OfferTheme.evidence), literal_column("'{}'"))
    )
    .where(OfferTheme.authority_id == Offer.authority_id, OfferTheme.offer_id == Offer.id)
    .correlate(Offer)
    .scalar_subquery()
)
OFFER_WITH_SCHOOL: Select[Any] = select(
    *(column for column in Offer.__table__.columns if column.name != "words"),
    School.name.label("school"),
    School.status.label("school_status"),
    School.easting,
    School.northing,
    THEMES_OF_OFFER.cast(JSONB).label("themes"),
    (Offer.days_total - Offer.days_taken).label("days_left"),
    (Offer.engagements_max - Offer.engagements_taken).label("places_left"),
).join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
ONE_OFFER = OFFER_WITH_SCHOOL.where(
    Offer.authority_id == bindparam("authority_id"), Offer.id == bindparam("offer_id")
)
OFFERS_OF_SCHOOLS = (
    OFFER_WITH_SCHOOL.where(Offer.authority_id == bindparam("authority_id"))
    .order_by(func.coalesce(Offer.posted_at, Offer.created_at).desc(), Offer.id.desc())
    .limit(literal_column(str(A_PAGE + 1)))
    .offset(bindparam("skipped"))
)
ALL_OFFERS_OF_SCHOOLS = (
    OFFER_WITH_SCHOOL.where(Offer.authority_id == bindparam("authority_id"))
    .order_by(Offer.state, Offer.id)
    .limit(literal_column("10000"))
)
STATES_OF_OFFERS: Any = (
    select(Offer.state, func.count().label("number"))
    .where(Offer.authority_id == bindparam("authority_id"))
    .group_by(Offer.state)
)


async def get_offer(
    session: AsyncSession, person: Principal, permission: Permission, offer_id: UUID
) -> Offered:
    """One offer with its school and themes. Raises NotFound unless the person has `permission` for it."""
    values = {"authority_id": person.authority_id, "offer_id": offer_id}
    offer: Row[Any] | None = (await session.execute(ONE_OFFER, values)).one_or_none()
    if offer is None:
        raise NotFound
    if permission is not Permission.VIEW_POST:
        require(person, permission, offer.school_urn)
    elif never_posted(offer):
        require(person, Permission.POST_OFFER, offer.school_urn)
    else:
        require(
            person, permission, offer.school_urn, visible_to_authority_from=offer.visible_to_authority_from
        )
    return offer


def never_posted(offer: Any) -> bool:
    """Whether an offer is a draft, or was withdrawn as a draft."""
    return offer.state == "draft" or (offer.state == "ended" and offer.posted_at is None)


def may_view_timeline(person: Principal, offer: Any) -> bool:
    """Whether this person may read the timeline and the reason for “not this year”."""
    return may(person, LOOKING_AFTER, offer.school_urn)


async def offers_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = (), page: int = 1
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of the offers of the schools in the person's scope, newest first, and whether there are more."""
    values = {"authority_id": person.authority_id, "skipped": (page - 1) * A_PAGE}
    found = (await session.execute(_of(OFFERS_OF_SCHOOLS, person, states), values)).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def all_offers_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = ()
) -> Sequence[Row[Any]]:
    """The same offers for the CSV export, 10,000 at most."""
    statement = _of(ALL_OFFERS_OF_SCHOOLS, person, states)
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def states_of_offers(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of those offers by state."""
    statement = _of(STATES_OF_OFFERS, person, ())
    found = await session.execute(statement, {"authority_id": person.authority_id})
    return {row.state: row.number for row in found}


def _of(statement: Select[Any], person: Principal, states: Sequence[str]) -> Select[Any]:
    """Limit a query to the schools in the person's scope; drafts to the person's own school."""
    scoped = filter_by_scope(statement, person, LOOKING_AFTER, Offer.school_urn)
    if not may(person, Permission.POST_OFFER, person.school_urn):
        scoped = scoped.where(Offer.posted_at.is_not(None))
    return scoped.where(Offer.state.in_(states)) if states else scoped
