"""Pages of support needs: the list, and one need with its actions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import who_may_see
from alongside.features.needs import listing, queries
from alongside.features.needs.closing import pages as closing
from alongside.features.needs.editing import pages as editing
from alongside.features.needs.labels import LABELS, STATES, display_value, state_today, waiting_message
from alongside.features.needs.models import NEED_WORKFLOW
from alongside.features.needs.posting import pages as posting
from alongside.features.needs.rows import NeedRow
from alongside.features.needs.visibility import is_limited, limit_words
from alongside.features.needs.widening import pages as widening
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import ActionButton, buttons_for
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.school_calendar.terms import timing_label
from alongside.platform.web.formatting import format_days_ago
from alongside.platform.web.page_request import PageRequest
from alongside.platform.web.paging import number_of_page
from alongside.platform.web.responses import Download, Page, PageContext, PageResult
from alongside.platform.web.routing import endpoint
from alongside.platform.web.timeline import TimelineEntry, timeline_entries

PROPOSABLE = ("open", "proposed")
ON_A_NEED = (*widening.ON_A_LIMITED_NEED, *editing.ON_A_NEED, closing.WITHDRAW, closing.REOPEN)
CSV = "text/csv; charset=utf-8"
BESIDES = {"change_need": "changed the need", **widening.BESIDES}
"""Display text of actions that change no state."""


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A line of the list: a need, its state today with its label, and the label of its theme."""

    need: NeedRow
    state: str
    state_label: str
    theme: str


@dataclass(frozen=True, kw_only=True)
class NeedList(PageContext):
    """One page of needs; `groups` are the filters as (key, label, number of needs), `all` counts every need."""

    template = "needs/list.html"
    fragment = "needs/_list.html"

    needs: Sequence[NeedLine]
    groups: Sequence[tuple[str, str, int]]
    all: int
    group: str
    number: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class NeedPage(PageContext):
    """A need with its visibility, next step and actions; `story` is false for people who may not read its activity."""

    template = "needs/show.html"

    need: NeedRow
    state: str
    state_label: str
    buttons: Sequence[ActionButton]
    may_propose: bool
    shortlist: bool
    limited: bool
    limit: str
    asked: str | None
    waiting: str | None
    when: str
    audience: str
    widens: bool
    confirmed: str
    holds_until: date | None
    entries: Sequence[TimelineEntry]
    story: bool
    labels: Mapping[str, str]
    display_value: Callable[[str, object], str]


@dataclass(frozen=True, kw_only=True)
class NeedConfirmation(PageContext):
    """The question whether a need is still current."""

    template = "needs/confirmation.html"

    need: NeedRow
    state: str
    state_label: str
    confirmed: str
    buttons: Sequence[ActionButton]


@endpoint.get("/needs", permission=Permission.DRAFT_NEED)
async def list_needs(ctx: PageRequest) -> PageResult:
    """List the needs of the schools in the person's scope, filtered by state."""
    question, settings = ctx.query, settings_of(ctx.person.authority_id)
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = listing.GROUPS.get(group, ("", ()))[1]
    needs, more = await listing.needs_of(ctx.session, ctx.person, states=states, page=number)
    counts = await listing.states_of_needs(ctx.session, ctx.person)
    lines = []
    for need in needs:
        state = state_today(need, ctx.person.today)
        lines.append(NeedLine(need, state, STATES[state], display_value(settings, "theme", need.theme)))
    context = NeedList(
        needs=lines,
        groups=[
            (key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in listing.GROUPS.items()
        ],
        all=sum(counts.values()),
        group=group if group in listing.GROUPS else "",
        number=number,
        more=more,
    )
    return Page(context)


@endpoint.get("/needs.csv", permission=Permission.DRAFT_NEED)
async def list_needs_as_csv(ctx: PageRequest) -> PageResult:
    """Export the same list as CSV."""
    states = listing.GROUPS.get(ctx.query.one("state"), ("", ()))[1]
    needs = await listing.all_needs_of(ctx.session, ctx.person, states=states)
    return Download(
        listing.needs_as_csv(settings_of(ctx.person.authority_id), needs, ctx.person.today), "needs.csv", CSV
    )


@endpoint.get("/needs/{need_id:uuid}", permission=Permission.VIEW_POST)
async def show_need(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show a need with its visibility, next step, actions and timeline."""
    person, today = ctx.person, ctx.person.today
    need = await queries.get_need(ctx.session, person, Permission.VIEW_POST, need_id)
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(ctx.session, person.authority_id, need.school_urn)
    sees_timeline, display = queries.may_view_timeline(person, need), partial(display_value, settings)
    entries = await timeline(ctx.session, person.authority_id, "need", need.id) if sees_timeline else []
    good_for = settings.periods.need_good_for
    posted, state = not queries.never_posted(need), state_today(need, today)
    context = NeedPage(
        need=need,
        state=state,
        state_label=STATES[state],
        buttons=buttons_for(
            person, need, (*widening.ON_A_LIMITED_NEED, *editing.ON_A_NEED, closing.WITHDRAW, closing.REOPEN)
        ),
        may_propose=need.state in PROPOSABLE and has_permission(person, Permission.PROPOSE),
        shortlist=need.state in PROPOSABLE and may(person, Permission.VIEW_SHORTLIST, need.school_urn),
        limited=is_limited(need, today),
        limit=limit_words(need.visible_to_authority_from, settings),
        asked=widening.request_words(need) if sees_timeline else None,
        waiting=waiting_message(need, today),
        when=timing_label(need),
        audience=who_may_see(need.visible_to_authority_from, today, settings, posted=posted),
        widens=need.state == "open" and (need.visible_to_authority_from or today) > today,
        confirmed=format_days_ago(need.confirmed_on, today),
        holds_until=add_school_days(calendar, need.confirmed_on, good_for) if need.confirmed_on else None,
        entries=timeline_entries(entries, NEED_WORKFLOW, LABELS, display, BESIDES),
        story=sees_timeline,
        labels=LABELS,
        display_value=display,
    )
    return Page(context)


@endpoint.get("/needs/{need_id:uuid}/confirmation", permission=Permission.CHANGE_NEED)
async def ask_whether_still_needed(ctx: PageRequest, need_id: UUID) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the need."""
    need = await queries.get_need(ctx.session, ctx.person, Permission.CHANGE_NEED, need_id)
    state = state_today(need, ctx.person.today)
    context = NeedConfirmation(
        need=need,
        state=state,
        state_label=STATES[state],
        confirmed=format_days_ago(need.confirmed_on, ctx.person.today),
        buttons=buttons_for(ctx.person, need, (editing.CONFIRM, closing.WITHDRAW)),
    )
    return Page(context)


routes = [
    *closing.routes,
    *editing.routes,
    *posting.routes,
    *widening.routes,
    list_needs,
    list_needs_as_csv,
    show_need,
    ask_whether_still_needed,
]
