"""Pages of offers of support: list, form, detail page and actions."""

from typing import Any
from uuid import UUID

from alongside.features.authorities import settings_of
from alongside.features.authorities.visibility import who_may_see
from alongside.features.offers import queries
from alongside.features.offers.confirmation import (
    fresh_since,
    fresh_since_by_school,
    why_not_proposable,
)
from alongside.features.offers.extension import pages as extension
from alongside.features.offers.labels import (
    APPETITES,
    BESIDES,
    LABELS,
    STATES,
    days_left_label,
    display_value,
    travel_label,
)
from alongside.features.offers.listing import GROUPS, offers_as_csv
from alongside.features.offers.models import OFFER_WORKFLOW
from alongside.features.offers.posting import pages as posting
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

CSV = "text/csv; charset=utf-8"
ON_AN_OFFER = (
    posting.POST,
    posting.CONFIRM,
    posting.EDIT,
    extension.EXTEND,
    posting.PAUSE,
    posting.WITHDRAW,
    extension.REOPEN,
)


@endpoint.get("/offers", permission=queries.LOOKING_AFTER)
async def list_offers(ctx: PageRequest) -> PageResult:
    """List the offers of the schools in the person's scope, filtered by state."""
    question = ctx.query
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    offers, more = await queries.offers_of(ctx.session, ctx.person, states=states, page=number)
    counts = await queries.states_of_offers(ctx.session, ctx.person)
    fresh = await fresh_since_by_school(ctx.session, ctx.person.authority_id, ctx.person.today)
    context = {
        "offers": [
            (offer, why_not_proposable(offer, ctx.person.today, fresh.of(offer.school_urn)))
            for offer in offers
        ],
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        "may_offer": ctx.person.school_urn is not None
        and may(ctx.person, Permission.POST_OFFER, ctx.person.school_urn),
        "days_left": days_left_label,
        "ago": lambda day: format_days_ago(day, ctx.person.today),
        **_words(ctx.person),
    }
    return Page(TemplateVariables("offers/list.html", context, fragment="offers/_list.html"))


@endpoint.get("/offers.csv", permission=queries.LOOKING_AFTER)
async def list_offers_as_csv(ctx: PageRequest) -> PageResult:
    """Export the same list as CSV."""
    states = GROUPS.get(ctx.query.one("state"), ("", ()))[1]
    offers = await queries.all_offers_of(ctx.session, ctx.person, states=states)
    return Download(offers_as_csv(settings_of(ctx.person.authority_id), offers), "offers.csv", CSV)


@endpoint.get("/offers/{offer_id:uuid}", permission=Permission.VIEW_POST)
async def show_offer(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show an offer with its days left, confirmation, actions and timeline."""
    offer = await queries.get_offer(ctx.session, ctx.person, Permission.VIEW_POST, offer_id)
    settings = settings_of(ctx.person.authority_id)
    calendar = await calendar_of_school(ctx.session, ctx.person.authority_id, offer.school_urn)
    sees_timeline, shown = queries.may_view_timeline(ctx.person, offer), _words(ctx.person)
    entries = await timeline(ctx.session, ctx.person.authority_id, "offer", offer.id) if sees_timeline else []
    posted = not queries.never_posted(offer)
    why_not = why_not_proposable(offer, ctx.person.today, fresh_since(calendar, settings, ctx.person.today))
    good_for = settings.periods.offer_good_for
    context = {
        "offer": offer,
        "buttons": buttons_for(ctx.person, offer, ON_AN_OFFER),
        "why_not": why_not,
        "may_propose": why_not is None and has_permission(ctx.person, Permission.PROPOSE),
        "when": timing_label(offer),
        "travel": travel_label(offer.travel_miles),
        "days_left": days_left_label(offer),
        "audience": who_may_see(offer.visible_to_authority_from, ctx.person.today, settings, posted=posted),
        "widens": offer.state == "live"
        and (offer.visible_to_authority_from or ctx.person.today) > ctx.person.today,
        "confirmed": format_days_ago(offer.confirmed_on, ctx.person.today),
        "holds_until": add_school_days(calendar, offer.confirmed_on, good_for)
        if offer.confirmed_on
        else None,
        "entries": timeline_entries(entries, OFFER_WORKFLOW, LABELS, shown["display_value"], BESIDES),
        "story": sees_timeline,
        **shown,
    }
    return Page(TemplateVariables("offers/show.html", context))


@endpoint.get("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def ask_whether_still_offered(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the offer."""
    offer = await queries.get_offer(ctx.session, ctx.person, Permission.CHANGE_OFFER, offer_id)
    context = {
        "offer": offer,
        "confirmed": format_days_ago(offer.confirmed_on, ctx.person.today),
        "days_left": days_left_label(offer),
        "buttons": buttons_for(ctx.person, offer, (posting.CONFIRM, posting.EDIT, posting.WITHDRAW)),
    }
    return Page(TemplateVariables("offers/confirmation.html", context))


def _words(person: Principal) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "display_value": lambda name, value: display_value(settings, name, value),
        "STATES": STATES,
        "LABELS": LABELS,
        "APPETITES": APPETITES,
        "settings": settings,
    }


routes = [
    *extension.routes,
    *posting.routes,
    list_offers,
    list_offers_as_csv,
    show_offer,
    ask_whether_still_offered,
]
