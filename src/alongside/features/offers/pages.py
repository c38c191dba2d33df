"""Pages of offers of support: list, form, detail page and actions."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, NotFound, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.authorities.confirmation import holds_until
from alongside.features.authorities.terms import timing_label
from alongside.features.authorities.visibility import visible_to_authority_from, who_may_see
from alongside.features.offers import actions, queries
from alongside.features.offers.available_actions import acts
from alongside.features.offers.confirmation import (
    fresh_since,
    fresh_since_by_school,
    why_not_proposable,
)
from alongside.features.offers.editing import attach_field_errors, changeable_offer
from alongside.features.offers.extension import pages as extension
from alongside.features.offers.forms import OfferForm, offer_form, offer_form_of
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

CSV = "text/csv; charset=utf-8"


@endpoint.get("/offers", permission=queries.LOOKING_AFTER)
async def list_offers(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the offers of the schools in the person's scope, filtered by state."""
    question = asked(request)
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    offers, more = await queries.offers_of(session, person, states=states, page=number)
    counts = await queries.states_of_offers(session, person)
    fresh = await fresh_since_by_school(session, person.authority_id, person.today)
    context = {
        "offers": [
            (offer, why_not_proposable(offer, person.today, fresh.of(offer.school_urn))) for offer in offers
        ],
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        "may_offer": person.school_urn is not None and may(person, Permission.POST_OFFER, person.school_urn),
        "days_left": days_left_label,
        "ago": lambda day: format_days_ago(day, person.today),
        **_words(person),
    }
    return Page("offers/list.html", context, fragment="offers/_list.html")


