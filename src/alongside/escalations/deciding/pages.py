"""The pages on which the core team decides, plans, gives a case to somebody, and makes two cases one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.consortia.queries import consortium_names
from alongside.errors import Invalid, Stale
from alongside.escalations.acts import Asked, act_page, blame_all
from alongside.escalations.deciding.forms import DecisionForm, MergerForm, OwnerForm, PlanForm
from alongside.escalations.handling import actions
from alongside.escalations.procuring.queries import asked_of
from alongside.escalations.queries import case_to, officers, others_of_school
from alongside.escalations.reading.access_log import logs_reading
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, asked, typed

HANDLE = Permission.HANDLE_CASE
OWNER = Asked("owner", "Give this case to somebody", "They are told.", "Give it to them", ("owner_id",))
MERGER = Asked(
    "merger",
    "Merge this case into another",
    "Both are about the same school. This one is over, the other goes on; the consortium is told.",
    "Merge them",
    ("into", "note"),
)


@page.get("/cases/{case_id:uuid}/decision", permission=HANDLE)
@logs_reading
async def write_decision(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """The decision as it stands, or an empty one; with the school that matching found, where one was chosen."""
    row = await case_to(session, person, HANDLE, case_id)
    found = asked(request).one("found")
    taken = [
        one.partner
        for one in await asked_of(session, person, case_id)
        if str(one.id) == found and one.partner
    ]
    over = {"outcome": "procured", "provider": taken[0]} if taken else {}
    form = DecisionForm(data=_decided(row) | over)
    return await _decision_page(session, person, form, row)


@page.post("/cases/{case_id:uuid}/decision", permission=HANDLE)
@logs_reading
async def decide_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Decide what is to happen; both texts are shown when a colleague was faster."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = DecisionForm(written), version_of(written)
    answer = await _decision_page(session, person, form, row, status=422, version=version)
    if not form.holds(person.today):
        return answer
    try:
        await actions.decide_case(
            session, person, case_id, form.columns(), version, _typed(form, ("decision",))
        )
    except Invalid as problem:
        blame_all(form, problem)
        return answer
    except Stale as problem:
        row = await case_to(session, person, HANDLE, case_id)
        return await _decision_page(session, person, form, row, stale=problem)
    return SeeOther(f"/cases/{case_id}", "It is decided. The consortium has it in writing.")


@page.get("/cases/{case_id:uuid}/plan", permission=HANDLE)
@logs_reading
async def write_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """An empty plan; the first criterion is what the consortium wished for."""
    row = await case_to(session, person, HANDLE, case_id)
    wished = row.return_when if len(row.return_when) <= 400 else ""
    return _plan_page(PlanForm(data={"plan": row.plan, "hours": row.hours, "criteria": [wished]}), row)


@page.post("/cases/{case_id:uuid}/plan", permission=HANDLE)
@logs_reading
async def agree_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Agree what is done and what must be so at the end."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = PlanForm(written), version_of(written)
    if not form.holds():
        return _plan_page(form, row, 422, version=version)
    plan = {"plan": form.plan.data, "hours": form.hours.data}
    try:
        await actions.agree_plan(
            session, person, case_id, plan, form.wanted(), version, _typed(form, ("plan",))
        )
    except Stale as problem:
        return _plan_page(form, await case_to(session, person, HANDLE, case_id), 409, stale=problem)
    return SeeOther(f"/cases/{case_id}", "The plan is agreed. The consortium has been told.")


@page.get("/cases/{case_id:uuid}/owner", permission=HANDLE)
@logs_reading
async def ask_for_owner(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask who looks after the case."""
    row = await case_to(session, person, HANDLE, case_id)
    return act_page(row, OWNER, await _owner_form(session, person, {"owner_id": str(row.owner_id or "")}))


@page.post("/cases/{case_id:uuid}/owner", permission=HANDLE)
@logs_reading
async def assign_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Give a case to somebody of the core team."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = await _owner_form(session, person, written), version_of(written)
    if not form.holds():
        return act_page(row, OWNER, form, status=422, version=version)
    try:
        await actions.assign_case(session, person, case_id, UUID(form.owner_id.data), version)
    except Invalid as problem:
        blame_all(form, problem)
        return act_page(row, OWNER, form, status=422, version=version)
    except Stale as problem:
        return act_page(await case_to(session, person, HANDLE, case_id), OWNER, form, stale=problem)
    return SeeOther(f"/cases/{case_id}", "They have been told.")


@page.get("/cases/{case_id:uuid}/merger", permission=HANDLE)
@logs_reading
async def ask_into_which(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask into which other case of the school this one goes."""
    row = await case_to(session, person, HANDLE, case_id)
    return act_page(row, MERGER, await _merger_form(session, person, row, None))


@page.post("/cases/{case_id:uuid}/merger", permission=HANDLE)
@logs_reading
async def merge_case(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Make two cases of one school one."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = await _merger_form(session, person, row, written), version_of(written)
    if not form.holds():
        return act_page(row, MERGER, form, status=422, version=version)
    into = UUID(form.into.data)
    await actions.merge_case(session, person, case_id, into, form.note.data or "", version)
    return SeeOther(f"/cases/{into}", "The two cases are one now.")


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
    person: Person,
    form: DecisionForm,
    row: Any,
    status: int = 200,
    stale: Stale | None = None,
    version: int | None = None,
) -> Page:
    """The form with its lists filled: before it is checked, so that the checks know what may be chosen."""
    consortia = await consortium_names(session, person.authority_id)
    others = [one for one in consortia if one.id != row.consortium_id]
    form.offer(settings_of(person.authority_id), others, person.today, maintained=bool(row.maintained))
    return _own_page("cases/decision.html", form, row, status, stale=stale, version=version)


def _plan_page(
    form: PlanForm, row: Any, status: int = 200, stale: Stale | None = None, version: int | None = None
) -> Page:
    return _own_page("cases/plan.html", form, row, status, stale=stale, version=version)


def _own_page(
    template: str, form: Any, row: Any, status: int, *, stale: Stale | None, version: int | None
) -> Page:
    shown = stale.version if stale else row.version if version is None else version
    context = {"case": row, "form": form, "stale": stale, "version": shown}
    return Page(template, context, status=409 if stale else status)


async def _owner_form(session: AsyncSession, person: Person, written: Typed | dict[str, str]) -> OwnerForm:
    form = OwnerForm(data=written) if isinstance(written, dict) else OwnerForm(written)
    form.owner_id.choices = [(str(one.id), one.name) for one in await officers(session, person)]
    return form


async def _merger_form(session: AsyncSession, person: Person, row: Any, written: Typed | None) -> MergerForm:
    form = MergerForm(written)
    others = await others_of_school(session, person, row)
    form.into.choices = [
        (str(one.id), f"Raised by {one.consortium} on {one.raised_at:%-d %B %Y}") for one in others
    ]
    return form


routes = [
    write_decision,
    decide_case,
    write_plan,
    agree_plan,
    ask_for_owner,
    assign_case,
    ask_into_which,
    merge_case,
]
