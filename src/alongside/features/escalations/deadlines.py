"""Deadlines of an escalation in school days, with pauses, and the dates of their reminders.

A school day counts if the clock is running at the end of that day in London. So a deadline is the end of a
school day, and a pause that starts and ends on one day changes nothing. The calendar is the school's own if it
has declared one (`schools.term_dates`). Functions take the current time as an argument. Source: domain 5.4;
promises L2, L3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from alongside.features.authorities.settings import AuthoritySettings, EscalationReminders
from alongside.platform.school_calendar.calendar import (
    LONDON,
    ONE_DAY,
    Calendar,
    add_school_days,
    counts,
    end_of_school_day,
    school_days_before,
    school_days_between,
)
from alongside.platform.web.formatting import format_count, format_deadline, format_time, format_weekday

STAGES = {
    "acknowledge": "Acknowledge",
    "decide": "Decide what happens next",
    "plan": "Agree the plan",
    "review": "Review",
}
"""Stages with a due date, in order, with their labels."""

STATUTORY = {
    "comply": "Check whether the notice was followed",
    "powers": "Last day of the powers after a notice",
}
"""Statutory deadlines: they continue while an escalation waits."""

REMINDED_OF = STAGES | STATUTORY
"""Everything people are reminded of, with its label."""

STEPS = ("owner_before", "owner_on_the_day", "core_team", "head_of_service", "director")
"""Reminder levels in order: the owner before the deadline and on the day, then more senior people."""

WAITING_ON = {"consortium": "the consortium", "school": "the school", "provider": "the provider"}


@dataclass(frozen=True, slots=True)
class Pause:
    """A period in which the clock is paused: for whom the escalation waits, its start, its end (None if open), and
    why.
    """

    waiting_on: str
    since: datetime
    until: datetime | None = None
    why: str = ""

    def covers(self, moment: datetime) -> bool:
        """Return whether the clock is paused at a moment; at the moment of resuming it runs again."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """The state of a clock at one moment.

    `due_at` is None while the clock is paused. `days_left` are school days, negative when overdue.
    """

    due_at: datetime | None
    days_left: int
    late: bool
    paused: Pause | None = None


@dataclass(frozen=True, slots=True)
class ReminderLevel:
    """One reminder: its level, and the moment (UTC) from which it is due."""

    step: str
    at: datetime


def days_for(settings: AuthoritySettings, urgency: str, deadline_kind: str) -> int:
    """School days allowed for a deadline at this urgency. Raises KeyError for an urgency the authority never had."""
    days: int = getattr(settings.escalation_urgencies[urgency], deadline_kind)
    return days


def deadline_of(
    calendar: Calendar, began_at: datetime, days: int, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The moment (UTC) at which something that began at `began_at` is due, without its pauses.

    None while the clock is paused and had not run out before. Raises ValueError if `days` is below 1.
    """
    if days < 1:
        raise ValueError("an escalation is given at least one school day")
    known = tuple(pauses)
    open_since = _open_since(known)
    for closes in _closes(calendar, began_at):
        if open_since is not None and open_since <= closes:
            return None
        days -= not any(pause.covers(closes) for pause in known)
        if not days:
            return closes
    raise AssertionError("school days never end")


def clock_status(
    calendar: Calendar, began_at: datetime, days: int, pauses: Iterable[Pause], now: datetime
) -> ClockStatus:
    """The state of a deadline’s clock at `now`."""
    known = tuple(pauses)
    due_at = deadline_of(calendar, began_at, days, known)
    paused = next((pause for pause in known if pause.covers(now)), None)
    if due_at is None:
        return ClockStatus(None, days - _days_run(calendar, began_at, known), late=False, paused=paused)
    today, due_on = now.astimezone(LONDON).date(), due_at.astimezone(LONDON).date()
    return ClockStatus(due_at, school_days_between(calendar, today, due_on), late=now > due_at, paused=paused)


def _days_run(calendar: Calendar, began_at: datetime, pauses: tuple[Pause, ...]) -> int:
    """Number of school days that counted before the pause that is still open."""
    run, open_since = 0, _open_since(pauses)
    for closes in _closes(calendar, began_at):
        if open_since is None or open_since <= closes:
            break
        run += not any(pause.covers(closes) for pause in pauses)
    return run


def _closes(calendar: Calendar, began_at: datetime) -> Iterator[datetime]:
    """Iterate over the ends of the days on which the clock runs, after the day it began."""
    day = began_at.astimezone(LONDON).date()
    while True:
        day += ONE_DAY
        if counts(calendar, day):
            yield end_of_school_day(calendar, day)


def _open_since(pauses: tuple[Pause, ...]) -> datetime | None:
    return min((pause.since for pause in pauses if pause.until is None), default=None)


def clock_label(reading: ClockStatus) -> str:
    """The state of a clock as text: “2 school days left, by 5pm on Thursday 12 March 2026”."""
    if reading.due_at is None:
        left = f"{format_count(reading.days_left, 'school day')} left when the clock restarts"
        if reading.paused is None:
            return f"The clock is paused; {left}"
        waiting = WAITING_ON.get(reading.paused.waiting_on, reading.paused.waiting_on.replace("_", " "))
        return f"Waiting for {waiting} since {format_weekday(reading.paused.since)}; {left}"
    if reading.late:
        late = "" if reading.days_left == 0 else f", {format_count(-reading.days_left, 'school day')} ago"
        return f"Was due by {format_deadline(reading.due_at)}{late}"
    if reading.days_left == 0:
        return f"Due today, by {format_time(reading.due_at)}"
    return f"{format_count(reading.days_left, 'school day')} left, by {format_deadline(reading.due_at)}"


def ladder(
    calendar: Calendar, reminders: EscalationReminders, due_at: datetime, opens: time
) -> tuple[ReminderLevel, ...]:
    """The reminders of a deadline: each in the morning of a school day, at the hour `opens` in London time."""
    due_on = due_at.astimezone(LONDON).date()
    days = {
        "owner_before": school_days_before(calendar, due_on, reminders.owner_before),
        "owner_on_the_day": due_on,
        "core_team": add_school_days(calendar, due_on, reminders.core_team_after),
        "head_of_service": add_school_days(calendar, due_on, reminders.head_of_service_after),
        "director": add_school_days(calendar, due_on, reminders.director_after),
    }
    return tuple(
        ReminderLevel(step, datetime.combine(days[step], opens, LONDON).astimezone(UTC)) for step in STEPS
    )


def last_school_day_by(calendar: Calendar, day: date) -> date:
    """The day itself if it is a school day, otherwise the last school day before it."""
    return school_days_before(calendar, day + ONE_DAY, 1)
