"""The pages of needs: writing one, seeing it, and every act that is done with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all, may, require
from alongside.authorities import calendar_of, settings_of
from alongside.errors import Invalid, NotThere, Stale
from alongside.journal.queries import timeline
from alongside.needs import actions, queries
from alongside.needs.acts import acts, may_change
from alongside.needs.addressing import addressed_school, prefilled
from alongside.needs.audience import who_may_see, widening_dates
from alongside.needs.closing import pages as closing
from alongside.needs.forms import NeedForm, need_form_of
from alongside.needs.freshness import days_ago, holds_until
from alongside.needs.list import GROUPS, needs_as_csv, number_of_page
from alongside.needs.model import NEED_WORKFLOW
from alongside.needs.phases import phase_of
from alongside.needs.story import story
from alongside.needs.words import LABELS, STATES, in_words, waiting_for, when_in_words
from alongside.schools.dates.queries import calendar_of_school
from alongside.web.answers import Answer, Download, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import Typed, asked, typed

PROPOSABLE = ("open", "proposed")
CSV = "text/csv; charset=utf-8"
SAID = {
    "post": "Your need is posted.",
    "send": "The draft is sent to the headteacher.",
    "draft": "The draft is saved.",
}


@page.get("/needs", permission=Permission.DRAFT_NEED)
async def list_needs(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The needs of the schools that somebody looks after, by state."""
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


