"""Forms of bodies: the constitution, a term, its end, a substitute, and the chair."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wtforms import Form

from alongside.features.boards.models import ENDED_BECAUSE, METHODS
from alongside.platform.forms.fields import Choice, Choices, Count, Day, line, says_something
from alongside.platform.forms.validation import add_error, require_fields

REAL_DATE = "Enter a real date, like 1 9 2027"
BY_HAND = ("resigned", "removed", "mistake")
FURTHEST = date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Term:
    """Who holds a seat and for which school, and from when until when."""

    person_id: UUID
    school_urn: int | None
    from_on: date
    until_on: date | None


class DateForm(Form):
    """One date."""

    on = Day("Date", REAL_DATE)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        require_fields(self, {"on": "Enter the date"})
        _within(self, "on")
        return not self.errors


class HolderForm(Form):
    """A person, and from when."""

    holder = Choice("Person", "Select a person from the list", render_kw={"select": True})
    from_on = Day("First day", REAL_DATE)

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.holder.data:
            add_error(self.holder, self.holder.cure)
        require_fields(self, {"from_on": "Enter the first day"})
        _within(self, "from_on")
        return not self.errors

    @property
    def person_id(self) -> UUID:
        """The id of the person."""
        return UUID(str(self.holder.data).partition(":")[0])

    @property
    def school_urn(self) -> int | None:
        """The URN of the school for which they hold the seat."""
        urn = str(self.holder.data).partition(":")[2]
        return int(urn) if urn else None

    def term(self) -> Term:
        """Return the term, without a last day."""
        return Term(self.person_id, self.school_urn, self.from_on.data, None)


class TermForm(HolderForm):
    """A person, the term, and who elected or appointed them."""

    until_on = Day("Day after the last day", REAL_DATE, description="The seat is vacant from this day")
    by = line("Elected or appointed by", "Who elected or appointed them")

    def is_valid(self) -> bool:
        """Validate the form: the term ends after it has begun."""
        super().is_valid()
        require_fields(self, {"until_on": "Enter the day after the last day"})
        _within(self, "until_on")
        if not says_something(self.by.data):
            add_error(self.by, "Enter who elected or appointed them")
        if self.from_on.data and self.until_on.data and self.until_on.data <= self.from_on.data:
            add_error(self.until_on, "Enter a day after the first day")
        return not self.errors

    def term(self) -> Term:
        """Return the term."""
        return Term(self.person_id, self.school_urn, self.from_on.data, self.until_on.data)


class EndForm(DateForm):
    """The day from which a seat is vacant, and why."""

    on = Day("The seat is vacant from", REAL_DATE)
    reason = Choice("Reason", "Select a reason", choices=[(one, ENDED_BECAUSE[one]) for one in BY_HAND])

    def is_valid(self) -> bool:
        """Validate the form."""
        super().is_valid()
        if not self.reason.data:
            add_error(self.reason, self.reason.cure)
        return not self.errors


class ApportionmentForm(Form):
    """A method, the number of seats to share, and the winners of a lot."""

    method = Choice("Method", "Select a method", choices=list(METHODS.items()))
    seats = Count("Number of seats to share", "Seats must be a whole number from 1 to 200", 1, 200)
    drawn = Choices(
        "Who won a seat by lot",
        "Select constituencies from the list",
        description="For a tie only. Draw the lot at a meeting, then select the winners",
    )

    def is_valid(self) -> bool:
        """Validate the form."""
        self.validate()
        if not self.method.data:
            add_error(self.method, self.method.cure)
        require_fields(self, {"seats": "Enter the number of seats"})
        return not self.errors


def _within(form: Form, name: str) -> None:
    if form[name].data and not date(2000, 1, 1) <= form[name].data < FURTHEST:
        add_error(form[name], "Enter a date from 2000 to 2099")
