"""Whether a post still holds: until when, and which ones have to be confirmed or are past it.

A listing that nobody has confirmed is not to be trusted, so it pauses by itself.
Source: domain.md §3 ask 1, and F6.
"""

from datetime import date, timedelta

from alongside.features.authorities.calendar import ONE_DAY, Calendar, add_school_days, counts

ASK_BEFORE = 5
"""School days before a post lapses on which its school is asked whether it still holds: a week."""


def holds_until(calendar: Calendar, confirmed_on: date, good_for: int) -> date:
    """The last day on which a post that was confirmed on a day may be relied on."""
    return add_school_days(calendar, confirmed_on, good_for)


def lapsed_if_confirmed_by(calendar: Calendar, today: date, good_for: int) -> date:
    """The latest day of confirmation that no longer holds today: the rule of `holds_until`, turned round.

    So one comparison of dates finds all posts that have lapsed.
    """
    day, left = today - ONE_DAY, good_for
    while True:
        left -= counts(calendar, day)
        if left <= 0 and counts(calendar, day):
            return day - ONE_DAY
        day -= ONE_DAY


def asked_if_confirmed_by(calendar: Calendar, today: date, good_for: int) -> date:
    """The latest day of confirmation for which the school is now asked to confirm."""
    soon = add_school_days(calendar, today, ASK_BEFORE)
    return lapsed_if_confirmed_by(calendar, soon + timedelta(days=1), good_for)


def days_ago(day: date | None, today: date) -> str:
    """How long ago, in words: “today”, “yesterday”, “12 days ago”; “never” for no day."""
    if day is None:
        return "never"
    gone = (today - day).days
    return "today" if gone <= 0 else "yesterday" if gone == 1 else f"{gone} days ago"