@page.get("/needs.csv", permission=Permission.DRAFT_NEED)
async def list_needs_as_csv(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The same needs for a spreadsheet."""
    states = GROUPS.get(asked(request).one("state"), ("", ()))[1]
    needs = await queries.all_needs_of(session, person, states=states)
    return Download(needs_as_csv(settings_of(person.authority_id), needs), "needs.csv", CSV)


@page.get("/needs/new", permission=Permission.DRAFT_NEED)
async def write_need(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """An empty form for a school; who looks after several chooses one first."""
    question = asked(request)
    urn, addressed = urn_of(question.one("school")) or person.school_urn, urn_of(question.one("addressed"))
    known = prefilled(question)
    if urn is None:
        schools = await queries.schools_to_draft_for(session, person)
        context = {"schools": schools, "known": known | ({"addressed": addressed} if addressed else {})}
        return Page("needs/choose_school.html", context)
    school = await queries.school_to(session, person, Permission.DRAFT_NEED, urn)
    actions.refuse_closed(school.name, school.status)
    asked_first = await addressed_school(session, person, addressed, urn)
    form = NeedForm(data={"school_urn": urn, "addressed": addressed or "", "audience": "widening"} | known)
    return await _form_page(session, "needs/new.html", form, person, school, addressed=asked_first)


@page.post("/needs", permission=Permission.DRAFT_NEED)
async def post_need(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Keep a new need: as a draft, before the headteacher, or for others to see."""
    written = await typed(request)
    form = NeedForm(written)
    urn = urn_of(form.school_urn.data or "") or person.school_urn
    if urn is None:
        raise NotThere
    school = await queries.school_to(session, person, Permission.DRAFT_NEED, urn)
    addressed = await addressed_school(session, person, urn_of(form.addressed.data or ""), urn)
    answer = await _form_page(
        session, "needs/new.html", form, person, school, status=422, addressed=addressed
    )
    act = written.one("act")
    others = await queries.open_on_theme(session, person.authority_id, urn, form.theme.data or "")
    if not form.holds(person.today, complete=act in ("post", "send"), open_on_theme=others):
        return answer
    need_id = await actions.draft_need(session, person, urn, form.columns(), addressed and addressed.urn)
    return await _after(session, person, need_id, act)


@page.get("/needs/{need_id:uuid}", permission=Permission.SEE_POST)
async def show_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """One need: what is asked, who may see it and from when, who acts next, and what was done."""
    need = await queries.need_to(session, person, Permission.SEE_POST, need_id)
    settings, calendar = settings_of(person.authority_id), calendar_of(person.authority_id)
    told, shown = queries.sees_its_story(person, need), _words(person)
    entries = await timeline(session, person.authority_id, "need", need.id) if told else []
    good_for = settings.clocks.need_good_for
    posted = not queries.never_posted(need)
    context = {
        "need": need,
        "acts": acts(person, need),
        "may_propose": need.state in PROPOSABLE and allowed_at_all(person, Permission.PROPOSE),
        "shortlist": need.state in PROPOSABLE and may(person, Permission.SEE_SHORTLIST, need.school_urn),
        "waiting": waiting_for(need),
        "when": when_in_words(need),
        "audience": who_may_see(need.shown_to_all_from, person.today, settings, posted=posted),
        "widens": need.state == "open" and (need.shown_to_all_from or person.today) > person.today,
        "confirmed": days_ago(need.confirmed_on, person.today),
        "holds_until": holds_until(calendar, need.confirmed_on, good_for) if need.confirmed_on else None,
        "entries": story(entries, NEED_WORKFLOW, LABELS, shown["in_words"]),
        "story": told,
        **shown,
    }
    return Page("needs/show.html", context)


@page.get("/needs/{need_id:uuid}/edition", permission=Permission.DRAFT_NEED)
async def edit_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """The form of a need as it stands."""
    need = await _changeable(session, person, need_id)
    form = NeedForm(data=need_form_of(need))
    return await _edit_page(session, person, form, need)


@page.post("/needs/{need_id:uuid}/edition", permission=Permission.DRAFT_NEED)
async def change_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Keep a need as it was written anew; both texts are shown when somebody else was faster."""
    need = await _changeable(session, person, need_id)
    written = await typed(request)
    form = NeedForm(written)
    act = written.one("act") if need.state in ("draft", "to_confirm") else "change"
    answer = await _edit_page(session, person, form, need, status=422)
    others: Sequence[str] = ()
    if need.state in ("draft", "to_confirm"):
        others = await queries.open_on_theme(
            session, person.authority_id, need.school_urn, form.theme.data or ""
        )
    if not form.holds(person.today, complete=act in ("post", "send", "change"), open_on_theme=others):
        return answer
    try:
        await actions.change_need(session, person, need_id, form.columns(), version_of(written))
    except Stale as problem:
        form.version.data = str(problem.version)
        return await _edit_page(session, person, form, need, status=409, stale=problem)
    return await _after(session, person, need_id, act)


@page.post("/needs/{need_id:uuid}/posting", permission=Permission.POST_NEED)
async def post_drafted_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Post a draft as it stands, or show what it still lacks."""
    return await _complete(session, person, need_id, "post")


@page.post("/needs/{need_id:uuid}/sending", permission=Permission.DRAFT_NEED)
async def send_need_to_head(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Put a draft before the headteacher as it stands, or show what it still lacks."""
    return await _complete(session, person, need_id, "send")


@page.post("/needs/{need_id:uuid}/pause", permission=Permission.CHANGE_NEED)
async def pause_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Take a need off the board for a while."""
    await actions.pause_need(session, person, need_id)
    return SeeOther(f"/needs/{need_id}", "The need is paused: nobody can propose an offer for it.")


@page.get("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def ask_whether_need_holds(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Where the link in a mail leads: one button says that the need still holds."""
    need = await queries.need_to(session, person, Permission.CHANGE_NEED, need_id)
    confirmed = days_ago(need.confirmed_on, person.today)
    return Page("needs/confirmation.html", {"need": need, "confirmed": confirmed, **_words(person)})


@page.post("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def confirm_need(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, need_id: UUID
) -> Answer:
    """Say that a need still holds."""
    await actions.confirm_need(session, person, need_id)
    return SeeOther(f"/needs/{need_id}", "Thank you: the need is confirmed today.")


def urn_of(text: str) -> int | None:
    """A URN as it was sent; None for nothing. Raises NotThere for what cannot be one."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise NotThere
    return int(text)


def version_of(written: Typed) -> int:
    """The version that was being edited. Raises Invalid for a form that does not say."""
    text = written.one("version")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Invalid({"version": ["This form has gone out of date. Reload the page and start again."]})
    return int(text)


def _words(person: Person) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "in_words": lambda name, value: in_words(settings, name, value),
        "STATES": STATES,
        "LABELS": LABELS,
        "settings": settings,
    }


async def _form_page(
    session: AsyncSession,
    template: str,
    form: NeedForm,
    person: Person,
    school: Any,
    status: int = 200,
    kept: Any = None,
    **more: Any,
) -> Page:
    """The form with its lists filled: before it is checked, so that the checks know what may be chosen."""
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
    person: Person,
    form: NeedForm,
    need: Any,
    status: int = 200,
    stale: Stale | None = None,
) -> Page:
    school = await queries.school_to(session, person, Permission.DRAFT_NEED, need.school_urn)
    return await _form_page(session, "needs/edit.html", form, person, school, status, kept=need, stale=stale)


async def _changeable(session: AsyncSession, person: Person, need_id: UUID) -> Any:
    need = await queries.need_to(session, person, Permission.DRAFT_NEED, need_id)
    if not may_change(person, need):
        if need.state not in ("draft", "to_confirm"):
            require(person, Permission.CHANGE_NEED, need.school_urn)
        actions.refuse_fixed(need)
    return need


async def _complete(session: AsyncSession, person: Person, need_id: UUID, act: str) -> Answer:
    permission = Permission.POST_NEED if act == "post" else Permission.DRAFT_NEED
    need = await queries.need_to(session, person, permission, need_id)
    looked_at = {"checked_no_pupil": True, "checked_not_safeguarding": True}
    form = NeedForm(data=need_form_of(need, said=True) | looked_at)
    answer = await _edit_page(session, person, form, need, status=422)
    others = await queries.open_on_theme(session, person.authority_id, need.school_urn, need.theme)
    is_draft = need.state in ("draft", "to_confirm")
    if is_draft and not form.holds(person.today, complete=True, open_on_theme=others):
        return answer
    return await _after(session, person, need_id, act)


async def _after(session: AsyncSession, person: Person, need_id: UUID, act: str) -> Answer:
    if act == "post":
        await actions.post_need(session, person, need_id)
    elif act == "send":
        await actions.send_need_to_head(session, person, need_id)
    return SeeOther(f"/needs/{need_id}", SAID.get(act, "Your changes are saved."))


routes = [
    *closing.routes,
    list_needs,
    list_needs_as_csv,
    write_need,
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
