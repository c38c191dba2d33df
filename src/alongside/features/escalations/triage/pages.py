"""Pages of triage: decision, plan, owner and merging."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.consortia.queries import consortium_names
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page, attach_errors
from alongside.features.escalations.matching_requests.queries import asked_of
from alongside.features.escalations.queries import get_escalation, officers, others_of_school
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.triage.forms import DecisionForm, MergerForm, OwnerForm, PlanForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import FormData, asked, read_form_data
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE, ASSIGN = Permission.MANAGE_ESCALATION, Permission.ASSIGN_ESCALATION
OWNER = ActionForm(
    "owner", "Give this escalation to somebody", "They are told.", "Give it to them", ("owner_id",)
)
MERGER = ActionForm(
    "merger",
    "Merge this escalation into another",
    "Both are about the same school. This one is over, the other goes on; the consortium is told.",
    "Merge them",
    ("into", "note"),
)


@endpoint.get("/escalations/{escalation_id:uuid}/decision", permission=HANDLE)
@logs_reading
async def write_decision(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the current decision, or an empty form; with the school that matching found, if one was chosen."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    found = asked(request).one("found")
    taken = [
        one.partner
        for one in await asked_of(session, person, escalation_id)
        if str(one.id) == found and one.partner
    ]
    over = {"outcome": "procured", "provider": taken[0]} if taken else {}
    form = DecisionForm(data=_decided(row) | over)
    return await _decision_page(session, person, form, row)


@endpoint.post("/escalations/{escalation_id:uuid}/decision", permission=HANDLE)
@logs_reading
async def decide_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Save the decision; after an edit conflict both versions are shown."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    written = await read_form_data(request)
    form, version = DecisionForm(written), version_of(written)
    answer = await _decision_page(session, person, form, row, status=422, version=version)
    if not form.is_valid(person.today):
        return answer
    try:
        await actions.decide_escalation(
            session, person, escalation_id, form.columns(), version, _typed(form, ("decision",))
        )
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return answer
    except EditConflict as problem:
        row = await get_escalation(session, person, HANDLE, escalation_id)
        return await _decision_page(session, person, form, row, stale=problem)
    return Redirect(f"/escalations/{escalation_id}", "It is decided. The consortium has it in writing.")


@endpoint.get("/escalations/{escalation_id:uuid}/plan", permission=HANDLE)
@logs_reading
async def write_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show an empty plan; the first criterion is the one the consortium proposed."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    wished = row.return_when if len(row.return_when) <= 400 else ""
    return _plan_page(PlanForm(data={"plan": row.plan, "hours": row.hours, "criteria": [wished]}), row)


@endpoint.post("/escalations/{escalation_id:uuid}/plan", permission=HANDLE)
@logs_reading
async def agree_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Agree the plan and its criteria."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    written = await read_form_data(request)
    form, version = PlanForm(written), version_of(written)
    if not form.is_valid():
        return _plan_page(form, row, 422, version=version)
    plan = {"plan": form.plan.data, "hours": form.hours.data}
    try:
        await actions.agree_plan(
            session, person, escalation_id, plan, form.wanted(), version, _typed(form, ("plan",))
        )
    except EditConflict as problem:
        return _plan_page(
            form, await get_escalation(session, person, HANDLE, escalation_id), 409, stale=problem
        )
    return Redirect(f"/escalations/{escalation_id}", "The plan is agreed. The consortium has been told.")


@endpoint.get("/escalations/{escalation_id:uuid}/owner", permission=ASSIGN)
@logs_reading
async def ask_for_owner(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for the owner of the escalation."""
    row = await get_escalation(session, person, ASSIGN, escalation_id)
    return action_form_page(
        row, OWNER, await _owner_form(session, person, {"owner_id": str(row.owner_id or "")})
    )


