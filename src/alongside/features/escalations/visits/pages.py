"""Actions that record and correct visits."""

import msgspec

from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.resource import ESCALATION, resource_of_part, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.features.escalations.visits import actions
from alongside.features.escalations.visits.forms import VisitForm
from alongside.features.escalations.visits.queries import VISIT
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_date

WORK = Permission.CONTRIBUTE_TO_ESCALATION


async def _record(asked: FormRequest[EscalationRow, VisitForm]) -> None:
    await actions.record_visit(*subject(asked), asked.form.columns())


RECORD_VISIT = FormAction(
    name="record_visit",
    creates=True,
    undo="correct_visit",
    resource=ESCALATION,
    slug="visits",
    form_slug="visits/new",
    permission=WORK,
    states=OPEN_STATES,
    label="Record a visit",
    submit="Record this visit",
    form=VisitForm,
    initial=lambda asked: {"visit_on": asked.person.today, "who": asked.person.name, "for_school": True},
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    said="The visit is recorded.",
    run=_record,
)
CORRECT_VISIT = FormAction(
    name="correct_visit",
    undo="correct_visit",
    resource=resource_of_part("/escalation-visits/{escalation_visit_id:uuid}", VISIT),
    slug="edit",
    permission=WORK,
    label="Edit",
    about=lambda _, part: f"the visit of {format_date(part.row.visit_on)}",
    title="Edit this visit record",
    submit="Save changes",
    form=VisitForm,
    initial=lambda asked: msgspec.structs.asdict(asked.record.row),
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    version=lambda part: part.row.version,
    said="Your changes to the visit record are saved.",
    run=lambda asked: actions.correct_visit(*subject(asked), asked.form.columns(), asked.version),
)
routes = routes_of((RECORD_VISIT, CORRECT_VISIT))
