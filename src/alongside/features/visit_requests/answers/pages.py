"""Actions by which the asked school answers a request for a visit."""

from collections.abc import Mapping

from alongside.features.schools.choices import offer_schools, schools_at_work
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.features.visit_requests.answers import actions
from alongside.features.visit_requests.forms import NotNowForm, OtherSchoolForm, YesForm
from alongside.features.visit_requests.models import AGREE
from alongside.features.visit_requests.request import RequestedVisit, is_late
from alongside.features.visit_requests.resource import VISIT_REQUEST
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ReasonForm, reason_form
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.web.responses import Redirect

ANSWER = Permission.ANSWER_VISIT_REQUEST
TO_ANSWER = AGREE.starts


def _in_time(person: Principal, row: RequestedVisit) -> bool:
    return not is_late(person, row)


async def _calendar(asked: ActionRequest[RequestedVisit]) -> Calendar:
    return await calendar_of_school(asked.session, asked.person.authority_id, asked.record.supporting_urn)


async def _yes_is_valid(asked: FormRequest[RequestedVisit, YesForm]) -> bool:
    row = asked.record
    return asked.form.is_valid(await _calendar(asked), asked.person.today, row.supporting_name)


async def _say_yes(asked: FormRequest[RequestedVisit, YesForm]) -> Redirect:
    form, row = asked.form, asked.record
    dates = form.days(await _calendar(asked), asked.person.today, row.supporting_name)
    arrangement = actions.Arrangement(dates, form.venue.data, form.contact.data, form.message.data or "")
    agreed = await actions.agree_visit(asked.session, asked.person, row.id, arrangement)
    next_step = "The visit is agreed." if agreed else f"{row.requesting_name} now chooses a date."
    return Redirect(VISIT_REQUEST.url(row), next_step)


def _contact(asked: ActionRequest[RequestedVisit]) -> Mapping[str, object]:
    return {"contact": f"{asked.person.name}, {asked.person.role_name.lower()}"}


YES: FormAction[RequestedVisit, YesForm] = FormAction(
    name="agree_visit",
    resource=VISIT_REQUEST,
    slug="answers/yes",
    permission=ANSWER,
    states=TO_ANSWER,
    relevant=_in_time,
    label="Say yes",
    title="Say yes to the visit",
    intro="If you choose a date that they named, the visit is agreed at once. If not, they choose one of your dates.",
    submit="Send answer",
    form=YesForm,
    initial=_contact,
    choices=lambda asked: asked.form.offer(asked.record.suitable),
    valid=_yes_is_valid,
    run=_say_yes,
)
NOT_NOW: FormAction[RequestedVisit, NotNowForm] = FormAction(
    name="postpone_visit",
    resource=VISIT_REQUEST,
    slug="answers/not-now",
    permission=ANSWER,
    states=TO_ANSWER,
    relevant=_in_time,
    label="Not now",
    title="Ask them to wait",
    intro="This request ends. They can ask again from the date that you enter.",
    submit="Send answer",
    form=NotNowForm,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    said="Your answer is sent.",
    run=lambda asked: actions.postpone_visit(
        asked.session,
        asked.person,
        asked.record.id,
        asked.form.not_before.data,
        asked.form.message.data or "",
    ),
)


async def _offer_schools(asked: FormRequest[RequestedVisit, OtherSchoolForm]) -> None:
    row = asked.record
    schools = await schools_at_work(asked.session, asked.person.authority_id)
    others = [one for one in schools if one.urn not in (row.requesting_urn, row.supporting_urn)]
    offer_schools(asked.form.school, others)


OTHER_SCHOOL: FormAction[RequestedVisit, OtherSchoolForm] = FormAction(
    name="suggest_school",
    resource=VISIT_REQUEST,
    slug="answers/other-school",
    permission=ANSWER,
    states=TO_ANSWER,
    relevant=_in_time,
    label="Suggest another school",
    intro="This request ends. They can ask the school that you suggest. We do not tell that school.",
    submit="Send answer",
    form=OtherSchoolForm,
    choices=_offer_schools,
    said="Your answer is sent.",
    run=lambda asked: actions.suggest_school(
        asked.session,
        asked.person,
        asked.record.id,
        int(asked.form.school.data),
        asked.form.message.data or "",
    ),
)
NO: FormAction[RequestedVisit, ReasonForm] = FormAction(
    name="decline_visit",
    resource=VISIT_REQUEST,
    slug="answers/no",
    permission=ANSWER,
    states=TO_ANSWER,
    relevant=_in_time,
    label="Say no",
    title="Say no to the visit",
    intro="This request ends. Saying no does not count against your school.",
    submit="Send answer",
    warning=True,
    form=reason_form("Reason", "Enter a reason", "The other school reads this"),
    said="Your answer is sent.",
    run=lambda asked: actions.decline_visit(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
ACTIONS = (YES, NOT_NOW, OTHER_SCHOOL, NO)
routes = routes_of(ACTIONS)
