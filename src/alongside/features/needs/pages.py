"""Pages of support needs: list, form, detail page and actions."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.confirmation import holds_until
from alongside.features.authorities.terms import timing_label
from alongside.features.authorities.visibility import who_may_see
from alongside.features.needs import actions, queries
from alongside.features.needs.closing import pages as closing
from alongside.features.needs.editing import pages as editing
from alongside.features.needs.editing.pages import after_saving, form_context
from alongside.features.needs.forms import NeedForm
from alongside.features.needs.labels import LABELS, STATES, display_value, waiting_message
from alongside.features.needs.listing import GROUPS, needs_as_csv
from alongside.features.needs.models import NEED_WORKFLOW
from alongside.features.needs.recipient import addressed_school, prefilled
from alongside.features.schools.actions import refuse_closed
from alongside.features.schools.phases import phase_of
from alongside.features.schools.queries import get_school
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import buttons_for
from alongside.platform.web.formatting import format_days_ago
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageResult, TemplateVariables
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import timeline_entries

PROPOSABLE = ("open", "proposed")
CSV = "text/csv; charset=utf-8"


@endpoint.get("/needs", permission=Permission.DRAFT_NEED)
async def list_needs(ctx: PageRequest) -> PageResult:
    """List the needs of the schools in the person's scope, filtered by state."""
    question = ctx.query
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    needs, more = await queries.needs_of(ctx.session, ctx.person, states=states, page=number)
    counts = await queries.states_of_needs(ctx.session, ctx.person)
    context = {
        "needs": needs,
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        **_words(ctx.person),
    }
    return Page(TemplateVariables("needs/list.html", context, fragment="needs/_list.html"))


@endpoint.get("/needs.csv", permission=Permission.DRAFT_NEED)
async def list_needs_as_csv(ctx: PageRequest) -> PageResult:
    """Export the same list as CSV."""
    states = GROUPS.get(ctx.query.one("state"), ("", ()))[1]
    needs = await queries.all_needs_of(ctx.session, ctx.person, states=states)
    return Download(needs_as_csv(settings_of(ctx.person.authority_id), needs), "needs.csv", CSV)


@endpoint.get("/needs/new", permission=Permission.DRAFT_NEED)
async def new_need(ctx: PageRequest) -> PageResult:
    """Show an empty form. People with several schools choose one first."""
    question = ctx.query
    urn, addressed = (
        urn_of(question.one("school")) or ctx.person.school_urn,
        urn_of(question.one("addressed")),
    )
    known = prefilled(question)
    if urn is None:
        schools = await queries.schools_to_draft_for(ctx.session, ctx.person)
        context = {"schools": schools, "known": known | ({"addressed": addressed} if addressed else {})}
        return Page(TemplateVariables("needs/choose_school.html", context))
    school = await get_school(ctx.session, ctx.person, Permission.DRAFT_NEED, urn)
    refuse_closed(school.name, school.status)
    asked_first = await addressed_school(ctx.session, ctx.person, addressed, urn)
    form = NeedForm(data={"school_urn": urn, "addressed": addressed or "", "audience": "widening"} | known)
    return await _new_page(ctx.session, ctx.person, form, school, asked_first)


@endpoint.post("/needs", permission=Permission.DRAFT_NEED)
async def post_need(ctx: PageRequest) -> PageResult:
    """Save a new need as a draft, send it to the headteacher, or post it."""
    written = await ctx.submitted()
    form = NeedForm(written)
    urn = urn_of(form.school_urn.data or "") or ctx.person.school_urn
    if urn is None:
        raise NotFound
    school = await get_school(ctx.session, ctx.person, Permission.DRAFT_NEED, urn)
    addressed = await addressed_school(ctx.session, ctx.person, urn_of(form.addressed.data or ""), urn)
    answer = await _new_page(ctx.session, ctx.person, form, school, addressed, 422)
    act = written.one("act")
    others = await queries.open_on_theme(ctx.session, ctx.person.authority_id, urn, form.theme.data or "")
    if not form.is_valid(ctx.person.today, complete=act in ("post", "send"), open_on_theme=others):
        return answer
    need_id = await actions.draft_need(
        ctx.session, ctx.person, urn, form.columns(), addressed and addressed.urn
    )
    return await after_saving(ctx.session, ctx.person, need_id, act)


@endpoint.get("/needs/{need_id:uuid}", permission=Permission.VIEW_POST)
async def show_need(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show a need with its visibility, next step, actions and timeline."""
    need = await queries.get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    settings = settings_of(ctx.person.authority_id)
    calendar = await calendar_of_school(ctx.session, ctx.person.authority_id, need.school_urn)
    told, shown = queries.may_view_timeline(ctx.person, need), _words(ctx.person)
    entries = await timeline(ctx.session, ctx.person.authority_id, "need", need.id) if told else []
    good_for = settings.clocks.need_good_for
    posted = not queries.never_posted(need)
    context = {
        "need": need,
        "buttons": buttons_for(ctx.person, need, (*editing.ON_A_NEED, closing.WITHDRAW, closing.REOPEN)),
        "may_propose": need.state in PROPOSABLE and has_permission(ctx.person, Permission.PROPOSE),
        "shortlist": need.state in PROPOSABLE and may(ctx.person, Permission.VIEW_SHORTLIST, need.school_urn),
        "waiting": waiting_message(need),
        "when": timing_label(need),
        "audience": who_may_see(need.visible_to_authority_from, ctx.person.today, settings, posted=posted),
        "widens": need.state == "open"
        and (need.visible_to_authority_from or ctx.person.today) > ctx.person.today,
        "confirmed": format_days_ago(need.confirmed_on, ctx.person.today),
        "holds_until": holds_until(calendar, need.confirmed_on, good_for) if need.confirmed_on else None,
        "entries": timeline_entries(
            entries, NEED_WORKFLOW, LABELS, shown["display_value"], {"change_need": "changed the need"}
        ),
        "story": told,
        **shown,
    }
    return Page(TemplateVariables("needs/show.html", context))


@endpoint.get("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def ask_whether_still_needed(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the need."""
    need = await queries.get_need(ctx.session, ctx.person, Permission.CHANGE_NEED, need_id)
    confirmed = format_days_ago(need.confirmed_on, ctx.person.today)
    buttons = buttons_for(ctx.person, need, (editing.CONFIRM, closing.WITHDRAW))
    context = {"need": need, "confirmed": confirmed, "buttons": buttons, **_words(ctx.person)}
    return Page(TemplateVariables("needs/confirmation.html", context))


def urn_of(text: str) -> int | None:
    """Parse a URN from the request; None when it is empty. Raises NotFound for an invalid one."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotFound
    return int(text)


def _words(person: Principal) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "display_value": lambda name, value: display_value(settings, name, value),
        "STATES": STATES,
        "LABELS": LABELS,
        "settings": settings,
    }


async def _new_page(
    session: AsyncSession, person: Principal, form: NeedForm, school: Any, addressed: Any, status: int = 200
) -> Page:
    """Render the form. Its choices are filled first, because validation needs them."""
    calendar = await calendar_of_school(session, person.authority_id, school.urn)
    form.offer_choices(settings_of(person.authority_id), calendar, person.today, phase_of(school))
    context = {"form": form, "school": school, "need": None, "addressed": addressed}
    return Page(TemplateVariables("needs/new.html", context | form_context(person, school.urn)), status)


routes = [
    *closing.routes,
    *editing.routes,
    list_needs,
    list_needs_as_csv,
    new_need,
    post_need,
    show_need,
    ask_whether_still_needed,
]
