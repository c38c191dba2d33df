"""Forms for a school's own terms and training days."""

from collections.abc import Sequence
from itertools import pairwise

from wtforms import Form, SelectField

from alongside.platform.school_calendar.calendar import TermDates, academic_year
from alongside.platform.web.date_fields import DayField

ORDER = ("starts_on", "break_starts_on", "break_ends_on", "ends_on")


class TrainingDayForm(Form):
    """One day on which the school is closed to pupils."""

    day = DayField("Day", "Enter a real date, like 5 1 2027")

    def is_valid(self, calendar_terms: Sequence[TermDates]) -> bool:
        """Whether the day is a weekday in a term of the school."""
        self.validate()
        day = self.day.data
        if self.day.errors:
            return False
        if day is None:
            self.day.errors = ["Enter the day on which the school is closed to pupils"]
        elif day.weekday() >= 5:
            self.day.errors = ["This is a day at a weekend. Enter a weekday"]
        elif not any(
            term.starts_on <= day <= term.ends_on and not term.break_starts_on <= day <= term.break_ends_on
            for term in calendar_terms
        ):
            self.day.errors = ["The school is on holiday that day. Enter a day in term"]
        return not self.day.errors


class TermForm(Form):
    """A term of the school."""

    term = SelectField("Which term?", validate_choice=False, render_kw={"select": True})
    starts_on = DayField("First day of term")
    break_starts_on = DayField("First day of the half-term break")
    break_ends_on = DayField("Last day of the half-term break")
    ends_on = DayField("Last day of term")

    def offer(self, terms: Sequence[TermDates]) -> None:
        """Fill the list with the terms that may be set."""
        self.offered = {
            f"{term.year} {term.name}": f"{term.name.capitalize()} term {term.year}" for term in terms
        }
        self.term.choices = list(self.offered.items())

    def is_valid(self) -> bool:
        """Whether a term was chosen and its four days are there, in order, in its academic year."""
        self.validate()
        if self.term.data not in self.offered:
            self.term.errors = ["Choose a term from the list"]
        for name in ORDER:
            if self[name].data is None and not self[name].errors:
                self[name].errors = [f"Enter the {self[name].label.text.lower()}"]
        if self.errors:
            return False
        year = str(self.term.data).split()[0]
        for name in (ORDER[0], ORDER[-1]):
            if academic_year(self[name].data) != year:
                self[name].errors = [
                    f"This day is not in the academic year {year}. Correct the day or the term"
                ]
        for earlier, later in pairwise(ORDER):
            if self[later].data < self[earlier].data and not self[later].errors:
                self[later].errors = [
                    f"This is before the {self[earlier].label.text.lower()}. Correct one of them"
                ]
        return not self.errors

    def dates(self) -> TermDates:
        """The term from the form, after validation."""
        year, name = str(self.term.data).split()
        return TermDates(year=year, name=name, **{one: self[one].data for one in ORDER})  # type: ignore[arg-type]
