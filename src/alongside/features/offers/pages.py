"""Pages of offers of support: list, form, detail page and actions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
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
from alongside.features.offers.rows import OfferRow
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


@dataclass(frozen=True, slots=True)
class OfferLine:
    """A line of the list: an offer, and why it cannot be proposed today."""

    offer: OfferRow
    state_label: str
    why_not: str | None
    days_left: str
    confirmed: str


@dataclass(frozen=True, kw_only=True)
class OfferList(PageContext):
    """One page of offers; `groups` are the filters as (key, label, number of offers), `all` counts every offer."""

    template = "offers/list.html"
    fragment = "offers/_list.html"

    offers: Sequence[OfferLine]
    groups: Sequence[tuple[str, str, int]]
    all: int
    group: str
    number: int
    more: bool
    may_offer: bool


@dataclass(frozen=True, kw_only=True)
class OfferPage(PageContext):
    """An offer with its days, visibility and actions; `story` is false for people who may not read its activity."""

    template = "offers/show.html"

    offer: OfferRow
    state_label: str
    buttons: Sequence[ActionButton]
    why_not: str | None
    may_propose: bool
    when: str
    travel: str
    days_left: str
    audience: str
    widens: bool
    confirmed: str
    holds_until: date | None
    entries: Sequence[TimelineEntry]
    story: bool
    labels: Mapping[str, str]
    display_value: Callable[[str, object], str]


@dataclass(frozen=True, kw_only=True)
class OfferConfirmation(PageContext):
    """The question whether an offer is still current."""

    template = "offers/confirmation.html"

    offer: OfferRow
    confirmed: str
    days_left: str
    buttons: Sequence[ActionButton]


@endpoint.get("/offers", permission=queries.LOOKING_AFTER)
async def list_offers(ctx: PageRequest) -> PageResult:
    """List the offers of the schools in the person's scope, filtered by state."""
    question, person = ctx.query, ctx.person
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    offers, more = await queries.offers_of(ctx.session, person, states=states, page=number)
    counts = await queries.states_of_offers(ctx.session, person)
    fresh = await fresh_since_by_school(ctx.session, person.authority_id, person.today)
    context = OfferList(
        offers=[
            OfferLine(
                offer,
                STATES[offer.state],
                why_not_proposable(offer, person.today, fresh.of(offer.school_urn)),
                days_left_label(offer),
                format_days_ago(offer.confirmed_on, person.today),
            )
            for offer in offers
        ],
        groups=[(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        all=sum(counts.values()),
        group=group if group in GROUPS else "",
        number=number,
        more=more,
        may_offer=person.school_urn is not None and may(person, Permission.POST_OFFER, person.school_urn),
    )
    return Page(context)


@endpoint.get("/offers.csv", permission=queries.LOOKING_AFTER)
async def list_offers_as_csv(ctx: PageRequest) -> PageResult:
    """Export the same list as CSV."""
    states = GROUPS.get(ctx.query.one("state"), ("", ()))[1]
    offers = await queries.all_offers_of(ctx.session, ctx.person, states=states)
    return Download(offers_as_csv(settings_of(ctx.person.authority_id), offers), "offers.csv", CSV)


@endpoint.get("/offers/{offer_id:uuid}", permission=Permission.VIEW_POST)
async def show_offer(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show an offer with its days left, confirmation, actions and timeline."""
    person, today = ctx.person, ctx.person.today
    offer = await queries.get_offer(ctx.session, person, Permission.VIEW_POST, offer_id)
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(ctx.session, person.authority_id, offer.school_urn)
    sees_timeline, display = queries.may_view_timeline(person, offer), partial(display_value, settings)
    entries = await timeline(ctx.session, person.authority_id, "offer", offer.id) if sees_timeline else []
    posted, good_for = not queries.never_posted(offer), settings.periods.offer_good_for
    why_not = why_not_proposable(offer, today, fresh_since(calendar, settings, today))
    context = OfferPage(
        offer=offer,
        state_label=STATES[offer.state],
        buttons=buttons_for(person, offer, ON_AN_OFFER),
        why_not=why_not,
        may_propose=why_not is None and has_permission(person, Permission.PROPOSE),
        when=timing_label(offer),
        travel=travel_label(offer.travel_miles),
        days_left=days_left_label(offer),
        audience=who_may_see(offer.visible_to_authority_from, today, settings, posted=posted),
        widens=offer.state == "live" and (offer.visible_to_authority_from or today) > today,
        confirmed=format_days_ago(offer.confirmed_on, today),
        holds_until=add_school_days(calendar, offer.confirmed_on, good_for) if offer.confirmed_on else None,
        entries=timeline_entries(entries, OFFER_WORKFLOW, LABELS, display, BESIDES),
        story=sees_timeline,
        labels=LABELS,
        display_value=display,
    )
    return Page(context)


@endpoint.get("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def ask_whether_still_offered(ctx: PageRequest, offer_id: UUID) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the offer."""
    offer = await queries.get_offer(ctx.session, ctx.person, Permission.CHANGE_OFFER, offer_id)
    context = OfferConfirmation(
        offer=offer,
        confirmed=format_days_ago(offer.confirmed_on, ctx.person.today),
        days_left=days_left_label(offer),
        buttons=buttons_for(ctx.person, offer, (posting.CONFIRM, posting.EDIT, posting.WITHDRAW)),
    )
    return Page(context)


routes = [
    *extension.routes,
    *posting.routes,
    list_offers,
    list_offers_as_csv,
    show_offer,
    ask_whether_still_offered,
]
