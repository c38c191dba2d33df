"""Forms of legal holds and subject access requests."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from alongside.features.data_retention.models import HELD
from alongside.features.data_retention.rows import PersonChoice, WantedHold
from alongside.features.schools.choices import SchoolName
from alongside.platform.web.date_fields import DayField

LONG = Length(max=1000, message="Write at most 1,000 characters")


class HoldForm(Form):
    """What to hold, why, and until when."""

    kind = SelectField("What is the legal hold for?", choices=list(HELD.items()), validate_choice=False)
    school = SelectField("Which school?", validate_choice=False, render_kw={"select": True})
    person = SelectField("Which person?", validate_choice=False, render_kw={"select": True})
    why = StringField("Why?", description="For example, “Tribunal, claim 123”", validators=[LONG])
    until_on = DayField("Until when? (optional)")

    def offer(self, schools: Iterable[SchoolName], people: Iterable[PersonChoice]) -> None:
        """Set the schools and people that can be chosen."""
        self.school.choices = [("", "No school"), *((str(one.urn), one.name) for one in schools)]
        self.person.choices = [("", "Nobody"), *((str(one.id), one.name) for one in people)]

    def is_valid(self, today: date) -> bool:
        """Validate: subject, reason, and an end date in the future if there is one."""
        self.validate()
        if self.kind.data not in HELD:
            self.kind.errors = ["Select what the legal hold is for"]
        for kind, field in (("school", self.school), ("person", self.person)):
            if self.kind.data == kind and field.data not in _keys(field):
                field.errors = [f"Choose the {kind} from the list"]
        if not (self.why.data or "").strip():
            self.why.errors = ["Say why, so that it can be lifted when that is over"]
        if self.until_on.data and self.until_on.data < today and not self.until_on.errors:
            self.until_on.errors = ["This day is over. Enter today or later, or leave it empty"]
        return not self.errors

    def hold(self) -> WantedHold:
        """The hold that the form describes; call it after `is_valid`."""
        kind = self.kind.data
        return WantedHold(
            kind=kind,
            school_urn=int(self.school.data) if kind == "school" else None,
            person_id=UUID(self.person.data) if kind == "person" else None,
            why=(self.why.data or "").strip(),
            until_on=self.until_on.data,
        )


class RequestForm(Form):
    """The person a request is about, and the reason."""

    about = SelectField(
        "Who is the subject access request about?", validate_choice=False, render_kw={"select": True}
    )
    reason = StringField(
        "Why?", description="For example, “Request of 3 March, reference 17”", validators=[LONG]
    )

    def offer(self, people: Iterable[PersonChoice]) -> None:
        """Set the people that can be chosen."""
        self.about.choices = [("", "Choose a person"), *((str(one.id), one.name) for one in people)]

    def is_valid(self) -> bool:
        """Validate: person and reason are required."""
        self.validate()
        if not self.about.data or self.about.data not in _keys(self.about):
            self.about.errors = ["Choose the person from the list"]
        if not (self.reason.data or "").strip():
            self.reason.errors = ["Say why: it is kept with your name"]
        return not self.errors


def _keys(field: SelectField) -> set[str]:
    return {str(key) for key, *_ in field.iter_choices() if key}
