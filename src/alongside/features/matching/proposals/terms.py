"""The days and dates proposed for a pair of a plan; either school can propose others."""

from datetime import date, timedelta
from typing import Any

from alongside.features.agreements.proposals.forms import Terms
from alongside.platform.school_calendar.calendar import Calendar, add_school_days, terms_from
from alongside.platform.school_calendar.terms import term_key

BEGINS_AFTER = 10
"""School days from sending to the first day, if the need gives no dates: time to answer and to sign."""

USUAL_SPAN = timedelta(days=120)
MESSAGE = "Matched by the plan of those who lead the {scope}. You may propose other days or dates."


def terms_for(calendar: Calendar, assignment: Any, today: date, message: str) -> Terms:
    """The proposed terms: the dates of the need, else from `BEGINS_AFTER` to the end of the next term.

    `calendar` is that of the school that asks, at which most support takes place.
    """
    starts_on, ends_on = _asked(calendar, assignment, today)
    first = add_school_days(calendar, today, BEGINS_AFTER)
    starts_on = max(starts_on or first, today)
    if ends_on is None or ends_on < starts_on:
        ends_on = _end_of_next_term(calendar, starts_on)
    return Terms(assignment.days, starts_on, ends_on, message)


def _asked(calendar: Calendar, assignment: Any, today: date) -> tuple[date | None, date | None]:
    """The dates of the need, given directly or through its terms."""
    if assignment.need_starts_on or assignment.need_ends_on:
        return assignment.need_starts_on, assignment.need_ends_on
    wanted = [term for term in terms_from(calendar, today) if term_key(term) in assignment.need_terms]
    if not wanted:
        return None, None
    return wanted[0].starts_on, wanted[-1].ends_on


def _end_of_next_term(calendar: Calendar, day: date) -> date:
    coming = terms_from(calendar, day)
    if not coming:
        return day + USUAL_SPAN
    return coming[min(1, len(coming) - 1)].ends_on
