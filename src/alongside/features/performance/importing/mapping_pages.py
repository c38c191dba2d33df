"""The page on which the core team says what the columns of its own spreadsheet hold."""

from collections.abc import Mapping

from wtforms import Form

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.performance.catalogue import measures_on_offer
from alongside.features.performance.importing.actions import choose_year
from alongside.features.performance.importing.forms import offer_years
from alongside.features.performance.importing.mappings import URN, remember_columns
from alongside.features.performance.importing.preview import IS_OVER, unpacked
from alongside.features.performance.importing.queries import WaitingUpload
from alongside.features.performance.importing.resource import UPLOAD
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.fields import Choice, line
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.responses import PageResult, Redirect

MOST_COLUMNS = 40
"""The columns of a spreadsheet that can be mapped; further ones are not used."""


class ColumnsForm(Form):
    """The name and year of a spreadsheet; `mapping_form` adds a choice for each of its columns."""

    spreadsheet = line("Name of the spreadsheet", "The name", "Like “Phonics from schools”", 80)
    academic_year = Choice("Academic year", "Choose a year from the list", render_kw={"select": True})


def headings_of(upload: WaitingUpload) -> list[str]:
    """Return the headings of an upload that can be mapped. Raises ActionRefused if it is over."""
    if upload.sheet is None:
        raise ActionRefused(IS_OVER)
    return [one for one in unpacked(upload.sheet).headings if one][:MOST_COLUMNS]


def mapping_form(asked: ActionRequest[WaitingUpload]) -> type[ColumnsForm]:
    """Return the form for the columns of an upload."""
    measures = measures_on_offer(settings_of(asked.person.authority_id))
    choices = [
        ("", "Not used"),
        (URN, "URN of the school"),
        *((key, one.label) for key, one in measures.items()),
    ]
    fields = {
        f"column_{place}": Choice(
            f"“{heading[:80]}” holds", "Choose from the list", choices=choices, render_kw={"select": True}
        )
        for place, heading in enumerate(headings_of(asked.record))
    }
    return type("MappingForm", (ColumnsForm,), fields)


def _initial(asked: ActionRequest[WaitingUpload]) -> Mapping[str, object]:
    urns = {
        f"column_{place}": URN
        for place, heading in enumerate(headings_of(asked.record))
        if heading.strip().lower() == "urn"
    }
    return {"academic_year": asked.record.academic_year or "", **urns}


def _offer_years(asked: FormRequest[WaitingUpload, ColumnsForm]) -> None:
    offer_years(asked.form.academic_year, academic_year(asked.person.today), "Select a year")


async def _map(asked: FormRequest[WaitingUpload, ColumnsForm]) -> PageResult:
    """Remember the columns and show the preview. Raises ValidationFailed for what is missing or chosen twice."""
    form, here = asked.form, asked.person.authority_id
    columns = {
        heading: holds
        for place, heading in enumerate(headings_of(asked.record))
        if (holds := form[f"column_{place}"].data)
    }
    chosen = list(columns.values())
    mistakes: dict[str, list[str]] = {}
    if not (form.spreadsheet.data or "").strip():
        mistakes["spreadsheet"] = ["Enter a name, so that the columns are remembered"]
    if not form.academic_year.data:
        mistakes["academic_year"] = ["Select the academic year of the figures"]
    if chosen.count(URN) != 1:
        mistakes["column_0"] = ["Select the one column that holds the URN"]
    elif len(chosen) < 2 or len(set(chosen)) < len(chosen):
        mistakes["column_0"] = ["Select a measure for at least one column, and each measure once"]
    if mistakes:
        raise ValidationFailed(mistakes)
    await remember_columns(asked.session, here, (form.spreadsheet.data or "").strip(), columns)
    await choose_year(asked.session, asked.person, asked.record.id, form.academic_year.data)
    return Redirect(UPLOAD.url(asked.record))


MAP: FormAction[WaitingUpload, ColumnsForm] = FormAction(
    name="map_columns",
    resource=UPLOAD,
    slug="columns",
    permission=Permission.IMPORT_PERFORMANCE,
    title="Columns of your spreadsheet",
    intro="This is not a published table. Say what its columns hold. Alongside remembers it for the next file.",
    submit="Preview import",
    form=mapping_form,
    initial=_initial,
    choices=_offer_years,
    run=_map,
)
routes = MAP.routes()
