"""How the board is narrowed and ordered: all of it in the address, so that a link shows what its sender saw."""

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
"""The first second of 2100: no post of ours is younger, and no school farther away in miles."""


class BoardForm(Form):
    """The filters above the board."""

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
    """Where a page of the board begins: just after the row with this score and id."""

    score: float
    id: UUID

    def as_text(self) -> str:
        """For the address."""
        return urlsafe_b64encode(f"{self.score!r}|{self.id}".encode()).decode().rstrip("=")


def position_from(written: str) -> Position | None:
    """The place that an address names; None for the first page or for what was not written by us."""
    try:
        score, _, name = urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode().partition("|")
        place = Position(float(score), UUID(name))
    except ValueError:
        return None
    return place if -LATEST < place.score < LATEST else None  # neither NaN nor endless


def board_form(
    query: FormData, settings: AuthoritySettings, consortia: Sequence[Any], phases: Sequence[tuple[str, str]]
) -> BoardForm:
    """The filters as asked for; what an authority does not know is refused by name, not ignored."""
    form = BoardForm(query)
    form.theme.choices = [ANYTHING, *((key, one.label) for key, one in on_offer(settings.themes).items())]
    form.phase.choices = [ANYTHING, *phases]
    form.consortium.choices = [ANYTHING, *((str(one.id), one.name) for one in consortia)]
    for field in (form.kind, form.theme, form.phase, form.consortium):
        field.data = field.data or ""
    form.sort.data = form.sort.data or "newest"
    return form


def address_of(form: BoardForm, **changed: str | None) -> str:
    """The address of the board with these filters, some of them changed; the first page unless `after` is given."""
    values = {name: field.data for name, field in form._fields.items()} | changed
    kept = {name: value for name, value in values.items() if value not in (None, "", "newest")}
    return "/needs-and-offers" + (f"?{urlencode(kept)}" if kept else "")
