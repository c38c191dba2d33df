"""The page of suspended schools, for the core team only."""

from collections.abc import Sequence
from dataclasses import dataclass

from alongside.features.matching.suspensions import actions, queries
from alongside.features.matching.suspensions.forms import SuspensionForm
from alongside.features.matching.suspensions.queries import SuspensionRow
from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton, Resource, buttons_for, list_resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult
from alongside.platform.web.routing import endpoint

LIST = "/support-suspensions"


@endpoint.get(LIST, permission=Permission.SUSPEND_SUPPLIER)
async def list_suspensions(ctx: PageRequest) -> PageResult:
    """List suspended schools with the reasons."""
    return await SUSPEND.new_form_page(ctx, None)


async def _offer_schools(asked: FormRequest[None, SuspensionForm]) -> None:
    offer_schools(asked.form.school, await schools_at_work(asked.session, asked.person.authority_id))


@dataclass(frozen=True, kw_only=True)
class SuspensionsContext(FormContext):
    """The suspended schools with their buttons."""

    schools: Sequence[tuple[SuspensionRow, Sequence[ActionButton]]]


async def _context(asked: FormRequest[None, SuspensionForm]) -> SuspensionsContext:
    rows = await queries.suspended_schools(asked.session, asked.person)
    return SuspensionsContext(schools=[(row, buttons_for(asked.person, row, (END,))) for row in rows])


async def _suspend(asked: FormRequest[None, SuspensionForm]) -> None:
    form = asked.form
    await actions.suspend_supplier(
        asked.session, asked.person, int(form.school.data), form.reason.data, form.until_on.data
    )


SUSPEND: FormAction[None, SuspensionForm] = FormAction(
    name="suspend_supplier",
    creates=True,
    undo="end_suspension",
    resource=list_resource(LIST),
    slug="",
    form_slug=None,
    permission=Permission.SUSPEND_SUPPLIER,
    title="Suspend a school",
    submit="Suspend this school",
    form=SuspensionForm,
    choices=_offer_schools,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    template="matching/constraints/fitness.html",
    context=_context,
    said="The school is suspended. Plans leave out its offers.",
    run=_suspend,
)
END: ButtonAction[SuspensionRow] = ButtonAction(
    name="end_suspension",
    undo="suspend_supplier",
    resource=Resource(
        name="suspension",
        path=f"{LIST}/{{suspension_id:uuid}}",
        load=queries.get_suspension,
        url=lambda suspension: f"{LIST}/{suspension.id}",
        page=lambda _: LIST,
    ),
    slug="remove",
    permission=Permission.SUSPEND_SUPPLIER,
    label="End suspension",
    about=lambda _, suspension: f"of {suspension.school}",
    said="The suspension has ended. Plans can choose this school’s offers again.",
    run=lambda asked: actions.end_suspension(asked.session, asked.person, asked.record.id),
)
routes = [list_suspensions, *routes_of((SUSPEND, END))]
