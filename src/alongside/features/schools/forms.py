"""The search form of the list of schools."""

from wtforms import Form, SelectField, StringField
from wtforms.validators import AnyOf, Length

from alongside.features.schools.models import PHASES, STATUSES


class FindSchoolsForm(Form):
    """Search words, phase and status, which are in the page's query string."""

    q = StringField(
        "Name, URN, town or postcode",
        validators=[Length(max=100, message="Search for at most 100 characters")],
        filters=[lambda words: " ".join((words or "").split())],
    )
    phase = SelectField(
        "Phase",
        choices=[("", "All phases"), *PHASES.items()],
        default="",
        validate_choice=False,
        validators=[AnyOf(["", *PHASES], message="Choose a phase from the list")],
        render_kw={"select": True},
    )
    status = SelectField(
        "Status",
        choices=[("", "Open now"), *STATUSES.items(), ("any", "Open or not")],
        default="",
        validate_choice=False,
        validators=[AnyOf(["", *STATUSES, "any"], message="Choose a status from the list")],
        render_kw={"select": True},
    )
