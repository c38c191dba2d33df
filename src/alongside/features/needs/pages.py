"""Pages of support needs: the list, and one need with its actions."""

from typing import Any
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import who_may_see
from alongside.features.needs import listing, queries
from alongside.features.needs.closing import pages as closing
from alongside.features.needs.editing import pages as editing
from alongside.features.needs.labels import LABELS, STATES, display_value, state_today, waiting_message
from alongside.features.needs.models import NEED_WORKFLOW
from alongside.features.needs.posting import pages as posting
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.authorisation import has_permission, may
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.queries import timeline
from alongside.platform.forms.action import buttons_for
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.school_calendar.terms import timing_label
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
    states = listing.GROUPS.get(group, ("", ()))[1]
    needs, more = await listing.needs_of(ctx.session, ctx.person, states=states, page=number)
    counts = await listing.states_of_needs(ctx.session, ctx.person)
    context = {
        "needs": needs,
        "groups": [
            (key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in listing.GROUPS.items()
        ],
        "all": sum(counts.values()),
        "group": group if group in listing.GROUPS else "",
        "number": number,
        "more": more,
        **_words(ctx.person),
    }
    return Page(TemplateVariables("needs/list.html", context, fragment="needs/_list.html"))


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
    need = await queries.get_need(ctx.session, ctx.person, Permission.VIEW_POST, need_id)
    settings = settings_of(ctx.person.authority_id)
    calendar = await calendar_of_school(ctx.session, ctx.person.authority_id, need.school_urn)
    sees_timeline, shown = queries.may_view_timeline(ctx.person, need), _words(ctx.person)
    entries = await timeline(ctx.session, ctx.person.authority_id, "need", need.id) if sees_timeline else []
    good_for = settings.periods.need_good_for
    posted = not queries.never_posted(need)
    context = {
        "need": need,
        "buttons": buttons_for(ctx.person, need, (*editing.ON_A_NEED, closing.WITHDRAW, closing.REOPEN)),
        "may_propose": need.state in PROPOSABLE and has_permission(ctx.person, Permission.PROPOSE),
        "shortlist": need.state in PROPOSABLE and may(ctx.person, Permission.VIEW_SHORTLIST, need.school_urn),
        "waiting": waiting_message(need, ctx.person.today),
        "when": timing_label(need),
        "audience": who_may_see(need.visible_to_authority_from, ctx.person.today, settings, posted=posted),
        "widens": need.state == "open"
        and (need.visible_to_authority_from or ctx.person.today) > ctx.person.today,
        "confirmed": format_days_ago(need.confirmed_on, ctx.person.today),
        "holds_until": add_school_days(calendar, need.confirmed_on, good_for) if need.confirmed_on else None,
        "entries": timeline_entries(
            entries, NEED_WORKFLOW, LABELS, shown["display_value"], {"change_need": "changed the need"}
        ),
        "story": sees_timeline,
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


def _words(person: Principal) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "display_value": lambda name, value: display_value(settings, name, value),
        "STATES": STATES,
        "state_of": lambda need: state_today(need, person.today),
        "LABELS": LABELS,
        "settings": settings,
    }


routes = [
    *closing.routes,
    *editing.routes,
    *posting.routes,
    list_needs,
    list_needs_as_csv,
    show_need,
    ask_whether_still_needed,
]
