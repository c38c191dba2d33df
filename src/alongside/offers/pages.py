"""The pages of offers: writing one, seeing it, and every act that is done with it."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all, may
from alongside.authorities import calendar_of, settings_of
from alongside.errors import Invalid, NotThere, Stale
from alongside.journal.queries import timeline
from alongside.needs.actions import refuse_closed
from alongside.needs.audience import shown_to_all_from, who_may_see
from alongside.needs.freshness import days_ago, holds_until
from alongside.needs.list import number_of_page
from alongside.needs.phases import phase_of
from alongside.needs.queries import school_to
from alongside.needs.story import story
from alongside.needs.words import when_in_words
from alongside.offers import actions, queries
from alongside.offers.acts import acts
from alongside.offers.editing import blame_fields, changeable_offer, version_of
from alongside.offers.extension import pages as extension
from alongside.offers.forms import OfferForm, offer_form, offer_form_of
from alongside.offers.freshness import why_not_proposable
from alongside.offers.list import GROUPS, offers_as_csv
from alongside.offers.model import OFFER_WORKFLOW
from alongside.offers.words import APPETITES, LABELS, STATES, days_left_in_words, in_words, travel_in_words
from alongside.schools.dates.queries import calendar_of_school
from alongside.web.answers import Answer, Download, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked, typed

CSV = "text/csv; charset=utf-8"


@page.get("/offers", permission=queries.LOOKING_AFTER)
async def list_offers(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The offers of the schools that somebody looks after, by state."""
    question = asked(request)
    group, number = question.one("state"), number_of_page(question.one("page"))
    states = GROUPS.get(group, ("", ()))[1]
    offers, more = await queries.offers_of(session, person, states=states, page=number)
    counts = await queries.states_of_offers(session, person)
    settings = settings_of(person.authority_id)
    context = {
        "offers": [(offer, why_not_proposable(offer, person.today, settings)) for offer in offers],
        "groups": [(key, label, sum(counts.get(s, 0) for s in of)) for key, (label, of) in GROUPS.items()],
        "all": sum(counts.values()),
        "group": group if group in GROUPS else "",
        "number": number,
        "more": more,
        "may_offer": person.school_urn is not None and may(person, Permission.POST_OFFER, person.school_urn),
        "days_left": days_left_in_words,
        "ago": lambda day: days_ago(day, person.today),
        **_words(person),
    }
    return Page("offers/list.html", context, fragment="offers/_list.html")


@page.get("/offers.csv", permission=queries.LOOKING_AFTER)
async def list_offers_as_csv(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person
) -> Answer:
    """The same offers for a spreadsheet."""
    states = GROUPS.get(asked(request).one("state"), ("", ()))[1]
    offers = await queries.all_offers_of(session, person, states=states)
    return Download(offers_as_csv(settings_of(person.authority_id), offers), "offers.csv", CSV)


