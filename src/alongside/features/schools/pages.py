"""Pages of the register: list of schools, and one school with its history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from alongside.errors import NotFound
from alongside.features.schools import queries
from alongside.features.schools.forms import FindSchoolsForm
from alongside.features.schools.models import LARGEST_URN, OPEN_STATUSES, PHASES, STATUSES, laestab
from alongside.features.schools.record import SchoolRecord
from alongside.features.schools.register_page import Facts, change_sentence, facts_of
from alongside.features.schools.sections import (
    PAGE_LENGTH,
    SectionRow,
    ShownSection,
    buttons_of_school,
    rows_of_school,
    sections_for,
)
from alongside.features.schools.term_dates import pages as dates
from alongside.platform.access.authorisation import may
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionButton
from alongside.platform.school_sections import SchoolSection
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint

LAST_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class SchoolList(PageContext):
    """One page of the schools found; `first` is the number of its first, `previous` and `following` addresses."""

    template = "schools/list.html"
    fragment = "schools/_list.html"

    form: FindSchoolsForm
    schools: Sequence[queries.FoundSchool]
    total: int
    first: int
    previous: str | None
    following: str | None
    phases: Mapping[str, str] = field(default_factory=lambda: PHASES)
    statuses: Mapping[str, str] = field(default_factory=lambda: STATUSES)
    laestab: Callable[[int | None, int | None], str | None] = laestab


@dataclass(frozen=True, kw_only=True)
class SchoolPage(PageContext):
    """A school with its facts, relatives and changes, and what the features show of it to this reader.

    `keeps_days` says whether the reader sets its terms.
    """

    template = "schools/show.html"

    school: SchoolRecord
    facts: Sequence[tuple[str, Facts]]
    related: Sequence[queries.RelatedSchool]
    history: Sequence[queries.RegisterChange]
    register: queries.AppliedRegister | None
    keeps_days: bool
    sections: Sequence[ShownSection]
    buttons: Sequence[ActionButton]
    statuses: Mapping[str, str] = field(default_factory=lambda: STATUSES)
    open_statuses: Sequence[str] = OPEN_STATUSES
    display_value: Callable[[queries.RegisterChange], str] = change_sentence


@dataclass(frozen=True, kw_only=True)
class SchoolRecords(PageContext):
    """One page of the records of one section of a school's page."""

    template = "schools/records.html"

    school: SchoolRecord
    section: SchoolSection
    rows: Sequence[SectionRow]
    previous: str | None
    following: str | None


@endpoint.get("/schools", permission=Permission.VIEW_SCHOOLS)
async def list_schools(ctx: PageRequest) -> PageResult:
    """List the schools of the authority by name; the filters are in the query string."""
    question = ctx.query
    form = FindSchoolsForm(question)
    right = form.validate()
    number = question.one("page")
    at = min(int(number), LAST_PAGE) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1
    schools = (
        await queries.find_schools(
            ctx.session,
            ctx.person.authority_id,
            form.q.data or "",
            form.phase.data or "",
            form.status.data or "at_work",
            max(at, 1),
        )
        if right
        else []
    )
    total = schools[0].total if schools else 0
    context = SchoolList(
        form=form,
        schools=schools,
        total=total,
        first=(at - 1) * queries.PAGE_SIZE + 1,
        previous=_address(form, at - 1) if at > 1 else None,
        following=_address(form, at + 1) if total > at * queries.PAGE_SIZE else None,
    )
    return Page(context, status=200 if right else 422)


def _address(form: FindSchoolsForm, at: int) -> str:
    asked_for = {"q": form.q.data, "phase": form.phase.data, "status": form.status.data}
    kept = {name: value for name, value in asked_for.items() if value} | ({"page": at} if at > 1 else {})
    return f"/schools?{urlencode(kept)}" if kept else "/schools"


@endpoint.get("/schools/{urn:int}", permission=Permission.VIEW_SCHOOLS)
async def show_school(ctx: PageRequest, urn: int) -> PageResult:
    """Show one school: everything that the person may see of it, or with `of` all records of one section."""
    if not 0 < urn <= LARGEST_URN:
        raise NotFound
    sections = sections_for(ctx.person)
    only = [one for one in sections if one.name == ctx.query.one("of")]
    if only:
        return await _one_section(ctx, urn, only[0])
    page = await queries.page_of_school(ctx.session, ctx.person.authority_id, urn)
    return Page(
        SchoolPage(
            school=page.school,
            facts=facts_of(page.school),
            related=page.related,
            history=page.history,
            register=page.register,
            keeps_days=may(ctx.person, Permission.MANAGE_TERM_DATES, urn),
            sections=await rows_of_school(ctx.session, ctx.person, urn, sections),
            buttons=await buttons_of_school(ctx.session, ctx.person, urn),
        )
    )


async def _one_section(ctx: PageRequest, urn: int, section: SchoolSection) -> PageResult:
    school = await queries.school_with(ctx.session, ctx.person.authority_id, urn)
    number = number_of_page(ctx.query.one("page"))
    found = await rows_of_school(ctx.session, ctx.person, urn, [section], number)
    total = found[0].total if found else 0
    here = f"/schools/{urn}?of={section.name}"
    return Page(
        SchoolRecords(
            school=school,
            section=section,
            rows=found[0].rows if found else (),
            previous=f"{here}&page={number - 1}" if number > 1 else None,
            following=f"{here}&page={number + 1}" if total > number * PAGE_LENGTH else None,
        )
    )


routes = [list_schools, show_school, *dates.routes]
