"""How long a need or an offer stays current without confirmation, and when its school is asked to confirm.

A post that nobody has confirmed cannot be relied on, so it is paused automatically.
Source: domain.md §3 ask 1, and F6.
"""

from datetime import date, timedelta

from alongside.platform.school_calendar.calendar import ONE_DAY, Calendar, add_school_days, counts

ASK_BEFORE = 5
"""School days before a post lapses at which its school is asked to confirm it."""


def lapsed_if_confirmed_by(calendar: Calendar, today: date, good_for: int) -> date:
    """The latest day of confirmation that has expired today; the inverse of `add_school_days`.

    One comparison with this date finds all posts that have lapsed.
    """
    day, left = today - ONE_DAY, good_for
    while True:
        left -= counts(calendar, day)
        if left <= 0 and counts(calendar, day):
            return day - ONE_DAY
        day -= ONE_DAY


def asked_if_confirmed_by(calendar: Calendar, today: date, good_for: int) -> date:
    """The latest day of confirmation whose school is asked today to confirm again."""
    soon = add_school_days(calendar, today, ASK_BEFORE)
    return lapsed_if_confirmed_by(calendar, soon + timedelta(days=1), good_for)
