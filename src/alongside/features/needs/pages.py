"""Pages of support needs: list, form, detail page and actions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.confirmation import holds_until
from alongside.features.authorities.terms import timing_label
from alongside.features.authorities.visibility import who_may_see, widening_dates
from alongside.features.needs import actions, queries
from alongside.features.needs.available_actions import acts
from alongside.features.needs.closing import pages as closing
from alongside.features.needs.forms import NeedForm, need_form_of
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
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import asked, read_form_data
from alongside.platform.web.formatting import format_days_ago
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import timeline_entries

PROPOSABLE = ("open", "proposed")
CSV = "text/csv; charset=utf-8"
SAID = {
    "post": "Your need is posted.",
    "send": "The draft is sent to the headteacher.",
    "draft": "The draft is saved.",
}


@endpoint.get("/needs", permission=Permission.DRAFT_NEED)
async def list_needs(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """List the needs of the schools in the person's scope, filtered by state."""
    question = asked(request)
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    needs, more = await queries.needs_of(session, person, states=states, page=number)
    counts = await queries.states_of_needs(session, person)
    context = {
        "needs": needs,
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        **_words(person),
    }
    return Page("needs/list.html", context, fragment="needs/_list.html")


@endpoint.get("/needs.csv", permission=Permission.DRAFT_NEED)
async def list_needs_as_csv(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Export the same list as CSV."""
    states = GROUPS.get(asked(request).one("state"), ("", ()))[1]
    needs = await queries.all_needs_of(session, person, states=states)
    return Download(needs_as_csv(settings_of(person.authority_id), needs), "needs.csv", CSV)


@endpoint.get("/needs/new", permission=Permission.DRAFT_NEED)
async def new_need(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Show an empty form. People with several schools choose one first."""
    question = asked(request)
    urn, addressed = urn_of(question.one("school")) or person.school_urn, urn_of(question.one("addressed"))
    known = prefilled(question)
    if urn is None:
        schools = await queries.schools_to_draft_for(session, person)
        context = {"schools": schools, "known": known | ({"addressed": addressed} if addressed else {})}
        return Page("needs/choose_school.html", context)
    school = await get_school(session, person, Permission.DRAFT_NEED, urn)
    refuse_closed(school.name, school.status)
    asked_first = await addressed_school(session, person, addressed, urn)
    form = NeedForm(data={"school_urn": urn, "addressed": addressed or "", "audience": "widening"} | known)
    return await _form_page(session, "needs/new.html", form, person, school, addressed=asked_first)


@endpoint.post("/needs", permission=Permission.DRAFT_NEED)
async def post_need(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Save a new need as a draft, send it to the headteacher, or post it."""
    written = await read_form_data(request)
    form = NeedForm(written)
    urn = urn_of(form.school_urn.data or "") or person.school_urn
    if urn is None:
        raise NotFound
    school = await get_school(session, person, Permission.DRAFT_NEED, urn)
    addressed = await addressed_school(session, person, urn_of(form.addressed.data or ""), urn)
    answer = await _form_page(
        session, "needs/new.html", form, person, school, status=422, addressed=addressed
    )
    act = written.one("act")
    others = await queries.open_on_theme(session, person.authority_id, urn, form.theme.data or "")
    if not form.is_valid(person.today, complete=act in ("post", "send"), open_on_theme=others):
        return answer
    need_id = await actions.draft_need(session, person, urn, form.columns(), addressed and addressed.urn)
    return await _after(session, person, need_id, act)


@endpoint.get("/needs/{need_id:uuid}", permission=Permission.VIEW_POST)
async def show_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Show a need with its visibility, next step, actions and timeline."""
    need = await queries.get_need(session, person, Permission.VIEW_POST, need_id)
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
    told, shown = queries.may_view_timeline(person, need), _words(person)
    entries = await timeline(session, person.authority_id, "need", need.id) if told else []
    good_for = settings.clocks.need_good_for
    posted = not queries.never_posted(need)
    context = {
        "need": need,
        "acts": acts(person, need),
        "may_propose": need.state in PROPOSABLE and has_permission(person, Permission.PROPOSE),
        "shortlist": need.state in PROPOSABLE and may(person, Permission.VIEW_SHORTLIST, need.school_urn),
        "waiting": waiting_message(need),
        "when": timing_label(need),
        "audience": who_may_see(need.visible_to_authority_from, person.today, settings, posted=posted),
        "widens": need.state == "open" and (need.visible_to_authority_from or person.today) > person.today,
        "confirmed": format_days_ago(need.confirmed_on, person.today),
        "holds_until": holds_until(calendar, need.confirmed_on, good_for) if need.confirmed_on else None,
        "entries": timeline_entries(
            entries, NEED_WORKFLOW, LABELS, shown["display_value"], {"change_need": "changed the need"}
        ),
        "story": told,
        **shown,
    }
    return Page("needs/show.html", context)


@endpoint.get("/needs/{need_id:uuid}/edit", permission=Permission.EDIT_NEED)
async def edit_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Show the form with the current values of a need."""
    need = await _changeable(session, person, need_id)
    form = NeedForm(data=need_form_of(need))
    return await _edit_page(session, person, form, need)


@endpoint.post("/needs/{need_id:uuid}/edit", permission=Permission.EDIT_NEED)
async def change_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Save the changes to a need. After an edit conflict both versions are shown."""
    need = await _changeable(session, person, need_id)
    written = await read_form_data(request)
    form = NeedForm(written)
    act = written.one("act") if need.state in ("draft", "to_confirm") else "change"
    answer = await _edit_page(session, person, form, need, status=422)
    others: Sequence[str] = ()
    if need.state in ("draft", "to_confirm"):
        others = await queries.open_on_theme(
            session, person.authority_id, need.school_urn, form.theme.data or ""
        )
    if not form.is_valid(person.today, complete=act in ("post", "send", "change"), open_on_theme=others):
        return answer
    try:
        await actions.change_need(session, person, need_id, form.columns(), version_of(written))
    except EditConflict as problem:
        form.version.data = str(problem.version)
        return await _edit_page(session, person, form, need, status=409, stale=problem)
    return await _after(session, person, need_id, act)


@endpoint.post("/needs/{need_id:uuid}/post", permission=Permission.POST_NEED)
async def post_drafted_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Post a draft, or show the form with what is missing."""
    return await _complete(session, person, need_id, "post")


@endpoint.post("/needs/{need_id:uuid}/send", permission=Permission.DRAFT_NEED)
async def send_need_to_head(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Send a draft to the headteacher, or show the form with what is missing."""
    return await _complete(session, person, need_id, "send")


@endpoint.post("/needs/{need_id:uuid}/pause", permission=Permission.CHANGE_NEED)
async def pause_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Pause a need."""
    await actions.pause_need(session, person, need_id)
    return Redirect(f"/needs/{need_id}", "The need is paused: nobody can propose an offer for it.")


@endpoint.get("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def ask_whether_need_holds(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the need."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    confirmed = format_days_ago(need.confirmed_on, person.today)
    return Page("needs/confirmation.html", {"need": need, "confirmed": confirmed, **_words(person)})


@endpoint.post("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def confirm_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, need_id: UUID
) -> PageResult:
    """Confirm that a need is still current."""
    await actions.confirm_need(session, person, need_id)
    return Redirect(f"/needs/{need_id}", "Thank you: the need is confirmed today.")


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


async def _form_page(
    session: AsyncSession,
    template: str,
    form: NeedForm,
    person: Principal,
    school: Any,
    status: int = 200,
    kept: Any = None,
    **more: Any,
) -> Page:
    """Render the form. Its choices are filled first, because validation needs them."""
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, school.urn)
    form.offer_choices(settings, calendar, person.today, phase_of(school), kept)
    context = {
        "form": form,
        "school": school,
        "settings": settings,
        "may_post": may(person, Permission.POST_NEED, school.urn),
        "widening": widening_dates(settings, calendar, person.today),
        "safeguarding": settings.contacts.get("safeguarding"),
        "need": kept,
        "stale": None,
        "addressed": None,
        **more,
    }
    return Page(template, context, status=status)


async def _edit_page(
    session: AsyncSession,
    person: Principal,
    form: NeedForm,
    need: Any,
    status: int = 200,
    stale: EditConflict | None = None,
) -> Page:
    school = await get_school(session, person, Permission.DRAFT_NEED, need.school_urn)
    return await _form_page(session, "needs/edit.html", form, person, school, status, kept=need, stale=stale)


async def _changeable(session: AsyncSession, person: Principal, need_id: UUID) -> Any:
    need = await queries.get_need(session, person, Permission.EDIT_NEED, need_id)
    actions.refuse_fixed(need)
    return need


async def _complete(session: AsyncSession, person: Principal, need_id: UUID, act: str) -> PageResult:
    permission = Permission.POST_NEED if act == "post" else Permission.DRAFT_NEED
    need = await queries.get_need(session, person, permission, need_id)
    looked_at = {"checked_no_pupil": True, "checked_not_safeguarding": True}
    form = NeedForm(data=need_form_of(need, said=True) | looked_at)
    answer = await _edit_page(session, person, form, need, status=422)
    others = await queries.open_on_theme(session, person.authority_id, need.school_urn, need.theme)
    is_draft = need.state in ("draft", "to_confirm")
    if is_draft and not form.is_valid(person.today, complete=True, open_on_theme=others):
        return answer
    return await _after(session, person, need_id, act)


async def _after(session: AsyncSession, person: Principal, need_id: UUID, act: str) -> PageResult:
    if act == "post":
        await actions.post_need(session, person, need_id)
    elif act == "send":
        await actions.send_need_to_head(session, person, need_id)
    return Redirect(f"/needs/{need_id}", SAID.get(act, "Your changes are saved."))


routes = [
    *closing.routes,
    list_needs,
    list_needs_as_csv,
    new_need,
    post_need,
    show_need,
    edit_need,
    change_need,
    post_drafted_need,
    send_need_to_head,
    pause_need,
    ask_whether_need_holds,
    confirm_need,
]
