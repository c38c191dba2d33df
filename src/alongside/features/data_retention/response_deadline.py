"""Due date of the answer to a subject access request."""

from calendar import monthrange
from datetime import date

from alongside.platform.school_calendar.calendar import ONE_DAY, Calendar, is_bank_holiday


def answer_by(calendar: Calendar, asked_on: date) -> date:
    """The same day of the next month, or its last day if there is none; moved to the next working day.

    `calendar` is the authority's, which must answer: only its bank holidays count, no school's days.
    Source: ICO, “How long do we have to comply?” (UK GDPR, article 12(3)).
    """
    year, month = (asked_on.year + 1, 1) if asked_on.month == 12 else (asked_on.year, asked_on.month + 1)
    due = date(year, month, min(asked_on.day, monthrange(year, month)[1]))
    while due.weekday() >= 5 or is_bank_holiday(calendar, due):
        due += ONE_DAY
    return due
