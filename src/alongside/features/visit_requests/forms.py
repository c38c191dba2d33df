"""Forms to ask for a visit, to answer, and to choose a date."""

from datetime import date

from wtforms import Form

from alongside.features.schools.choices import school_choice
from alongside.features.visit_requests.dates import (
    DATES_HINT,
    HINT,
    SuitableDates,
    read_dates,
    require_school_days,
)
from alongside.platform.forms.fields import Choice, Count, Day, line, one_line, passage, says_something
from alongside.platform.forms.validation import add_error
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.web.formatting import format_weekday

OTHER_DATES = "other"
DATES_LIMIT = 200


class AskForm(Form):
    """What a school wants to see, when, and who comes."""

    wanted = passage(
        "What do you want to see?",
        "What you want to see",
        "For example: phonics in Year 1, and how you group the children",
        limit=1000,
    )
    dates = line("When would suit you?", "The dates", HINT, DATES_LIMIT)
    visitors = line(
        "Who would come?",
        "Who would come",
        "Names or roles, for example: our English lead and two teachers",
        300,
    )
    visitor_count = Count("How many people?", "Enter a number of people from 1 to 30", 1, 30)

    suitable: SuitableDates

    def is_valid(self, calendar: Calendar, today: date, school: str) -> bool:
        """Validate the form; the dates must be school days of the school that is asked."""
        self.validate()
        if not self.wanted.errors and not says_something(self.wanted.data):
            add_error(self.wanted, "Enter what you want to see")
        if not self.visitors.errors and not says_something(self.visitors.data):
            add_error(self.visitors, "Enter who would come")
        if not self.visitor_count.errors and self.visitor_count.data is None:
            add_error(self.visitor_count, "Enter the number of people")
        if not self.dates.errors:
            try:
                self.suitable = _dates(self.dates.data, calendar, today, school)
            except ValueError as problem:
                add_error(self.dates, str(problem))
        return not self.errors


class YesForm(Form):
    """The dates, the place and the contact of a visit."""

    chosen = Choice("Which date?", "Select a date")
    dates = line("Other dates that suit you", "The dates", DATES_HINT, DATES_LIMIT)
    venue = line(
        "Where should they come?", "The place", "For example: main entrance, sign in at the office", 300
    )
    contact = line("Who will meet them?", "The contact", "A name, and a telephone number if you like", 300)
    message = passage("Message (optional)", "The message", "The other school reads this", limit=2000)

    def offer(self, suitable: SuitableDates) -> None:
        """Fill the choices with the dates that the other school named; a period has none."""
        if not suitable.dates:
            del self.chosen
            self.dates.label.text = f"Which date in the period {suitable.described()}?"
            return
        named = [(day.isoformat(), format_weekday(day)) for day in suitable.dates]
        self.chosen.choices = [*named, (OTHER_DATES, "Other dates: write them below")]

    def days(self, calendar: Calendar, today: date, school: str) -> tuple[date, ...]:
        """Return the date chosen, or the other dates. Raises ValueError with the sentence for the field `dates`."""
        if "chosen" in self and self.chosen.data not in ("", None, OTHER_DATES):
            return (date.fromisoformat(self.chosen.data),)
        found = _dates(self.dates.data, calendar, today, school)
        if not found.dates:
            raise ValueError("Enter up to three dates, not a period")
        return found.dates

    def is_valid(self, calendar: Calendar, today: date, school: str) -> bool:
        """Validate the form: a date, a place and a contact are required."""
        self.validate()
        if "chosen" in self and not self.chosen.errors and not self.chosen.data:
            add_error(self.chosen, self.chosen.cure)
        elif not self.dates.errors and not ("chosen" in self and self.chosen.errors):
            try:
                self.days(calendar, today, school)
            except ValueError as problem:
                add_error(self.dates, str(problem))
        if not self.venue.errors and not says_something(self.venue.data):
            add_error(self.venue, "Enter where they should come")
        if not self.contact.errors and not says_something(self.contact.data):
            add_error(self.contact, "Enter who will meet them")
        return not self.errors


class NotNowForm(Form):
    """From when the school may be asked again, and a message."""

    not_before = Day("Ask again from")
    message = passage("Message (optional)", "The message", "The other school reads this", limit=2000)

    def is_valid(self, today: date) -> bool:
        """Validate the form: a date in the future is required."""
        self.validate()
        if not self.not_before.errors and self.not_before.data is None:
            add_error(self.not_before, "Enter the date from which they can ask again")
        elif not self.not_before.errors and not today < self.not_before.data <= _in_a_year(today):
            add_error(self.not_before, "Enter a date within the next year")
        return not self.errors


class OtherSchoolForm(Form):
    """Another school that the asking school could visit, and a message."""

    school = school_choice("Which school do you suggest?")
    message = passage("Message (optional)", "The message", "The other school reads this", limit=2000)

    def is_valid(self) -> bool:
        """Validate the form: a school is required."""
        self.validate()
        if not self.school.errors and not self.school.data:
            add_error(self.school, self.school.cure)
        return not self.errors


class ChooseDateForm(Form):
    """One of the dates that the asked school offers."""

    date = Choice("Which date suits you?", "Select a date")

    def is_valid(self) -> bool:
        """Validate the form: a date is required."""
        self.validate()
        if not self.date.errors and not self.date.data:
            add_error(self.date, self.date.cure)
        return not self.errors


def _dates(text: str | None, calendar: Calendar, today: date, school: str) -> SuitableDates:
    if not one_line(text):
        raise ValueError("Enter the dates")
    found = read_dates(one_line(text), today)
    require_school_days(found, calendar, today, school)
    return found


def _in_a_year(today: date) -> date:
    return date.fromordinal(today.toordinal() + 366)
