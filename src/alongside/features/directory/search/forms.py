"""How a search is asked for: all of it in the address, so that a link shows what its sender saw."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from wtforms import Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from alongside.features.directory.search.facets import FACETS
from alongside.platform.web.form_data import FormData

SORTS = {
    "best": "Best match",
    "newest": "Newest",
    "evidence": "Strongest evidence",
    "mine": "Most like my school",
}
MOST_PAGES = 40
"""Pages that can be turned; who has not found it in a thousand entries narrows the search."""

ADDRESS = "/directory"


class SearchForm(Form):
    """One box, and what narrows it."""

    q = StringField(
        "Search good practice",
        validators=[Length(max=200, message="Search for 200 characters or fewer.")],
        filters=[lambda typed: (typed or "").strip()],
    )
    theme = SelectField("Theme")
    phase = SelectField("Phase")
    key_stage = SelectField("Key stage")
    evidence = SelectField("Evidence, at least")
    cost = SelectField("Cost in the first year")
    term = SelectField("Term")
    kind = SelectField("Kind")
    mine = SelectField("Context")
    sort = SelectField("Order", choices=list(SORTS.items()), default="best")
    page = IntegerField(
        "Page",
        default=1,
        validators=[
            MayBeEmpty(),
            NumberRange(
                min=1, max=MOST_PAGES, message=f"Pages go from 1 to {MOST_PAGES}. Narrow the search instead."
            ),
        ],
    )

    @property
    def typed(self) -> str:
        """What was typed into the box."""
        return str(self.q.data or "")

    @property
    def narrowed(self) -> dict[str, str]:
        """The facets that are set."""
        return {one.name: self[one.name].data for one in FACETS if self[one.name].data}

    @property
    def number(self) -> int:
        """The page that is asked for, from 1."""
        return int(self.page.data or 1)


def search_form(query: FormData, choices: Mapping[str, Mapping[str, str]]) -> SearchForm:
    """The search as asked for; what an authority does not know is refused by name, not ignored."""
    form = SearchForm(query)
    for facet in FACETS:
        field: Any = form[facet.name]
        field.choices = [("", "All"), *choices[facet.name].items()]
        field.data = field.data or ""
    form.sort.data = form.sort.data or "best"
    return form


def address_of(form: SearchForm, path: str = ADDRESS, **changed: str | int) -> str:
    """The address of this search, some of it changed; the first page unless `page` is given."""
    values: dict[str, Any] = (
        {name: field.data for name, field in form._fields.items()} | {"page": ""} | changed
    )
    usual = {"", None, "best"}
    kept = {name: value for name, value in values.items() if value not in usual and value != 1}
    return path + (f"?{urlencode(kept)}" if kept else "")