@page.get("/offers/new", permission=Permission.POST_OFFER)
async def write_offer(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """An empty form for one's own school."""
    school = await _own_school(session, person)
    refuse_closed(school.name, school.status)
    form = offer_form(settings_of(person.authority_id))(
        data={"phases": [phase_of(school)], "engagements_max": 1, "audience": "widening", "appetite": "yes"}
    )
    return await _form_page(session, "offers/new.html", form, person, school)


@page.post("/offers", permission=Permission.POST_OFFER)
async def post_offer(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """Keep a new offer: as a draft, or for others to see."""
    school = await _own_school(session, person)
    written = await typed(request)
    form = offer_form(settings_of(person.authority_id))(written)
    answer = await _form_page(session, "offers/new.html", form, person, school, status=422)
    post = written.one("act") == "post"
    if not form.holds(person.today, complete=post):
        return answer
    offer_id = await actions.draft_offer(session, person, form.columns(), form.evidence())
    if post:
        await actions.post_offer(session, person, offer_id)
    return SeeOther(f"/offers/{offer_id}", "Your offer is posted." if post else "The draft is saved.")


@page.get("/offers/{offer_id:uuid}", permission=Permission.SEE_POST)
async def show_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """One offer: what is given, by whom, what is left of it, whether it still holds, and what was done."""
    offer = await queries.offer_to(session, person, Permission.SEE_POST, offer_id)
    settings, calendar = settings_of(person.authority_id), calendar_of(person.authority_id)
    told, shown = queries.sees_its_story(person, offer), _words(person)
    entries = await timeline(session, person.authority_id, "offer", offer.id) if told else []
    posted = not queries.never_posted(offer)
    why_not = why_not_proposable(offer, person.today, settings)
    good_for = settings.clocks.offer_good_for
    context = {
        "offer": offer,
        "acts": acts(person, offer),
        "why_not": why_not,
        "may_propose": why_not is None and allowed_at_all(person, Permission.PROPOSE),
        "when": when_in_words(offer),
        "travel": travel_in_words(offer.travel_miles),
        "days_left": days_left_in_words(offer),
        "audience": who_may_see(offer.shown_to_all_from, person.today, settings, posted=posted),
        "widens": offer.state == "live" and (offer.shown_to_all_from or person.today) > person.today,
        "confirmed": days_ago(offer.confirmed_on, person.today),
        "holds_until": holds_until(calendar, offer.confirmed_on, good_for) if offer.confirmed_on else None,
        "entries": story(entries, OFFER_WORKFLOW, LABELS, shown["in_words"]),
        "story": told,
        **shown,
    }
    return Page("offers/show.html", context)


@page.get("/offers/{offer_id:uuid}/edition", permission=Permission.CHANGE_OFFER)
async def edit_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """The form of an offer as it stands."""
    offer = await changeable_offer(session, person, offer_id)
    form = offer_form(settings_of(person.authority_id))(data=offer_form_of(offer))
    return await _edit_page(session, person, form, offer)


@page.post("/offers/{offer_id:uuid}/edition", permission=Permission.CHANGE_OFFER)
async def change_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Keep an offer as it was written anew; both texts are shown when somebody else was faster."""
    offer = await changeable_offer(session, person, offer_id)
    written = await typed(request)
    form = offer_form(settings_of(person.authority_id))(written)
    answer = await _edit_page(session, person, form, offer, status=422)
    post = offer.state == "draft" and written.one("act") == "post"
    if not form.holds(person.today, complete=post or offer.state != "draft"):
        return answer
    try:
        await actions.change_offer(
            session, person, offer_id, form.columns(), form.evidence(), version_of(written)
        )
    except Stale as problem:
        form.version.data = str(problem.version)
        return await _edit_page(session, person, form, offer, status=409, stale=problem)
    except Invalid as problem:
        blame_fields(form, problem)
        return answer
    if post:
        await actions.post_offer(session, person, offer_id)
    return SeeOther(f"/offers/{offer_id}", "Your offer is posted." if post else "Your changes are saved.")


@page.post("/offers/{offer_id:uuid}/posting", permission=Permission.POST_OFFER)
async def post_drafted_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Post a draft as it stands, or show what it still lacks."""
    offer = await queries.offer_to(session, person, Permission.POST_OFFER, offer_id)
    if offer.state == "draft":
        looked_at = {"checked_no_pupil": True, "checked_not_safeguarding": True}
        form = offer_form(settings_of(person.authority_id))(data=offer_form_of(offer, said=True) | looked_at)
        answer = await _edit_page(session, person, form, offer, status=422)
        if not form.holds(person.today, complete=True):
            return answer
    await actions.post_offer(session, person, offer_id)
    return SeeOther(f"/offers/{offer_id}", "Your offer is posted.")


@page.post("/offers/{offer_id:uuid}/pause", permission=Permission.CHANGE_OFFER)
async def pause_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Take an offer off the board for a while."""
    await actions.pause_offer(session, person, offer_id)
    return SeeOther(f"/offers/{offer_id}", "The offer is paused: nobody can propose it.")


@page.get("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def ask_whether_offer_holds(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Where the link in a mail leads: one button says that the offer still holds."""
    offer = await queries.offer_to(session, person, Permission.CHANGE_OFFER, offer_id)
    context = {
        "offer": offer,
        "confirmed": days_ago(offer.confirmed_on, person.today),
        "days_left": days_left_in_words(offer),
    }
    return Page("offers/confirmation.html", context)


@page.post("/offers/{offer_id:uuid}/confirmation", permission=Permission.CHANGE_OFFER)
async def confirm_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Say that an offer still holds."""
    await actions.confirm_offer(session, person, offer_id)
    return SeeOther(f"/offers/{offer_id}", "Thank you: the offer is confirmed today.")


@page.get("/offers/{offer_id:uuid}/withdrawal", permission=Permission.CHANGE_OFFER)
async def ask_whether_withdrawn(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """Ask once more before an offer ends."""
    offer = await queries.offer_to(session, person, Permission.CHANGE_OFFER, offer_id)
    return Page("offers/withdrawal.html", {"offer": offer})


@page.post("/offers/{offer_id:uuid}/withdrawal", permission=Permission.CHANGE_OFFER)
async def withdraw_offer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, offer_id: UUID
) -> Answer:
    """End an offer; the words with it are optional."""
    note = (await typed(request)).one("note").strip()[:1000]
    await actions.withdraw_offer(session, person, offer_id, note)
    return SeeOther(f"/offers/{offer_id}", "The offer is withdrawn.")


async def _own_school(session: AsyncSession, person: Person) -> Any:
    if person.school_urn is None:
        raise NotThere
    return await school_to(session, person, Permission.POST_OFFER, person.school_urn)


def _words(person: Person) -> dict[str, Any]:
    settings = settings_of(person.authority_id)
    return {
        "in_words": lambda name, value: in_words(settings, name, value),
        "STATES": STATES,
        "LABELS": LABELS,
        "APPETITES": APPETITES,
        "settings": settings,
    }


async def _form_page(
    session: AsyncSession,
    template: str,
    form: OfferForm,
    person: Person,
    school: Any,
    status: int = 200,
    **more: Any,
) -> Page:
    """The form with its lists filled: before it is checked, so that the checks know what may be chosen."""
    settings = settings_of(person.authority_id)
    calendar = await calendar_of_school(session, person.authority_id, school.urn)
    form.offer_choices(settings, calendar, person.today, more.get("offer"))
    context = {
        "form": form,
        "school": school,
        "settings": settings,
        "widens_on": shown_to_all_from("widening", person.today, settings, calendar),
        "safeguarding": settings.contacts.get("safeguarding"),
        "offer": None,
        "stale": None,
        **more,
    }
    return Page(template, context, status=status)


async def _edit_page(
    session: AsyncSession,
    person: Person,
    form: OfferForm,
    offer: Any,
    status: int = 200,
    stale: Stale | None = None,
) -> Page:
    school = await school_to(session, person, Permission.CHANGE_OFFER, offer.school_urn)
    return await _form_page(
        session, "offers/edit.html", form, person, school, status, offer=offer, stale=stale
    )


routes = [
    *extension.routes,
    list_offers,
    list_offers_as_csv,
    write_offer,
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