@endpoint.get("/offers.csv", permission=queries.LOOKING_AFTER)
async def list_offers_as_csv(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """Export the same list as CSV."""
    states = GROUPS.get(asked(request).one("state"), ("", ()))[1]
    offers = await queries.all_offers_of(session, person, states=states)
    return Download(offers_as_csv(settings_of(person.authority_id), offers), "offers.csv", CSV)


@endpoint.get("/offers/new", permission=Permission.POST_OFFER)
async def new_offer(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Show an empty form for the person's own school."""
    school = await _own_school(session, person)
    refuse_closed(school.name, school.status)
    form = offer_form(settings_of(person.authority_id))(
        data={"phases": [phase_of(school)], "engagements_max": 1, "audience": "widening", "appetite": "yes"}
    )
    return await _form_page(session, "offers/new.html", form, person, school)


@endpoint.post("/offers", permission=Permission.POST_OFFER)
async def post_offer(request: Request[Any, Any, Any], session: AsyncSession, person: Principal) -> PageResult:
    """Save a new offer as a draft, or post it."""
    school = await _own_school(session, person)
    written = await read_form_data(request)
    form = offer_form(settings_of(person.authority_id))(written)
    answer = await _form_page(session, "offers/new.html", form, person, school, status=422)
    post = written.one("act") == "post"
    if not form.is_valid(person.today, complete=post):
        return answer
    offer_id = await actions.draft_offer(session, person, form.columns(), form.evidence())
    if post:
        await actions.post_offer(session, person, offer_id)
    return Redirect(f"/offers/{offer_id}", "Your offer is posted." if post else "The draft is saved.")


@endpoint.get("/offers/{offer_id:uuid}", permission=Permission.VIEW_POST)
async def show_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show an offer with its days left, confirmation, actions and timeline."""
    offer = await queries.get_offer(session, person, Permission.VIEW_POST, offer_id)
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, offer.school_urn)
    told, shown = queries.may_view_timeline(person, offer), _words(person)
    entries = await timeline(session, person.authority_id, "offer", offer.id) if told else []
    posted = not queries.never_posted(offer)
    why_not = why_not_proposable(offer, person.today, fresh_since(calendar, settings, person.today))
    good_for = settings.clocks.offer_good_for
    context = {
        "offer": offer,
        "acts": acts(person, offer),
        "why_not": why_not,
        "may_propose": why_not is None and has_permission(person, Permission.PROPOSE),
        "when": timing_label(offer),
        "travel": travel_label(offer.travel_miles),
        "days_left": days_left_label(offer),
        "audience": who_may_see(offer.visible_to_authority_from, person.today, settings, posted=posted),
        "widens": offer.state == "live" and (offer.visible_to_authority_from or person.today) > person.today,
        "confirmed": format_days_ago(offer.confirmed_on, person.today),
        "holds_until": holds_until(calendar, offer.confirmed_on, good_for) if offer.confirmed_on else None,
        "entries": timeline_entries(entries, OFFER_WORKFLOW, LABELS, shown["display_value"], BESIDES),
        "story": told,
        **shown,
    }
    return Page("offers/show.html", context)


@endpoint.get("/offers/{offer_id:uuid}/edit", permission=Permission.CHANGE_OFFER)
async def edit_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show the form with the current values of an offer."""
    offer = await changeable_offer(session, person, offer_id)
    form = offer_form(settings_of(person.authority_id))(data=offer_form_of(offer))
    return await _edit_page(session, person, form, offer)


@endpoint.post("/offers/{offer_id:uuid}/edit", permission=Permission.CHANGE_OFFER)
async def change_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Save the changes to an offer. After an edit conflict both versions are shown."""
    offer = await changeable_offer(session, person, offer_id)
    written = await read_form_data(request)
    form = offer_form(settings_of(person.authority_id))(written)
    answer = await _edit_page(session, person, form, offer, status=422)
    post = offer.state == "draft" and written.one("act") == "post"
    if not form.is_valid(person.today, complete=post or offer.state != "draft"):
        return answer
    try:
        await actions.change_offer(
            session, person, offer_id, form.columns(), form.evidence(), version_of(written)
        )
    except EditConflict as problem:
        form.version.data = str(problem.version)
        return await _edit_page(session, person, form, offer, status=409, stale=problem)
    except ValidationFailed as problem:
        attach_field_errors(form, problem)
        return answer
    if post:
        await actions.post_offer(session, person, offer_id)
    return Redirect(f"/offers/{offer_id}", "Your offer is posted." if post else "Your changes are saved.")


@endpoint.post("/offers/{offer_id:uuid}/post", permission=Permission.POST_OFFER)
async def post_drafted_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Post a draft, or show the form with what is missing."""
    offer = await queries.get_offer(session, person, Permission.POST_OFFER, offer_id)
    if offer.state == "draft":
        looked_at = {"checked_no_pupil": True, "checked_not_safeguarding": True}
        form = offer_form(settings_of(person.authority_id))(data=offer_form_of(offer, said=True) | looked_at)
        answer = await _edit_page(session, person, form, offer, status=422)
        if not form.is_valid(person.today, complete=True):
            return answer
    await actions.post_offer(session, person, offer_id)
    return Redirect(f"/offers/{offer_id}", "Your offer is posted.")


@endpoint.post("/offers/{offer_id:uuid}/pause", permission=Permission.CHANGE_OFFER)
async def pause_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Pause an offer."""
    await actions.pause_offer(session, person, offer_id)
    return Redirect(f"/offers/{offer_id}", "The offer is paused: nobody can propose it.")


@endpoint.get("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def ask_whether_offer_holds(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show the page behind the link in an email, with one button that confirms the offer."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    context = {
        "offer": offer,
        "confirmed": format_days_ago(offer.confirmed_on, person.today),
        "days_left": days_left_label(offer),
    }
    return Page("offers/confirmation.html", context)


@endpoint.post("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def confirm_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Confirm that an offer is still current."""
    await actions.confirm_offer(session, person, offer_id)
    return Redirect(f"/offers/{offer_id}", "Thank you: the offer is confirmed today.")


@endpoint.get("/offers/{offer_id:uuid}/withdrawal", permission=Permission.CHANGE_OFFER)
async def ask_whether_withdrawn(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Show the confirmation page before an offer is withdrawn."""
    offer = await queries.get_offer(session, person, Permission.CHANGE_OFFER, offer_id)
    return Page("offers/withdrawal.html", {"offer": offer})


@endpoint.post("/offers/{offer_id:uuid}/withdrawal", permission=Permission.CHANGE_OFFER)
async def withdraw_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, offer_id: UUID
) -> PageResult:
    """Withdraw an offer; the note is optional."""
    note = (await read_form_data(request)).one("note").strip()[:1000]
    await actions.withdraw_offer(session, person, offer_id, note)
    return Redirect(f"/offers/{offer_id}", "The offer is withdrawn.")


async def _own_school(session: AsyncSession, person: Principal) -> Any:
    if person.school_urn is None:
        raise NotFound
    return await get_school(session, person, Permission.POST_OFFER, person.school_urn)


def _words(person: Principal) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "display_value": lambda name, value: display_value(settings, name, value),
        "STATES": STATES,
        "LABELS": LABELS,
        "APPETITES": APPETITES,
        "settings": settings,
    }


async def _form_page(
    session: AsyncSession,
    template: str,
    form: OfferForm,
    person: Principal,
    school: Any,
    status: int = 200,
    **more: Any,
) -> Page:
    """Render the form. Its choices are filled first, because validation needs them."""
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, school.urn)
    form.offer_choices(settings, calendar, person.today, more.get("offer"))
    context = {
        "form": form,
        "school": school,
        "settings": settings,
        "widens_on": visible_to_authority_from("widening", person.today, settings, calendar),
        "safeguarding": settings.contacts.get("safeguarding"),
        "offer": None,
        "stale": None,
        **more,
    }
    return Page(template, context, status=status)


async def _edit_page(
    session: AsyncSession,
    person: Principal,
    form: OfferForm,
    offer: Any,
    status: int = 200,
    stale: EditConflict | None = None,
) -> Page:
    school = await get_school(session, person, Permission.CHANGE_OFFER, offer.school_urn)
    return await _form_page(
        session, "offers/edit.html", form, person, school, status, offer=offer, stale=stale
    )


routes = [
    *extension.routes,
    list_offers,
    list_offers_as_csv,
    new_offer,
    post_offer,
    show_offer,
    edit_offer,
    change_offer,
    post_drafted_offer,
    pause_offer,
    ask_whether_offer_holds,
    confirm_offer,
    ask_whether_withdrawn,
    withdraw_offer,
]
