"""The form to ask for a visit, and what the asking school does with its request."""

from datetime import date

from wtforms import Form

from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.features.visit_requests.asking import actions
from alongside.features.visit_requests.asking.targets import VisitTarget, entry_to_visit, school_to_visit
from alongside.features.visit_requests.forms import AskForm, ChooseDateForm
from alongside.features.visit_requests.models import CHOOSE_DATE, OPEN
from alongside.features.visit_requests.request import RequestedVisit, is_late
from alongside.features.visit_requests.resource import VISIT_REQUEST
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import Resource, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_weekday
from alongside.platform.web.responses import Redirect


async def _is_valid(asked: FormRequest[VisitTarget, AskForm]) -> bool:
    target, person = asked.record, asked.person
    calendar = await calendar_of_school(asked.session, person.authority_id, target.urn)
    return asked.form.is_valid(calendar, person.today, target.school)


async def _ask(asked: FormRequest[VisitTarget, AskForm]) -> Redirect:
    form = asked.form
    details = actions.VisitDetails(
        form.wanted.data, form.suitable, form.visitors.data, form.visitor_count.data
    )
    made = await actions.ask_for_visit(asked.session, asked.person, asked.record, details)
    return Redirect(f"/visit-requests/{made}", f"Your request is sent to {asked.record.school}.")


def _asking(name: str, resource: Resource[VisitTarget]) -> FormAction[VisitTarget, AskForm]:
    return FormAction(
        name=name,
        creates=True,
        resource=resource,
        slug="visit-requests",
        form_slug="visit-requests/new",
        permission=Permission.ASK_FOR_VISIT,
        refusal=lambda _, target: target.obstacle,
        title=lambda _, target: f"Ask {target.school} for a visit",
        intro=lambda _, target: f"Only {target.school} reads your request. It is not shown to other schools.",
        submit="Send request",
        form=AskForm,
        valid=_is_valid,
        run=_ask,
    )


ASK_ABOUT_ENTRY = _asking(
    "ask_to_see_practice",
    Resource(
        name="target",
        path="/directory/{entry_id:uuid}",
        load=entry_to_visit,
        url=lambda target: target.url,
        caption=lambda _, target: target.entry_title or "",
    ),
)
ASK_SCHOOL = _asking(
    "ask_to_visit_school",
    Resource(
        name="target",
        path="/directory/schools/{urn:int}",
        load=school_to_visit,
        url=lambda target: target.url,
    ),
)


def _offer_dates(asked: FormRequest[RequestedVisit, ChooseDateForm]) -> None:
    days = asked.record.dates_offered
    asked.form.date.choices = [(day.isoformat(), format_weekday(day)) for day in days]


CHOOSE: FormAction[RequestedVisit, ChooseDateForm] = FormAction(
    name="choose_visit_date",
    undo="cancel_agreed_visit",
    resource=VISIT_REQUEST,
    slug="date",
    permission=Permission.CHANGE_VISIT_REQUEST,
    states=CHOOSE_DATE.starts,
    relevant=lambda person, row: not is_late(person, row),
    label="Choose a date",
    submit="Agree this date",
    form=ChooseDateForm,
    choices=_offer_dates,
    said="The visit is agreed.",
    run=lambda asked: actions.choose_visit_date(
        asked.session, asked.person, asked.record.id, date.fromisoformat(asked.form.date.data)
    ),
)
WITHDRAW: FormAction[RequestedVisit, Form] = FormAction(
    name="withdraw_visit_request",
    resource=VISIT_REQUEST,
    slug="withdrawal",
    permission=Permission.CHANGE_VISIT_REQUEST,
    states=OPEN,
    relevant=lambda person, row: not is_late(person, row),
    label="Withdraw the request",
    intro="We tell the other school that it does not need to answer. You can ask again later.",
    warning=True,
    form=Form,
    said="Your request is withdrawn.",
    run=lambda asked: actions.withdraw_visit_request(asked.session, asked.person, asked.record.id),
)
ACTIONS = (CHOOSE, WITHDRAW)
routes = routes_of((ASK_ABOUT_ENTRY, ASK_SCHOOL, *ACTIONS))
