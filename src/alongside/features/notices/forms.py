"""Forms of notices: the draft, a correction, a question and its answer."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta

from wtforms import BooleanField, Form

from alongside.features.notices.models import LONGEST_BODY, LONGEST_QUESTION
from alongside.platform.forms.fields import Choice, Day, Typing, line, passage, says_something
from alongside.platform.forms.validation import add_error, require_fields
from alongside.platform.web.formatting import format_time

CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE | re.ASCII
)
NAMED_TIMES = {"midday": time(12), "midnight": time(0)}
LONGEST_SHOWN = timedelta(days=366)
COLUMNS = ("title", "body", "ends_on", "event_on", "event_starts", "event_ends", "event_location")


class ClockTime(Typing):
    """A time of day, typed as 9:30, 9.30am, 2pm or 14:00."""

    def read(self, typed: str) -> time:
        """Parse a time. Raises ValueError with the error message."""
        if typed.lower() in NAMED_TIMES:
            return NAMED_TIMES[typed.lower()]
        found = CLOCK.fullmatch(typed)
        hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (99, 0)
        if found and found["half"]:
            hour = (hour % 12 if 1 <= hour <= 12 else 99) + (12 if found["half"].lower() == "pm" else 0)
        if hour > 23 or minute > 59 or not found or not (found["half"] or found["minute"]):
            raise ValueError(self.cure)
        return time(hour, minute)

    def written(self, value: object) -> str:
        """Format a time as it would be typed."""
        return format_time(value) if isinstance(value, time) else ""


A_DATE = "Enter a real date, like 26 3 2027"
A_TIME = "Enter a time, like 9:30am or 2pm"


class NoticeForm(Form):
    """Title, text, last day and event of a notice."""

    title = line("Title", "The title", "Say what it is about, like “Moderation meeting on 4 March”")
    body = passage("Text", "The text", "Name no pupil", LONGEST_BODY)
    event_on = Day("Date of an event (optional)", A_DATE, description="It is then listed in the calendar")
    event_starts = ClockTime("Start time (optional)", A_TIME, description="Like 9:30am or 2pm")
    event_ends = ClockTime("End time (optional)", A_TIME)
    event_location = line("Place (optional)", "The place", "An address, or “Online”", 200)
    ends_on = Day("Show the notice until", A_DATE, description="After this day it moves to “Ended”")

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        self.validate()
        if not says_something(self.title.data):
            add_error(self.title, "Enter a title")
        if not says_something(self.body.data):
            add_error(self.body, "Enter the text of the notice")
        require_fields(self, {"ends_on": "Enter the last day on which the notice is shown"})
        if not self.errors:
            self._check_days(self.ends_on.data, self.event_on.data, today)
            self._check_event()
        return not self.errors

    def _check_days(self, ends_on: date, event_on: date | None, today: date) -> None:
        if ends_on < today:
            add_error(self.ends_on, "Enter a last day that is today or later")
        elif ends_on > today + LONGEST_SHOWN:
            add_error(self.ends_on, "Enter a last day within a year from today")
        elif event_on is not None and ends_on < event_on:
            add_error(self.ends_on, "Show the notice at least until the day of the event")

    def _check_event(self) -> None:
        starts, ends = self.event_starts.data, self.event_ends.data
        if self.event_on.data is None and (starts or ends or self.event_location.data):
            add_error(self.event_on, "Enter the date of the event, or leave its time and place empty")
        if ends and not starts:
            add_error(self.event_starts, "Enter the time at which the event starts")
        elif ends and ends <= starts:
            add_error(self.event_ends, "Enter an end time after the start time")

    def columns(self) -> Mapping[str, object]:
        """Return the values to write."""
        return {name: self[name].data for name in COLUMNS} | {
            "event_location": self.event_location.data or ""
        }


class DraftForm(NoticeForm):
    """A notice before it is sent: also its audience."""

    audience = Choice("Who is it for?", "Select who the notice is for")
    with_delegates = BooleanField("Their delegates can read it too")

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        super().check(today)
        if not self.audience.data:
            add_error(self.audience, self.audience.cure)
        return not self.errors


class CorrectionForm(NoticeForm):
    """A correction of a notice: its values, and a note that its readers see."""

    note = passage("What did you correct?", "The note", "Everybody in the audience reads this", 500)

    def check(self, today: date) -> bool:
        """Validate the form on a day."""
        super().check(today)
        if not says_something(self.note.data):
            add_error(self.note, "Enter what you corrected")
        return not self.errors


class QuestionForm(Form):
    """A question about a notice."""

    question = passage(
        "Your question",
        "The question",
        "Everybody who can read this notice reads your question",
        LONGEST_QUESTION,
    )

    def is_valid(self) -> bool:
        """Validate the form: a question is required."""
        self.validate()
        if not says_something(self.question.data):
            add_error(self.question, "Enter your question")
        return not self.errors


class AnswerForm(Form):
    """The answer to a question."""

    answer = passage("Your answer", "The answer", "Everybody who can read the notice reads it", 2000)

    def is_valid(self) -> bool:
        """Validate the form: an answer is required."""
        self.validate()
        if not says_something(self.answer.data):
            add_error(self.answer, "Enter your answer")
        return not self.errors
