"""The pages on which a statutory step is recorded, and heads are overruled."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.escalations.acts import Asked, act_page
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.statutory import actions
from alongside.escalations.statutory.forms import OverrulingForm, StepForm
from alongside.escalations.statutory.ladder import STEPS, is_open
from alongside.escalations.statutory.queries import owed_a_copy, steps_taken
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

STEP, OVERRULE = Permission.TAKE_STATUTORY_STEP, Permission.OVERRULE_HEADS
OVERRULING = Asked(
    "overruling",
    "Overrule a decision of heads",
    "Only where the authority’s own statutory responsibilities ask for it. It is recorded in your name and cannot be "
    "changed. Everybody with a part in this case is told at once.",
    "Overrule it",
    ("ground", "legal_basis", "decided", "instead", "reason"),
    warning=True,
)


@page.get("/cases/{case_id:uuid}/statutory-steps/new", permission=STEP)
@logs_reading
async def write_step(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """The next step of the ladder, with the law on which it usually stands."""
    row = await case_to(session, person, STEP, case_id)
    done = await _done(session, person, case_id)
    upcoming = next((key for key in STEPS if key not in done and is_open(key, done)), "")
    basis = STEPS[upcoming].basis if upcoming else ""
    form = StepForm(data={"kind": upcoming, "taken_on": person.today, "legal_basis": basis})
    return _step_page(row, form, done)


@page.post("/cases/{case_id:uuid}/statutory-steps", permission=STEP)
@logs_reading
async def take_statutory_step(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Record a step as it was taken."""
    row = await case_to(session, person, STEP, case_id)
    done = await _done(session, person, case_id)
    form = StepForm(await typed(request))
    answer = _step_page(row, form, done, 422)
    copies = await owed_a_copy(session, person, row.school_urn)
    if not form.holds(person.today, await steps_taken(session, person, case_id), copies):
        return answer
    await actions.take_statutory_step(session, person, case_id, form.columns())
    return SeeOther(f"/cases/{case_id}", "The step is recorded. Nothing was sent to the school by this.")


@page.get("/cases/{case_id:uuid}/overruling", permission=OVERRULE)
@logs_reading
async def ask_on_which_ground(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Ask on which statutory ground heads are to be overruled."""
    return act_page(await case_to(session, person, OVERRULE, case_id), OVERRULING, OverrulingForm())


@page.post("/cases/{case_id:uuid}/overruling", permission=OVERRULE)
@logs_reading
async def overrule_heads(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Set a decision of heads aside, on a statutory ground."""
    row = await case_to(session, person, OVERRULE, case_id)
    form = OverrulingForm(await typed(request))
    if not form.holds():
        return act_page(row, OVERRULING, form, status=422)
    await actions.overrule_heads(session, person, case_id, form.columns())
    return SeeOther(f"/cases/{case_id}", "It is recorded. Everybody with a part in the case has been told.")


async def _done(session: AsyncSession, person: Person, case_id: UUID) -> set[str]:
    return {one.kind for one in await steps_taken(session, person, case_id)}


def _step_page(row: Any, form: StepForm, done: set[str], status: int = 200) -> Page:
    form.offer(done)
    context = {"case": row, "form": form, "bases": [(one.label, one.basis) for one in STEPS.values()]}
    return Page("cases/step.html", context, status=status)


routes = [write_step, take_statutory_step, ask_on_which_ground, overrule_heads]
