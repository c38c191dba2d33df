"""Whether an offer is current and can be proposed today.

Source: domain.md §3 asks 1, 3 and 7, and F2 and F6.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import version_of
from alongside.features.offers.models import Offer
from alongside.features.offers.rows import OfferRow
from alongside.features.schools.term_dates.day_by_school import DayBySchool
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.platform.database.kept import Kept
from alongside.platform.school_calendar.calendar import ONE_DAY, Calendar
from alongside.platform.school_calendar.confirmation import lapsed_if_confirmed_by
from alongside.platform.web.formatting import format_date

_fresh: Kept[DayBySchool] = Kept()


def fresh_since(calendar: Calendar, settings: AuthoritySettings, today: date) -> date:
    """The earliest day of confirmation with which an offer is current.

    `calendar` is that of the offer's school, which must confirm it within the authority's number of school days.
    """
    return lapsed_if_confirmed_by(calendar, today, settings.periods.offer_good_for) + ONE_DAY


async def fresh_since_by_school(session: AsyncSession, authority_id: int, today: date) -> DayBySchool:
    """The same for every school that may have an offer."""
    settings = settings_of(authority_id)
    return await _fresh.get(
        session,
        lambda: days_by_school(session, authority_id, lambda one: fresh_since(one, settings, today)),
        of=(version_of(authority_id), today),
    )


def why_not_proposable(offer: OfferRow, today: date, fresh: date) -> str | None:
    """One sentence that says why an offer cannot be proposed today; None when it can.

    `fresh` is `fresh_since` of its school.
    """
    if offer.state != "live":
        return {
            "draft": "This offer is a draft.",
            "paused": "This offer is paused until its school confirms it.",
            "exhausted": "All days of this offer are promised.",
        }.get(offer.state, "This offer has ended.")
    if offer.appetite == "no":
        again = f" Ask again from {format_date(offer.ask_again_on)}." if offer.ask_again_on else ""
        return f"Not available this year.{again}"
    if offer.confirmed_on is None or offer.confirmed_on < fresh:
        return "The school has not confirmed this offer recently."
    if offer.designation and offer.designation_until is not None and offer.designation_until < today:
        return "The designation of the person who gives this support has run out."
    if offer.ends_on is not None and offer.ends_on < today:
        return "The dates of this offer have passed."
    if offer.days_taken >= offer.days_total:
        return "All days of this offer are promised."
    if offer.engagements_taken >= offer.engagements_max:
        return "This offer supports as many schools at once as it can."
    return None


def is_proposable(today: date, fresh: DayBySchool) -> ColumnElement[bool]:
    """The same rule as an SQL condition on rows of `offer`."""
    return and_(
        Offer.state == "live",
        Offer.appetite != "no",
        Offer.confirmed_on >= fresh.in_sql(Offer.school_urn),
        or_(
            Offer.designation.is_(None),
            Offer.designation == "",
            Offer.designation_until.is_(None),
            Offer.designation_until >= today,
        ),
        or_(Offer.ends_on.is_(None), Offer.ends_on >= today),
        Offer.days_taken < Offer.days_total,
        Offer.engagements_taken < Offer.engagements_max,
    )