@endpoint.post("/escalations/{escalation_id:uuid}/owner", permission=ASSIGN)
@logs_reading
async def assign_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Assign an escalation to a member of the core team."""
    row = await get_escalation(session, person, ASSIGN, escalation_id)
    written = await read_form_data(request)
    form, version = await _owner_form(session, person, written), version_of(written)
    if not form.is_valid():
        return action_form_page(row, OWNER, form, status=422, version=version)
    try:
        await actions.assign_escalation(session, person, escalation_id, UUID(form.owner_id.data), version)
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return action_form_page(row, OWNER, form, status=422, version=version)
    except EditConflict as problem:
        return action_form_page(
            await get_escalation(session, person, ASSIGN, escalation_id), OWNER, form, stale=problem
        )
    return Redirect(f"/escalations/{escalation_id}", "They have been told.")


@endpoint.get("/escalations/{escalation_id:uuid}/merger", permission=HANDLE)
@logs_reading
async def ask_into_which(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for the escalation of the same school to merge this one into."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    return action_form_page(row, MERGER, await _merger_form(session, person, row, None))


@endpoint.post("/escalations/{escalation_id:uuid}/merger", permission=HANDLE)
@logs_reading
async def merge_escalation(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Merge two escalations of one school."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    written = await read_form_data(request)
    form, version = await _merger_form(session, person, row, written), version_of(written)
    if not form.is_valid():
        return action_form_page(row, MERGER, form, status=422, version=version)
    into = UUID(form.into.data)
    await actions.merge_escalation(session, person, escalation_id, into, form.note.data or "", version)
    return Redirect(f"/escalations/{into}", "The two escalations are one now.")


def _decided(row: Any) -> dict[str, Any]:
    kept = {
        name: getattr(row, name) for name in ("outcome", "decision", "provider", "provider_pence", "fund")
    }
    handling = str(row.handling_consortium_id or "")
    more = {
        "named_support": row.named_support,
        "referred_on": row.referred_on,
        "referral_reference": row.referral_reference,
        "handling_consortium_id": handling,
        "hours": row.hours or None,
    }
    return kept | more


def _typed(form: Any, names: tuple[str, ...]) -> Mapping[str, tuple[str, str]]:
    return {name: (str(form[name].label.text), form[name].data or "") for name in names}


async def _decision_page(
    session: AsyncSession,
    person: Principal,
    form: DecisionForm,
    row: Any,
    status: int = 200,
    stale: EditConflict | None = None,
    version: int | None = None,
) -> Page:
    """Render the form; the choices are set before validation, because validation needs them."""
    consortia = await consortium_names(session, person.authority_id)
    others = [one for one in consortia if one.id != row.consortium_id]
    form.offer(settings_of(person.authority_id), others, person.today, maintained=bool(row.maintained))
    return _own_page("escalations/decision.html", form, row, status, stale=stale, version=version)


def _plan_page(
    form: PlanForm, row: Any, status: int = 200, stale: EditConflict | None = None, version: int | None = None
) -> Page:
    return _own_page("escalations/plan.html", form, row, status, stale=stale, version=version)


def _own_page(
    template: str, form: Any, row: Any, status: int, *, stale: EditConflict | None, version: int | None
) -> Page:
    shown = stale.version if stale else row.version if version is None else version
    context = {"escalation": row, "form": form, "stale": stale, "version": shown}
    return Page(template, context, status=409 if stale else status)


async def _owner_form(
    session: AsyncSession, person: Principal, written: FormData | dict[str, str]
) -> OwnerForm:
    form = OwnerForm(data=written) if isinstance(written, dict) else OwnerForm(written)
    form.owner_id.choices = [(str(one.id), one.name) for one in await officers(session, person)]
    return form


async def _merger_form(
    session: AsyncSession, person: Principal, row: Any, written: FormData | None
) -> MergerForm:
    form = MergerForm(written)
    others = await others_of_school(session, person, row)
    form.into.choices = [
        (str(one.id), f"Raised by {one.consortium} on {format_date(one.raised_at)}") for one in others
    ]
    return form


routes = [
    write_decision,
    decide_escalation,
    write_plan,
    agree_plan,
    ask_for_owner,
    assign_escalation,
    ask_into_which,
    merge_escalation,
]
