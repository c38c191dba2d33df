"""The search form. All of a search is in the URL, so that a link shows what its sender saw."""

from collections.abc import Mapping
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
"""Most pages of results: 800 entries. After that the user has to narrow the search."""

ADDRESS = "/directory"


class SearchForm(Form):
    """The search box, the filters, the order and the page."""

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

    def __init__(self, formdata: FormData | None = None) -> None:
        """Bind the submitted values; `offered` has the choices of each facet."""
        super().__init__(formdata)
        self.offered: dict[str, list[tuple[str, str]]] = {}

    @property
    def typed(self) -> str:
        """The text in the search box."""
        return str(self.q.data or "")

    @property
    def narrowed(self) -> dict[str, str]:
        """The facets that are set, with their values."""
        return {one.name: self[one.name].data for one in FACETS if self[one.name].data}

    @property
    def number(self) -> int:
        """The page number, from 1."""
        return int(self.page.data or 1)


def search_form(query: FormData, choices: Mapping[str, Mapping[str, str]]) -> SearchForm:
    """The submitted search; a value that is not a choice of the authority is an error, not ignored."""
    form = SearchForm(query)
    for facet in FACETS:
        field = form[facet.name]
        assert isinstance(field, SelectField)
        form.offered[facet.name] = [("", "All"), *choices[facet.name].items()]
        field.choices = [*form.offered[facet.name]]
        field.data = field.data or ""
    form.sort.data = form.sort.data or "best"
    return form


def address_of(form: SearchForm, path: str = ADDRESS, **changed: str | int) -> str:
    """The URL of this search with some values changed; the first page unless `page` is given."""
    values: dict[str, object] = (
        {name: field.data for name, field in form._fields.items()} | {"page": ""} | changed
    )
    usual = {"", None, "best"}
    kept = {name: value for name, value in values.items() if value not in usual and value != 1}
    return path + (f"?{urlencode(kept)}" if kept else "")
