"""The page on which an officer proposes categories from the profiles of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from wtforms import Form, HiddenField

from alongside.features.categories.forms import OWN_PANEL
from alongside.features.categories.from_profiles import (
    Candidate,
    Selection,
    preview_proposals,
    propose_from_profiles,
)
from alongside.features.categories.labels import category_label, require_used
from alongside.features.categories.reports import next_year
from alongside.features.consortia.models import PHASES
from alongside.features.profiles.queries import get_profile, state_counts
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, list_resource
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.school_calendar.calendar import academic_year
from alongside.platform.web.form_data import FormData
from alongside.platform.web.formatting import format_count
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import PageResult, Redirect

A_PAGE = 20
"""Schools on one page of the preview: each has its reasons."""


class FromProfilesForm(Form):
    """The selection that was shown, and the profiles as they were."""

    profile_year = HiddenField()
    academic_year = HiddenField()
    phase = HiddenField()
    seen = HiddenField()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One school of the preview; `category` is empty if a person must propose it."""

    candidate: Candidate
    category: str


@dataclass(frozen=True, kw_only=True)
class FromProfiles(FormContext):
    """One page of the preview, with what can be selected, and the counts of all pages."""

    rows: Sequence[PreviewRow]
    ready: int
    by_hand: int
    left_alone: int
    selection: Selection
    profile_years: Sequence[str]
    academic_years: Sequence[str]
    phases: Sequence[str]
    number: int
    more: bool
    query: str


def _one(data: FormData, name: str) -> str:
    return "".join(data.getlist(name)[:1])


async def _selection(
    asked: ActionRequest[None],
) -> tuple[Selection, list[str], list[str]]:
    """Return what is selected, the years of profiles and those of categories."""
    this_year = academic_year(asked.person.today)
    of_profiles = list(await state_counts(asked.session, asked.person, "", ""))
    of_categories = [this_year, next_year(this_year)]
    wanted = {name: _one(asked.data, name) for name in ("profile_year", "academic_year", "phase")}
    selection = Selection(
        wanted["profile_year"] if wanted["profile_year"] in of_profiles else "".join(of_profiles[:1]),
        wanted["academic_year"] if wanted["academic_year"] in of_categories else this_year,
        wanted["phase"] if wanted["phase"] in PHASES else "",
    )
    return selection, of_profiles, of_categories


async def _context(asked: FormRequest[None, FromProfilesForm]) -> FromProfiles:
    require_used(asked.person)
    selection, of_profiles, of_categories = await _selection(asked)
    preview = await preview_proposals(asked.session, asked.person, selection)
    form = asked.form
    form.profile_year.data, form.academic_year.data = selection.profile_year, selection.academic_year
    form.phase.data, form.seen.data = selection.phase, preview.seen
    found = [*preview.by_hand, *preview.ready]
    number = number_of_page(_one(asked.data, "page"))
    first = (number - 1) * A_PAGE
    return FromProfiles(
        rows=[
            PreviewRow(one, category_label(asked.person.authority_id, one.category) if one.category else "")
            for one in found[first : first + A_PAGE]
        ],
        ready=len(preview.ready),
        by_hand=len(preview.by_hand),
        left_alone=preview.left_alone,
        selection=selection,
        profile_years=of_profiles,
        academic_years=of_categories,
        phases=list(PHASES),
        number=number,
        more=len(found) > first + A_PAGE,
        query=f"profile_year={selection.profile_year}&academic_year={selection.academic_year}&phase={selection.phase}",
    )


async def _propose(asked: FormRequest[None, FromProfilesForm]) -> PageResult:
    require_used(asked.person)
    selection, _, _ = await _selection(asked)
    made, left = await propose_from_profiles(
        asked.session, asked.person, selection, asked.form.seen.data or ""
    )
    said = f"{format_count(made, 'category is', 'categories are')} proposed."
    if left:
        said += f" {format_count(left, 'school had', 'schools had')} one already."
    return Redirect(f"/categories?year={selection.academic_year}&state=proposed", said)


async def initial_proposal(asked: ActionRequest[None]) -> Mapping[str, object]:
    """Return what a proposal by hand starts with: the proposal of a profile, if the query string names one."""
    require_used(asked.person)
    this_year = academic_year(asked.person.today)
    wanted = _one(asked.data, "academic_year")
    start: dict[str, object] = {
        "academic_year": wanted if wanted == next_year(this_year) else this_year,
        "panel": OWN_PANEL,
    }
    try:
        profile_id = UUID(_one(asked.data, "profile"))
    except ValueError:
        return start
    profile = await get_profile(asked.session, asked.person, Permission.PREPARE_PROFILE, profile_id)
    return start | {
        "school": str(profile.school_urn),
        "phase": profile.phase,
        "category": profile.proposed_category,
        "reasons": "\n".join(profile.proposed_reasons),
    }


FROM_PROFILES: FormAction[None, FromProfilesForm] = FormAction(
    name="propose_categories_from_profiles",
    resource=list_resource("/categories/from-profiles", "/categories"),
    slug="",
    permission=Permission.PROPOSE_CATEGORY,
    title="Propose categories from profiles",
    submit="Propose these categories",
    intro="Each school gets the category that the method proposes. You can change or withdraw each proposal until it "
    "is discussed. Propose a category by hand first where you see it differently.",
    form=FromProfilesForm,
    template="categories/from_profiles.html",
    context=_context,
    run=_propose,
)
