"""Actions that plan, record, correct, cancel and remove visits."""

from alongside.features.agreements.forms import REASON_FOR_OTHER_SCHOOL
from alongside.features.agreements.queries import AgreementRow
from alongside.features.agreements.resource import AGREEMENT, VISIT
from alongside.features.agreements.visit import CANCEL_VISIT, VOID_VISIT
from alongside.features.agreements.visits import actions
from alongside.features.agreements.visits.forms import FIELDS, VisitForm
from alongside.features.agreements.visits.queries import VisitRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_date, format_days
from alongside.platform.web.responses import Redirect

PLAN = "plan"
"""The value of the button that saves a visit as planned."""


def _which(_: Principal, visit: VisitRow) -> str:
    return f"the visit of {format_date(visit.visit_on)}: {visit.focus}"


def _is_running(_: Principal, visit: VisitRow) -> bool:
    return visit.agreement_state == "active"


async def _log(asked: FormRequest[AgreementRow, VisitForm]) -> Redirect:
    planned = asked.data.one("act") == PLAN
    act = actions.plan_visit if planned else actions.log_visit
    await act(asked.session, asked.person, asked.record.id, asked.form.record())
    said = (
        "The visit is planned."
        if planned
        else "The visit is recorded. The other school has been asked to answer."
    )
    return Redirect(AGREEMENT.url(asked.record), said)


async def _record(asked: FormRequest[VisitRow, VisitForm]) -> None:
    act = actions.correct_visit if asked.record.state == "recorded" else actions.record_visit
    await act(asked.session, asked.person, asked.record.id, asked.form.record(), asked.version)


LOG = FormAction(
    name="log_visit",
    undo="remove_visit",
    creates=True,
    resource=AGREEMENT,
    slug="visits",
    form_slug="visits/new",
    permission=Permission.RECORD_VISIT,
    states=("active",),
    label="Record or plan a visit",
    intro=lambda _, agreement: f"{format_days(agreement.days_used)} used of {format_days(agreement.days)}.",
    form=VisitForm,
    initial=lambda asked: {"visit_on": asked.person.today},
    valid=lambda asked: asked.form.is_valid(recorded=asked.data.one("act") != PLAN),
    template="agreements/visit.html",
    run=_log,
)
RECORD = FormAction(
    name="record_visit",
    resource=VISIT,
    slug="record",
    permission=Permission.RECORD_VISIT,
    states=("planned", "recorded"),
    relevant=_is_running,
    refusal=actions.whose_record,
    label=lambda _, visit: "Correct" if visit.state == "recorded" else "Record",
    about=_which,
    title=lambda _, visit: "Correct the record" if visit.state == "recorded" else "Visit record",
    intro=lambda _, visit: (
        "The other school answers the new record. If the visit did not take place, remove its record instead."
        if visit.state == "recorded"
        else ""
    ),
    submit="Save the record",
    form=VisitForm,
    initial=lambda asked: {name: getattr(asked.record, name) for name in FIELDS},
    valid=lambda asked: asked.form.is_valid(recorded=True),
    version=lambda visit: visit.version,
    said="The visit is recorded. The other school has been asked to answer.",
    run=_record,
)
CANCEL = FormAction(
    name="cancel_visit",
    intro="The other school is told, with your reason. The agreed days stay.",
    resource=VISIT,
    slug="cancellation",
    permission=Permission.RECORD_VISIT,
    states=CANCEL_VISIT.starts,
    relevant=_is_running,
    label="Cancel",
    about=_which,
    title="Cancel this visit",
    submit="Cancel the visit",
    warning=True,
    form=REASON_FOR_OTHER_SCHOOL,
    said="The visit is cancelled.",
    run=lambda asked: actions.cancel_visit(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
REMOVE = FormAction(
    name="remove_visit",
    resource=VISIT,
    slug="removal",
    permission=Permission.RECORD_VISIT,
    states=VOID_VISIT.starts,
    relevant=_is_running,
    refusal=actions.whose_record,
    label="Remove",
    about=_which,
    title="Remove the record of this visit",
    intro="Use this if the visit did not take place. Its days can be used again, and the other school is told.",
    submit="Remove the record",
    warning=True,
    form=REASON_FOR_OTHER_SCHOOL,
    said="The record is removed. Its days can be used again.",
    run=lambda asked: actions.void_visit(asked.session, asked.person, asked.record.id, asked.form.note.data),
)
ON_A_VISIT = (RECORD, CANCEL, REMOVE)
routes = routes_of((LOG, *ON_A_VISIT))
