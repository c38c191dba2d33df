"""The page of a school's own terms and training days, and the actions on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import calendar_of
from alongside.features.schools.queries import school_with
from alongside.features.schools.record import SchoolRecord
from alongside.features.schools.term_dates import actions
from alongside.features.schools.term_dates.forms import TermForm, TrainingDayForm
from alongside.features.schools.term_dates.queries import own_days
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import ActionRequest, Resource, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest, FormType
from alongside.platform.school_calendar.calendar import TermDates, terms_from, with_own_days
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import PageResult
from alongside.platform.web.routing import endpoint

KEEP = Permission.MANAGE_TERM_DATES


async def get_school(
    session: AsyncSession, person: Principal, permission: Permission, urn: int
) -> SchoolRecord:
    """One school. Raises NotFound outside the person's scope."""
    require(person, permission, urn)
    return await school_with(session, person.authority_id, urn)


SCHOOL: Resource[SchoolRecord] = Resource(
    name="school",
    path="/schools/{urn:int}",
    load=get_school,
    url=lambda school: f"/schools/{school.urn}",
    page=lambda school: f"/schools/{school.urn}/days",
)


@endpoint.get("/schools/{urn:int}/days", permission=KEEP)
async def show_days(ctx: PageRequest, urn: int) -> PageResult:
    """Show the terms and training days that apply to the school's deadlines."""
    school = await get_school(ctx.session, ctx.person, KEEP, urn)
    return await SET_TERM.new_form_page(ctx, school)


def _offer_terms(person: Principal, form: TermForm) -> None:
    form.offer(terms_from(calendar_of(person.authority_id), person.today))


@dataclass(frozen=True, kw_only=True)
class OwnDays(FormContext):
    """The two forms of the page, the terms and training days that apply, and which of them are the school's own."""

    term_form: TermForm
    day_form: TrainingDayForm
    terms: Sequence[TermDates]
    own_terms: Collection[tuple[str, str]]
    own_days: Sequence[date]
    shared_days: Sequence[date]


async def _context(asked: FormRequest[SchoolRecord, FormType]) -> OwnDays:
    person, term_form, day_form = asked.person, TermForm(), TrainingDayForm()
    own = await own_days(asked.session, person.authority_id, asked.record.urn)
    calendar = with_own_days(calendar_of(person.authority_id), own.terms, frozenset(own.training_days))
    _offer_terms(person, term_form)
    return OwnDays(
        term_form=asked.form if isinstance(asked.form, TermForm) else term_form,
        day_form=asked.form if isinstance(asked.form, TrainingDayForm) else day_form,
        terms=terms_from(calendar, person.today),
        own_terms={(term.year, term.name) for term in own.terms},
        own_days=[day for day in own.training_days if day >= person.today],
        shared_days=sorted(
            day for day in calendar.inset_days if day >= person.today and day not in own.training_days
        ),
    )


async def _is_in_term(asked: FormRequest[SchoolRecord, TrainingDayForm]) -> bool:
    own = await own_days(asked.session, asked.person.authority_id, asked.record.urn)
    calendar = with_own_days(calendar_of(asked.person.authority_id), own.terms, frozenset())
    return asked.form.is_valid(calendar.terms)


async def _set_training_day(asked: FormRequest[SchoolRecord, TrainingDayForm]) -> None:
    assert asked.form.day.data is not None
    await actions.set_training_day(asked.session, asked.person, asked.record.urn, asked.form.day.data)


async def _drop_term(asked: ActionRequest[SchoolRecord]) -> None:
    year, _, name = asked.data.one("term").partition(" ")
    await actions.drop_term(asked.session, asked.person, asked.record.urn, year, name)


async def _drop_training_day(asked: ActionRequest[SchoolRecord]) -> None:
    try:
        day = date.fromisoformat(asked.data.one("day"))
    except ValueError:
        raise NotFound from None
    await actions.drop_training_day(asked.session, asked.person, asked.record.urn, day)


SET_TERM: FormAction[SchoolRecord, TermForm] = FormAction(
    name="set_term",
    undo="drop_term",
    resource=SCHOOL,
    slug="terms",
    form_slug=None,
    permission=KEEP,
    form=TermForm,
    form_name="term_form",
    choices=lambda asked: _offer_terms(asked.person, asked.form),
    template="schools/days.html",
    context=_context,
    said="The term is set. Deadlines of this school follow it from now on.",
    run=lambda asked: actions.set_term(asked.session, asked.person, asked.record.urn, asked.form.dates()),
)
SET_TRAINING_DAY: FormAction[SchoolRecord, TrainingDayForm] = FormAction(
    name="set_training_day",
    undo="drop_training_day",
    resource=SCHOOL,
    slug="training-days",
    form_slug=None,
    permission=KEEP,
    form=TrainingDayForm,
    form_name="day_form",
    valid=_is_in_term,
    template="schools/days.html",
    context=_context,
    said="The training day is kept. Deadlines of this school leave it out.",
    run=_set_training_day,
)
DROP_TERM = ButtonAction(
    name="drop_term",
    undo="set_term",
    resource=SCHOOL,
    slug="terms/removal",
    permission=KEEP,
    said="The school keeps the authority’s term again.",
    run=_drop_term,
)
DROP_TRAINING_DAY = ButtonAction(
    name="drop_training_day",
    undo="set_training_day",
    resource=SCHOOL,
    slug="training-days/removal",
    permission=KEEP,
    said="The training day is taken away.",
    run=_drop_training_day,
)
routes = [show_days, *routes_of((SET_TERM, DROP_TERM, SET_TRAINING_DAY, DROP_TRAINING_DAY))]
