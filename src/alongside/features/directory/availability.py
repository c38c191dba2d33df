"""Whether the school behind an entry can help now: its current offers of support, described for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.offers.confirmation import fresh_since_by_school, is_proposable
from alongside.features.offers.models import Offer
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import filter_by_scope
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import select_all
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.school_calendar.terms import term_key, term_words
from alongside.platform.web.formatting import format_date, format_date_range, format_days

FORM_PHRASES = {
    "visit_out": "can host a visit",
    "visit_in": "can come to you",
    "coaching": "can coach or mentor",
    "review": "can review with fresh eyes",
    "training": "can train several schools",
    "joint_planning": "can plan with you",
}
"""What each form of support means for the school that asks, most likely first.

Others use the authority's own labels.
"""

MOST = 5
"""Most offers shown beside one entry."""

OFFERS_NOW = (
    select(
        Offer.id,
        Offer.title,
        Offer.terms,
        Offer.starts_on,
        Offer.ends_on,
        Offer.forms_of_support,
        (Offer.days_total - Offer.days_taken).label("days_left"),
    )
    .where(
        Offer.authority_id == bindparam("authority_id"),
        Offer.school_urn == bindparam("urn"),
    )
    .order_by(Offer.posted_at.desc(), Offer.id)
)


class OfferNow(msgspec.Struct, frozen=True):
    """What an offer of support says of when and how the school can help; `days_left` are not promised yet."""

    id: UUID
    title: str
    terms: list[str]
    starts_on: date | None
    ends_on: date | None
    forms_of_support: list[str]
    days_left: Decimal


@dataclass(frozen=True, slots=True)
class Available:
    """One offer of the school: what it can do and when, and the form of support to ask for."""

    offer_id: UUID
    title: str
    words: str
    form_of_support: str


async def available_from(session: AsyncSession, person: Principal, urn: int | None) -> Sequence[Available]:
    """The school's current offers that this person may see, described for the reader; empty for no school."""
    if urn is None:
        return ()
    statement = filter_by_scope(
        OFFERS_NOW,
        person,
        Permission.VIEW_POST,
        Offer.school_urn,
        visible_to_authority_from=Offer.visible_to_authority_from,
    )
    fresh = await fresh_since_by_school(session, person.authority_id, person.today)
    statement = statement.where(is_proposable(person.today, fresh))
    found = await select_all(session, statement, OfferNow, {"authority_id": person.authority_id, "urn": urn})
    calendar = await calendar_of_school(session, person.authority_id, urn)
    coming = [(one, _terms_left(calendar, one, person.today)) for one in found]
    return [
        Available(
            one.id, one.title, availability_label(one, person.today, terms), _first_form(one.forms_of_support)
        )
        for one, terms in coming
        if terms or not one.terms
    ][:MOST]


def _terms_left(calendar: Calendar, offer: OfferNow, today: date) -> list[str]:
    """The terms of an offer that are not over. A term missing from the calendar counts as still to come."""
    over = {term_key(term) for term in calendar.terms if term.ends_on < today}
    return [key for key in offer.terms if key not in over]


def availability_label(offer: OfferNow, today: date, terms: Sequence[str]) -> str:
    """Describe an offer for the reader of an entry: “can host a visit in spring term 2027; 3 days left”.

    `terms` are the offer's terms that are not over. A start date in the past is left out.
    """
    gives = [words for form, words in FORM_PHRASES.items() if form in offer.forms_of_support][:2]
    can = " and ".join(gives) if gives else "can support you"
    if terms:
        can += " in " + " or ".join(term_words(key).lower() for key in terms)
    elif offer.starts_on and offer.starts_on > today:
        dates = format_date_range(offer.starts_on, offer.ends_on) if offer.ends_on else ""
        can += f" from {dates or format_date(offer.starts_on)}"
    elif offer.ends_on:
        can += f" until {format_date(offer.ends_on)}"
    return f"{can}; {format_days(offer.days_left)} left"


def _first_form(forms: Sequence[str]) -> str:
    return next((form for form in FORM_PHRASES if form in forms), forms[0] if forms else "")
