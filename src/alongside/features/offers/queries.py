"""Queries for offers of support."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.offers.models import Offer, OfferTheme
from alongside.features.offers.rows import OfferColumns, OfferRow
from alongside.features.schools.models import School
from alongside.platform.access.authorisation import may, require, scope_filter
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_one, select_all

A_PAGE = 25
LOOKING_AFTER = Permission.VIEW_AGREEMENT
"""The permission of a school's own people, its leads and the core team, who may read an offer's timeline."""

COLUMNS = [Offer.__table__.c[name] for name in OfferColumns.__struct_fields__]
THEMES_OF_OFFER = (
    select(
        func.coalesce(func.jsonb_object_agg(OfferTheme.theme, OfferTheme.evidence), literal_column("'{}'"))
    )
    .where(OfferTheme.authority_id == Offer.authority_id, OfferTheme.offer_id == Offer.id)
    .correlate(Offer)
    .scalar_subquery()
)
OFFER_WITH_SCHOOL = (
    select(*COLUMNS, School.name, School.status, THEMES_OF_OFFER.cast(JSONB))
    .select_from(Offer)
    .join(School, (School.authority_id == Offer.authority_id) & (School.urn == Offer.school_urn))
)
ONE_OFFER = Read(
    OFFER_WITH_SCHOOL.where(
        Offer.authority_id == bindparam("authority_id"), Offer.id == bindparam("offer_id")
    ),
    OfferRow,
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
STATES_OF_OFFERS = (
    select(Offer.state, func.count())
    .where(Offer.authority_id == bindparam("authority_id"))
    .group_by(Offer.state)
)


async def get_offer(
    session: AsyncSession, person: Principal, permission: Permission, offer_id: UUID
) -> OfferRow:
    """One offer with its school and themes. Raises NotFound unless the person has `permission` for it."""
    values = {"authority_id": person.authority_id, "offer_id": offer_id}
    offer = await fetch_one(session, ONE_OFFER, values)
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


def never_posted(offer: OfferRow) -> bool:
    """Whether an offer is a draft, or was withdrawn as a draft."""
    return offer.state == "draft" or (offer.state == "ended" and offer.posted_at is None)


def may_view_timeline(person: Principal, offer: OfferRow) -> bool:
    """Whether this person may read the timeline and the reason for “not this year”."""
    return may(person, LOOKING_AFTER, offer.school_urn)


async def offers_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = (), page: int = 1
) -> tuple[Sequence[OfferRow], bool]:
    """One page of the offers of the schools in the person's scope, newest first, and whether there are more."""
    values = {"authority_id": person.authority_id, "skipped": (page - 1) * A_PAGE}
    statement = OFFERS_OF_SCHOOLS.where(*_of(person, states))
    found = await select_all(session, statement, OfferRow, values)
    return found[:A_PAGE], len(found) > A_PAGE


async def all_offers_of(
    session: AsyncSession, person: Principal, *, states: Sequence[str] = ()
) -> Sequence[OfferRow]:
    """The same offers for the CSV export, 10,000 at most."""
    statement = ALL_OFFERS_OF_SCHOOLS.where(*_of(person, states))
    return await select_all(session, statement, OfferRow, {"authority_id": person.authority_id})


async def states_of_offers(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of those offers by state."""
    statement = STATES_OF_OFFERS.where(*_of(person, ()))
    found = await session.execute(statement, {"authority_id": person.authority_id})
    return {state: number for state, number in found}  # noqa: C416  (rows are not pairs for mypy)


def _of(person: Principal, states: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions for the schools in the person's scope; drafts only of the person's own school."""
    found = [scope_filter(person, LOOKING_AFTER, Offer.school_urn)]
    if not may(person, Permission.POST_OFFER, person.school_urn):
        found.append(Offer.posted_at.is_not(None))
    return [*found, Offer.state.in_(states)] if states else found
