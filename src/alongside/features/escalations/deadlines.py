"""The clock of an escalation: its deadlines in school days, how it stands, and who is reminded when.

A school day counts when the clock runs at its close, in London; so a deadline ends with a school day, and a pause that
begins and ends within one day moves nothing. The calendar is the school's own where it has declared one
(`schools.dates`). Nothing here asks for the present moment: callers bring it. Source: domain 5.4; promises L2, L3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from alongside.features.authorities.calendar import (
    LONDON,
    ONE_DAY,
    Calendar,
    add_school_days,
    counts,
    end_of_school_day,
    school_days_between,
)
from alongside.features.authorities.settings import AuthoritySettings, EscalationReminders

STAGES = {
    "acknowledge": "Acknowledge",
    "decide": "Decide what is to happen",
    "plan": "Agree the plan",
    "review": "Review",
}
"""What is due in turn, with its words."""

STATUTORY = {
    "comply": "Check whether the notice was followed",
    "powers": "Last day of the powers after a notice",
}
"""What the law dates: these deadlines run on while an escalation waits for somebody."""

REMINDED_OF = STAGES | STATUTORY
"""All that people are reminded of, with its words."""

STEPS = ("owner_before", "owner_on_the_day", "core_team", "head_of_service", "director")
"""The ladder of reminders: whoever owns the escalation, before the deadline and on its day; then those above, in
turn."""

WAITING_ON = {"consortium": "the consortium", "school": "the school", "provider": "the provider"}


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stands still: for whom it waits, since when, and until when once that is over."""

    waiting_on: str
    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the clock stood still at a moment; at the moment of resuming it runs."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """How a clock stands at one moment.

    `due_at` is None while it stands still; `days_left` are school days, below 0 when it is late by so many.
    """

    due_at: datetime | None
    days_left: int
    late: bool
    paused: Pause | None = None


@dataclass(frozen=True, slots=True)
class ReminderLevel:
    """One reminder of the ladder: whose turn it is, and from when (UTC)."""

    step: str
    at: datetime


def days_for(settings: AuthoritySettings, urgency: str, stage: str) -> int:
    """How many school days a stage may take at this urgency. Raises KeyError for one the authority never had."""
    days: int = getattr(settings.escalation_urgencies[urgency], stage)
    return days


def deadline_of(
    calendar: Calendar, began_at: datetime, days: int, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The moment (UTC) by which something that began at `began_at` is due, with its pauses left out.

    None while the clock stands still and has not run out before. Raises ValueError below 1 day.
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
    """How the clock of a stage stands at `now`."""
    known = tuple(pauses)
    due_at = deadline_of(calendar, began_at, days, known)
    paused = next((pause for pause in known if pause.covers(now)), None)
    if due_at is None:
        return ClockStatus(None, days - _days_run(calendar, began_at, known), late=False, paused=paused)
    today, due_on = now.astimezone(LONDON).date(), due_at.astimezone(LONDON).date()
    return ClockStatus(due_at, school_days_between(calendar, today, due_on), late=now > due_at, paused=paused)


def _days_run(calendar: Calendar, began_at: datetime, pauses: tuple[Pause, ...]) -> int:
    """How many days have counted before the pause that is still open."""
    run, open_since = 0, _open_since(pauses)
    for closes in _closes(calendar, began_at):
        if open_since is None or open_since <= closes:
            break
        run += not any(pause.covers(closes) for pause in pauses)
    return run


def _closes(calendar: Calendar, began_at: datetime) -> Iterator[datetime]:
    """The ends of the days on which a clock runs, after the day it began on."""
    day = began_at.astimezone(LONDON).date()
    while True:
        day += ONE_DAY
        if counts(calendar, day):
            yield end_of_school_day(calendar, day)


def _open_since(pauses: tuple[Pause, ...]) -> datetime | None:
    return min((pause.since for pause in pauses if pause.until is None), default=None)


def in_words(reading: ClockStatus) -> str:
    """How a clock stands, as people say it: “2 school days left, by 17:00 on Thursday 12 March 2026”."""
    if reading.due_at is None:
        left = f"{school_days(reading.days_left)} left when it runs again"
        if reading.paused is None:
            return f"The clock stands still; {left}"
        waiting = WAITING_ON.get(reading.paused.waiting_on, reading.paused.waiting_on.replace("_", " "))
        return f"Waiting for {waiting} since {day_in_words(reading.paused.since)}; {left}"
    if reading.late:
        late = "" if reading.days_left == 0 else f", {school_days(-reading.days_left)} ago"
        return f"Was due by {moment_in_words(reading.due_at)}{late}"
    if reading.days_left == 0:
        return f"Due today, by {reading.due_at.astimezone(LONDON):%H:%M}"
    return f"{school_days(reading.days_left)} left, by {moment_in_words(reading.due_at)}"


def school_days(count: int) -> str:
    """A number of school days in words."""
    return f"{count} school day{'' if count == 1 else 's'}"


def day_in_words(moment: datetime) -> str:
    """The day of a moment in London: “Thursday 12 March 2026”."""
    return f"{moment.astimezone(LONDON):%A %-d %B %Y}"


def moment_in_words(moment: datetime) -> str:
    """A moment in London: “17:00 on Thursday 12 March 2026”."""
    return f"{moment.astimezone(LONDON):%H:%M} on {day_in_words(moment)}"


def ladder(
    calendar: Calendar, reminders: EscalationReminders, due_at: datetime, opens: time
) -> tuple[ReminderLevel, ...]:
    """Who is reminded of a deadline and when: each on the morning of a school day, at the hour `opens` in London."""
    due_on = due_at.astimezone(LONDON).date()
    days = {
        "owner_before": _school_days_before(calendar, due_on, reminders.owner_before),
        "owner_on_the_day": due_on,
        "core_team": add_school_days(calendar, due_on, reminders.core_team_after),
        "head_of_service": add_school_days(calendar, due_on, reminders.head_of_service_after),
        "director": add_school_days(calendar, due_on, reminders.director_after),
    }
    return tuple(
        ReminderLevel(step, datetime.combine(days[step], opens, LONDON).astimezone(UTC)) for step in STEPS
    )


def last_school_day_by(calendar: Calendar, day: date) -> date:
    """A day itself if the clock runs on it, else the last one before it."""
    return _school_days_before(calendar, day + ONE_DAY, 1)


def _school_days_before(calendar: Calendar, day: date, days: int) -> date:
    while days:
        day -= ONE_DAY
        days -= counts(calendar, day)
    return day
