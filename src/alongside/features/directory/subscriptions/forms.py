"""Forms of subscriptions: a theme to follow, and the name of a saved search."""

from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from alongside.platform.forms.fields import Choice


class ThemeForm(Form):
    """The theme to follow."""

    theme = Choice("Follow a theme", "Select a theme from the list", render_kw={"select": True})

    def is_valid(self) -> bool:
        """Validate the form: a theme is required."""
        valid = bool(self.validate())
        if valid and not self.theme.data:
            self.theme.errors = [self.theme.cure]
        return not self.errors


class SavedSearchForm(Form):
    """The name of a saved search."""

    name = StringField(
        "Name of this search",
        validators=[
            InputRequired("Enter a name for the search, like “Attendance in primary schools”."),
            Length(max=60, message="The name must be 60 characters or fewer. Shorten it."),
        ],
        filters=[lambda typed: (typed or "").strip()],
    )
