"""The page of a school's own terms and training days."""

from datetime import date
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import require
from alongside.authorities import calendar_of
from alongside.authorities.calendar import terms_from, with_own_days
from alongside.errors import Invalid, NotThere
from alongside.schools.dates import actions
from alongside.schools.dates.forms import TermForm, TrainingDayForm
from alongside.schools.dates.queries import own_days
from alongside.schools.queries import school_with
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

KEEP = Permission.KEEP_SCHOOL_DAYS


@page.get("/schools/{urn:int}/days", permission=KEEP)
async def show_days(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """The school's terms and training days as its deadlines are counted by."""
    return await _page(session, person, urn, TermForm(), TrainingDayForm())


@page.post("/schools/{urn:int}/terms", permission=KEEP)
async def set_term(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """Set one term."""
    require(person, KEEP, urn)
    form = TermForm(await typed(request))
    form.offer(terms_from(calendar_of(person.authority_id), person.today))
    if not form.holds():
        return await _page(session, person, urn, form, TrainingDayForm(), 422)
    try:
        await actions.set_term(session, person, urn, form.dates())
    except Invalid as problem:
        form.starts_on.errors = list(problem.mistakes["starts_on"])
        return await _page(session, person, urn, form, TrainingDayForm(), 422)
    return SeeOther(
        f"/schools/{urn}/days", "The term is set. Deadlines of this school follow it from now on."
    )


@page.post("/schools/{urn:int}/terms/removal", permission=KEEP)
async def drop_term(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """Go back to the authority's term."""
    year, _, name = (await typed(request)).one("term").partition(" ")
    await actions.drop_term(session, person, urn, year, name)
    return SeeOther(f"/schools/{urn}/days", "The school keeps the authority’s term again.")


@page.post("/schools/{urn:int}/training-days", permission=KEEP)
async def set_training_day(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """Add one training day."""
    require(person, KEEP, urn)
    form = TrainingDayForm(await typed(request))
    own = await own_days(session, person.authority_id, urn)
    if not form.holds(with_own_days(calendar_of(person.authority_id), own.terms, frozenset()).terms):
        return await _page(session, person, urn, TermForm(), form, 422)
    assert form.day.data is not None
    await actions.set_training_day(session, person, urn, form.day.data)
    return SeeOther(
        f"/schools/{urn}/days", "The training day is kept. Deadlines of this school leave it out."
    )


@page.post("/schools/{urn:int}/training-days/removal", permission=KEEP)
async def drop_training_day(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, urn: int
) -> Answer:
    """Take one training day away."""
    try:
        day = date.fromisoformat((await typed(request)).one("day"))
    except ValueError:
        raise NotThere from None
    await actions.drop_training_day(session, person, urn, day)
    return SeeOther(f"/schools/{urn}/days", "The training day is taken away.")


async def _page(
    session: AsyncSession,
    person: Person,
    urn: int,
    term_form: TermForm,
    day_form: TrainingDayForm,
    status: int = 200,
) -> Answer:
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
    return Page("schools/days.html", context, status)


routes = [show_days, set_term, drop_term, set_training_day, drop_training_day]
