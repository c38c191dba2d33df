"""Pages of a school's own terms and training days."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound, ValidationFailed
from alongside.features.authorities import calendar_of
from alongside.features.authorities.calendar import terms_from, with_own_days
from alongside.features.schools.queries import school_with
from alongside.features.schools.term_dates import actions
from alongside.features.schools.term_dates.forms import TermForm, TrainingDayForm
from alongside.features.schools.term_dates.queries import own_days
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.responses import Page, PageResult, Redirect, TemplateVariables
from alongside.platform.web.routing import endpoint

KEEP = Permission.MANAGE_TERM_DATES


@endpoint.get("/schools/{urn:int}/days", permission=KEEP)
async def show_days(ctx: PageRequest, urn: int) -> PageResult:
    """Show the terms and training days that apply to the school's deadlines."""
    return await _page(ctx.session, ctx.person, urn, TermForm(), TrainingDayForm())


@endpoint.post("/schools/{urn:int}/terms", permission=KEEP)
async def set_term(ctx: PageRequest, urn: int) -> PageResult:
    """Save one term."""
    require(ctx.person, KEEP, urn)
    form = TermForm(await ctx.submitted())
    form.offer(terms_from(calendar_of(ctx.person.authority_id), ctx.person.today))
    if not form.is_valid():
        return await _page(ctx.session, ctx.person, urn, form, TrainingDayForm(), 422)
    try:
        await actions.set_term(ctx.session, ctx.person, urn, form.dates())
    except ValidationFailed as problem:
        form.starts_on.errors = list(problem.mistakes["starts_on"])
        return await _page(ctx.session, ctx.person, urn, form, TrainingDayForm(), 422)
    return Redirect(
        f"/schools/{urn}/days", "The term is set. Deadlines of this school follow it from now on."
    )


@endpoint.post("/schools/{urn:int}/terms/removal", permission=KEEP)
async def drop_term(ctx: PageRequest, urn: int) -> PageResult:
    """Remove the school's own term."""
    year, _, name = (await ctx.submitted()).one("term").partition(" ")
    await actions.drop_term(ctx.session, ctx.person, urn, year, name)
    return Redirect(f"/schools/{urn}/days", "The school keeps the authority’s term again.")


@endpoint.post("/schools/{urn:int}/training-days", permission=KEEP)
async def set_training_day(ctx: PageRequest, urn: int) -> PageResult:
    """Add one training day."""
    require(ctx.person, KEEP, urn)
    form = TrainingDayForm(await ctx.submitted())
    own = await own_days(ctx.session, ctx.person.authority_id, urn)
    if not form.is_valid(with_own_days(calendar_of(ctx.person.authority_id), own.terms, frozenset()).terms):
        return await _page(ctx.session, ctx.person, urn, TermForm(), form, 422)
    assert form.day.data is not None
    await actions.set_training_day(ctx.session, ctx.person, urn, form.day.data)
    return Redirect(
        f"/schools/{urn}/days", "The training day is kept. Deadlines of this school leave it out."
    )


@endpoint.post("/schools/{urn:int}/training-days/removal", permission=KEEP)
async def drop_training_day(ctx: PageRequest, urn: int) -> PageResult:
    """Remove one training day."""
    try:
        day = date.fromisoformat((await ctx.submitted()).one("day"))
    except ValueError:
        raise NotFound from None
    await actions.drop_training_day(ctx.session, ctx.person, urn, day)
    return Redirect(f"/schools/{urn}/days", "The training day is taken away.")


async def _page(
    session: AsyncSession,
    person: Principal,
    urn: int,
    term_form: TermForm,
    day_form: TrainingDayForm,
    status: int = 200,
) -> PageResult:
    require(person, KEEP, urn)
    school = await school_with(session, person.authority_id, urn)
    own = await own_days(session, person.authority_id, urn)
    calendar = with_own_days(calendar_of(person.authority_id), own.terms, frozenset(own.training_days))
    term_form.offer(terms_from(calendar_of(person.authority_id), person.today))
    context = {
        "school": school,
        "terms": terms_from(calendar, person.today),
        "own_terms": {(term.year, term.name) for term in own.terms},
        "own_days": [day for day in own.training_days if day >= person.today],
        "shared_days": sorted(
            day for day in calendar.inset_days if day >= person.today and day not in own.training_days
        ),
        "term_form": term_form,
        "day_form": day_form,
    }
    return Page(TemplateVariables("schools/days.html", context), status)


routes = [show_days, set_term, drop_term, set_training_day, drop_training_day]
