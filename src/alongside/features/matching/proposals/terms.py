"""The days and dates proposed for a pair of a plan; either school can propose others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from alongside.features.agreements.proposals.forms import Terms
from alongside.features.matching.plans.rows import AssignmentRow
from alongside.platform.school_calendar.calendar import Calendar, add_school_days, terms_from
from alongside.platform.school_calendar.terms import term_key

BEGINS_AFTER = 10
"""School days from sending to the first day, if the need gives no dates: time to answer and to sign."""

USUAL_SPAN = timedelta(days=120)
MESSAGE = "Matched by the plan of those who lead the {scope}. You may propose other days or dates."


@dataclass(frozen=True, slots=True)
class WantedPair:
    """A need and the offer to propose for it, with the days of the plan and the dates of the need."""

    need_id: UUID
    offer_id: UUID
    requesting_urn: int
    days: Decimal
    need_starts_on: date | None
    need_ends_on: date | None
    need_terms: Sequence[str]


def pair_of(assignment: AssignmentRow) -> WantedPair:
    """Return the pair of an assignment that has a partner."""
    assert assignment.offer_id is not None
    assert assignment.days is not None
    return WantedPair(
        assignment.need_id,
        assignment.offer_id,
        assignment.requesting_urn,
        assignment.days,
        assignment.need_starts_on,
        assignment.need_ends_on,
        assignment.need_terms,
    )


def terms_for(calendar: Calendar, pair: WantedPair, today: date, message: str) -> Terms:
    """The proposed terms: the dates of the need, else from `BEGINS_AFTER` to the end of the next term.

    `calendar` is that of the school that asks, at which most support takes place.
    """
    starts_on, ends_on = _asked(calendar, pair, today)
    first = add_school_days(calendar, today, BEGINS_AFTER)
    starts_on = max(starts_on or first, today)
    if ends_on is None or ends_on < starts_on:
        ends_on = _end_of_next_term(calendar, starts_on)
    return Terms(pair.days, starts_on, ends_on, message)


def _asked(calendar: Calendar, pair: WantedPair, today: date) -> tuple[date | None, date | None]:
    """The dates of the need, given directly or through its terms."""
    if pair.need_starts_on or pair.need_ends_on:
        return pair.need_starts_on, pair.need_ends_on
    wanted = [term for term in terms_from(calendar, today) if term_key(term) in pair.need_terms]
    if not wanted:
        return None, None
    return wanted[0].starts_on, wanted[-1].ends_on


def _end_of_next_term(calendar: Calendar, day: date) -> date:
    coming = terms_from(calendar, day)
    if not coming:
        return day + USUAL_SPAN
    return coming[min(1, len(coming) - 1)].ends_on
