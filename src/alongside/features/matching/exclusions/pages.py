"""The page of exclusions: a school's own, or all of them for the core team."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.matching.exclusions import actions, queries
from alongside.features.matching.exclusions.forms import ExclusionForm
from alongside.features.matching.exclusions.queries import ExclusionRow
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, Resource, buttons_for, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult
from alongside.platform.web.routing import endpoint

LIST = "/exclusions"


@endpoint.get(LIST, permission=Permission.VIEW_EXCLUSIONS)
async def list_exclusions(ctx: PageRequest) -> PageResult:
    """List the exclusions that this person may see."""
    return await EXCLUDE.new_form_page(ctx, None)


async def _offer_schools(asked: FormRequest[None, ExclusionForm]) -> None:
    schools = await schools_at_work(asked.session, asked.person.authority_id)
    offer_schools(asked.form.other, schools, asked.person.school_urn)


@dataclass(frozen=True, kw_only=True)
class ExclusionsContext(FormContext):
    """The exclusions with their buttons; `may_keep` is true for a school's own list."""

    exclusions: Sequence[tuple[ExclusionRow, Sequence[ActionButton]]]
    may_keep: bool
    settings: AuthoritySettings


async def _context(asked: FormRequest[None, ExclusionForm]) -> ExclusionsContext:
    person = asked.person
    rows = await queries.exclusions_of(asked.session, person)
    return ExclusionsContext(
        exclusions=[(row, buttons_for(person, row, (LIFT,))) for row in rows],
        may_keep=may(person, Permission.MANAGE_EXCLUSIONS, person.school_urn),
        settings=settings_of(person.authority_id),
    )


async def _exclude(asked: FormRequest[None, ExclusionForm]) -> None:
    other, reason = int(asked.form.other.data), asked.form.reason.data or ""
    await actions.exclude_school(asked.session, asked.person, other, reason)


EXCLUDE: FormAction[None, ExclusionForm] = FormAction(
    name="exclude_school",
    creates=True,
    undo="lift_exclusion",
    resource=list_resource(LIST),
    slug="",
    form_slug=None,
    permission=Permission.MANAGE_EXCLUSIONS,
    title="Exclude a school",
    submit="Exclude this school",
    form=ExclusionForm,
    choices=_offer_schools,
    template="matching/constraints/exclusions.html",
    context=_context,
    said="The school is excluded. No plan will match it with your school.",
    run=_exclude,
)
LIFT: ButtonAction[ExclusionRow] = ButtonAction(
    name="lift_exclusion",
    undo="exclude_school",
    resource=Resource(
        name="exclusion",
        path=f"{LIST}/{{exclusion_id:uuid}}",
        load=queries.exclusion_to,
        url=lambda exclusion: f"{LIST}/{exclusion.id}",
        page=lambda _: LIST,
    ),
    slug="remove",
    permission=Permission.MANAGE_EXCLUSIONS,
    label="Remove",
    about=lambda _, exclusion: f"the exclusion of {exclusion.other}",
    said="The exclusion is removed. Plans can match your two schools again.",
    run=lambda asked: actions.lift_exclusion(asked.session, asked.person, asked.record.id),
)
routes = [list_exclusions, *routes_of((EXCLUDE, LIFT))]
