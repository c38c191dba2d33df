"""Pages to record a statutory step and to overrule headteachers' decisions."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.statutory import actions
from alongside.features.escalations.statutory.forms import OverrulingForm, StepForm
from alongside.features.escalations.statutory.queries import owed_a_copy, steps_taken
from alongside.features.escalations.statutory.steps import STEPS, is_open
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

STEP, OVERRULE = Permission.RECORD_STATUTORY_STEP, Permission.OVERRULE_HEADS
OVERRULING = ActionForm(
    "overruling",
    "Overrule a decision of heads",
    "Only where the authority’s own statutory responsibilities ask for it. It is recorded in your name and cannot be "
    "changed. Everybody with a part in this escalation is told at once.",
    "Overrule it",
    ("ground", "legal_basis", "decided", "instead", "reason"),
    warning=True,
)


@endpoint.get("/escalations/{escalation_id:uuid}/statutory-steps/new", permission=STEP)
@logs_reading
async def write_step(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the form of the next step, with its default legal basis."""
    row = await get_escalation(session, person, STEP, escalation_id)
    done = await _done(session, person, escalation_id)
    upcoming = next((key for key in STEPS if key not in done and is_open(key, done)), "")
    basis = STEPS[upcoming].basis if upcoming else ""
    form = StepForm(data={"kind": upcoming, "taken_on": person.today, "legal_basis": basis})
    return _step_page(row, form, done)


@endpoint.post("/escalations/{escalation_id:uuid}/statutory-steps", permission=STEP)
@logs_reading
async def record_statutory_step(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Record a statutory step that was taken."""
    row = await get_escalation(session, person, STEP, escalation_id)
    done = await _done(session, person, escalation_id)
    form = StepForm(await read_form_data(request))
    answer = _step_page(row, form, done, 422)
    copies = await owed_a_copy(session, person, row.school_urn)
    if not form.is_valid(person.today, await steps_taken(session, person, escalation_id), copies):
        return answer
    await actions.record_statutory_step(session, person, escalation_id, form.columns())
    return Redirect(
        f"/escalations/{escalation_id}", "The step is recorded. Nothing was sent to the school by this."
    )


@endpoint.get("/escalations/{escalation_id:uuid}/overruling", permission=OVERRULE)
@logs_reading
async def ask_on_which_ground(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Ask for the statutory ground on which to overrule a decision."""
    return action_form_page(
        await get_escalation(session, person, OVERRULE, escalation_id), OVERRULING, OverrulingForm()
    )


@endpoint.post("/escalations/{escalation_id:uuid}/overruling", permission=OVERRULE)
@logs_reading
async def overrule_heads(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Overrule a decision of headteachers on a statutory ground."""
    row = await get_escalation(session, person, OVERRULE, escalation_id)
    form = OverrulingForm(await read_form_data(request))
    if not form.is_valid():
        return action_form_page(row, OVERRULING, form, status=422)
    await actions.overrule_heads(session, person, escalation_id, form.columns())
    return Redirect(
        f"/escalations/{escalation_id}",
        "It is recorded. Everybody with a part in the escalation has been told.",
    )


async def _done(session: AsyncSession, person: Principal, escalation_id: UUID) -> set[str]:
    return {one.kind for one in await steps_taken(session, person, escalation_id)}


def _step_page(row: Any, form: StepForm, done: set[str], status: int = 200) -> Page:
    form.offer(done)
    context = {"escalation": row, "form": form, "bases": [(one.label, one.basis) for one in STEPS.values()]}
    return Page("escalations/step.html", context, status=status)


routes = [write_step, record_statutory_step, ask_on_which_ground, overrule_heads]
