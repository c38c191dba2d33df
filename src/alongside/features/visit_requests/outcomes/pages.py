"""Actions on an agreed visit."""

from wtforms import Form

from alongside.features.visit_requests.models import CANCEL, CONFIRM
from alongside.features.visit_requests.outcomes import actions
from alongside.features.visit_requests.request import RequestedVisit
from alongside.features.visit_requests.resource import VISIT_REQUEST
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction
from alongside.platform.forms.reason import ReasonForm, reason_form

CONFIRM_VISIT: FormAction[RequestedVisit, Form] = FormAction(
    name="confirm_visit",
    resource=VISIT_REQUEST,
    slug="confirmation",
    permission=Permission.CONCLUDE_VISIT,
    states=CONFIRM.starts,
    relevant=lambda person, row: row.visit_on is not None and row.visit_on <= person.today,
    label="The visit took place",
    intro="Both schools see this. It cannot be changed afterwards.",
    submit="Confirm that it took place",
    form=Form,
    said="Thank you. Both schools see that the visit took place.",
    run=lambda asked: actions.confirm_visit(asked.session, asked.person, asked.record.id),
)
CANCEL_VISIT: FormAction[RequestedVisit, ReasonForm] = FormAction(
    name="cancel_agreed_visit",
    resource=VISIT_REQUEST,
    slug="cancellation",
    permission=Permission.CONCLUDE_VISIT,
    states=CANCEL.starts,
    label="Cancel the visit",
    intro="We tell the other school at once.",
    warning=True,
    form=reason_form("Reason", "Enter a reason", "The other school reads this"),
    said="The visit is cancelled.",
    run=lambda asked: actions.cancel_agreed_visit(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
ACTIONS = (CONFIRM_VISIT, CANCEL_VISIT)
routes = routes_of(ACTIONS)
