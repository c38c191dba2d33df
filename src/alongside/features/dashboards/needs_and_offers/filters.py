"""Filters and order of the list, all in the query string, so that a link shows the same list."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from wtforms import Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from alongside.features.authorities.settings import AuthoritySettings, on_offer
from alongside.platform.web.form_data import FormData

SORTS = (("newest", "Newest"), ("nearest", "Nearest to my school"), ("urgent", "Most urgent"))
KINDS = (("", "Needs and offers"), ("need", "Needs only"), ("offer", "Offers only"))
ANYTHING = ("", "All")

LATEST = 4_102_444_800.0
"""An upper bound of scores: the Unix time of the year 2100, above any posting time or distance in miles."""


class BoardForm(Form):
    """The filters above the list."""

    kind = SelectField("Show", choices=list(KINDS), default="")
    q = StringField(
        "Search words", validators=[Length(max=100, message="Search for 100 characters or fewer.")]
    )
    theme = SelectField("Theme", choices=[])
    phase = SelectField("Phase", choices=[])
    consortium = SelectField("Consortium", choices=[])
    within = IntegerField(
        "Within (miles)",
        validators=[
            MayBeEmpty(),
            NumberRange(min=1, max=200, message="Miles must be a whole number from 1 to 200."),
        ],
    )
    sort = SelectField("Order", choices=list(SORTS), default="newest")


@dataclass(frozen=True, slots=True)
class Position:
    """Keyset pagination: a page starts after the row with this score and id."""

    score: float
    id: UUID

    def as_text(self) -> str:
        """The position as text for the query string."""
        return urlsafe_b64encode(f"{self.score!r}|{self.id}".encode()).decode().rstrip("=")


def position_from(written: str) -> Position | None:
    """Parse a position from the query string; None for the first page or an invalid value."""
    try:
        score, _, name = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().partition("|")
        place = Position(float(score), UUID(name))
    except ValueError:
        return None
    return place if -LATEST < place.score < LATEST else None  # rejects NaN and infinity


def board_form(
    query: FormData, settings: AuthoritySettings, consortia: Sequence[Any], phases: Sequence[tuple[str, str]]
) -> BoardForm:
    """The filters from the query string. Unknown values are an error and are not ignored."""
    form = BoardForm(query)
    form.theme.choices = [ANYTHING, *((key, one.label) for key, one in on_offer(settings.themes).items())]
    form.phase.choices = [ANYTHING, *phases]
    form.consortium.choices = [ANYTHING, *((str(one.id), one.name) for one in consortia)]
    for field in (form.kind, form.theme, form.phase, form.consortium):
        field.data = field.data or ""
    form.sort.data = form.sort.data or "newest"
    return form


def address_of(form: BoardForm, **changed: str | None) -> str:
    """The URL of the list with these filters, some changed; the first page unless `after` is given."""
    values = {name: field.data for name, field in form._fields.items()} | changed
    kept = {name: value for name, value in values.items() if value not in (None, "", "newest")}
    return "/needs-and-offers" + (f"?{urlencode(kept)}" if kept else "")
