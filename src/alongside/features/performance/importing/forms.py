"""The form that uploads a published table."""

from wtforms import Form

from alongside.features.performance.catalogue import year_before
from alongside.features.performance.statuses import RELEASES
from alongside.platform.forms.fields import Choice, Day, line

YEARS = 12
"""Academic years that can be chosen, the current one and those before it."""


class UploadForm(Form):
    """What the file does not say by itself: its year, its release, its source and when it was downloaded."""

    academic_year = Choice(
        "Academic year of the table",
        "Choose a year from the list",
        description="You can leave this, if the file or its name says it",
        render_kw={"select": True},
    )
    release = Choice(
        "Release",
        "Choose a release from the list",
        choices=[("", "As the file says"), *RELEASES.items()],
        description="A later release replaces an earlier one",
        render_kw={"select": True},
    )
    source = line(
        "Source (optional)", "The source", "Where the file comes from, like “Compare school performance”", 200
    )
    retrieved_on = Day("Date of download (optional)", "Enter a real date, like 26 3 2027")
    as_at = Day(
        "Date of the file (only for inspections without dates)",
        "Enter a real date, like 26 3 2027",
        description="The day on which Ofsted made the file",
    )


def offer_years(field: Choice, current: str, otherwise: str = "As the file says") -> None:
    """Offer the current academic year and those before it; `otherwise` is the label of no choice."""
    years = [year_before(current, number) for number in range(YEARS)]
    field.choices = [("", otherwise), *((year, year) for year in years)]
