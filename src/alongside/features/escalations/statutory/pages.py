"""Actions that record a statutory step and overrule headteachers' decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.statutory import actions
from alongside.features.escalations.statutory.forms import OverrulingForm, StepForm
from alongside.features.escalations.statutory.queries import owed_a_copy, steps_taken
from alongside.features.escalations.statutory.steps import STEPS, is_open
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest


async def _done(asked: ActionRequest[EscalationRow]) -> set[str]:
    return {one.kind for one in await steps_taken(*subject(asked))}


async def _next_step(asked: ActionRequest[EscalationRow]) -> Mapping[str, object]:
    done = await _done(asked)
    upcoming = next((key for key in STEPS if key not in done and is_open(key, done)), "")
    basis = STEPS[upcoming].basis if upcoming else ""
    return {"kind": upcoming, "taken_on": asked.person.today, "legal_basis": basis}


async def _offer_steps(asked: FormRequest[EscalationRow, StepForm]) -> None:
    asked.form.offer(await _done(asked))


async def _is_valid(asked: FormRequest[EscalationRow, StepForm]) -> bool:
    copies = await owed_a_copy(asked.session, asked.person, asked.record.school_urn)
    return asked.form.is_valid(asked.person.today, await steps_taken(*subject(asked)), copies)


@dataclass(frozen=True, kw_only=True)
class StepContext(FormContext):
    """The usual legal basis of each step, by its label."""

    bases: Sequence[tuple[str, str]]


def _context(_: FormRequest[EscalationRow, StepForm]) -> StepContext:
    return StepContext(bases=[(one.label, one.basis) for one in STEPS.values()])


async def _record_step(asked: FormRequest[EscalationRow, StepForm]) -> None:
    await actions.record_statutory_step(*subject(asked), asked.form.columns())


async def _overrule(asked: FormRequest[EscalationRow, OverrulingForm]) -> None:
    await actions.overrule_heads(*subject(asked), asked.form.columns())


RECORD_STEP = FormAction(
    name="record_statutory_step",
    creates=True,
    intro="This records what the authority has done. Alongside sends nothing: send the notice yourself.",
    resource=ESCALATION,
    slug="statutory-steps",
    form_slug="statutory-steps/new",
    permission=Permission.RECORD_STATUTORY_STEP,
    states=actions.ON_THE_LADDER,
    relevant=lambda _, row: row.maintained and (row.outcome == "statutory" or row.state == "stepped_up"),
    label="Record a statutory step",
    submit="Record this step",
    form=StepForm,
    initial=_next_step,
    choices=_offer_steps,
    valid=_is_valid,
    template="escalations/step.html",
    context=_context,
    said="The step is recorded. Alongside has sent nothing to the school.",
    run=_record_step,
)
OVERRULE = FormAction(
    name="overrule_heads",
    resource=ESCALATION,
    slug="overruling",
    permission=Permission.OVERRULE_HEADS,
    states=OPEN_STATES,
    label="Overrule headteachers",
    title="Overrule a decision of headteachers",
    intro="Do this only where the authority’s statutory responsibilities require it. It is recorded in your name and "
    "you cannot change it later. Everyone involved in this escalation is told at once.",
    submit="Overrule this decision",
    warning=True,
    form=OverrulingForm,
    said="The overruling is recorded. Everyone involved has been told.",
    run=_overrule,
)
routes = routes_of((RECORD_STEP, OVERRULE))
