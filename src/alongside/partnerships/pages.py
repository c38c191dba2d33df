"""The pages of partnerships: the list, one with all that belongs to it, signing it, ending it early."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.authorities.settings import label_of
from alongside.needs.list import number_of_page
from alongside.partnerships import actions, queries
from alongside.partnerships.agreements import pages as agreements
from alongside.partnerships.agreements.wording import differences
from alongside.partnerships.aims import pages as aims
from alongside.partnerships.amendments import pages as amendments
from alongside.partnerships.amendments.queries import amendments_of
from alongside.partnerships.answers import pages as answers
from alongside.partnerships.challenges import pages as challenges
from alongside.partnerships.forms import ListedReasonForm
from alongside.partnerships.proposals import pages as proposals
from alongside.partnerships.reviews import pages as reviews
from alongside.partnerships.reviews.queries import reviews_seen_by
from alongside.partnerships.sides import side_of
from alongside.partnerships.steps import steps_for, waits_for
from alongside.partnerships.versions import version_of
from alongside.partnerships.visits import pages as visits
from alongside.partnerships.visits.queries import visits_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import asked, typed


@page.get("/partnerships", permission=Permission.SEE_PARTNERSHIP)
async def list_partnerships(request: Request[Any, Any, Any], session: AsyncSession, person: Person) -> Answer:
    """The partnerships that concern somebody, live ones unless the past is asked for."""
    question = asked(request)
    show = "past" if question.one("show") == "past" else "live"
    number = number_of_page(question.one("page"))
    rows, more = await queries.partnerships_of(session, person, show, number)
    context = {"partnerships": rows, "show": show, "number": number, "more": more}
    return Page("partnerships/list.html", context, fragment="partnerships/_list.html")


@page.get("/partnerships/{partnership_id:uuid}", permission=Permission.SEE_PARTNERSHIP)
async def show_partnership(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """One partnership: agreement, signatures, days, visits, reviews, changes, and what was done."""
    row = await queries.partnership_to(session, person, Permission.SEE_PARTNERSHIP, partnership_id)
    authority_id = person.authority_id
    settings = settings_of(authority_id)
    its_aims = await queries.aims_of(session, authority_id, partnership_id)
    its_visits = await visits_of(session, authority_id, partnership_id)
    its_changes = await amendments_of(session, authority_id, partnership_id)
    its_reviews = await reviews_seen_by(session, person, row)
    subjects = [("partnership", row.id), ("proposal", row.proposal_id)]
    subjects += [("visit", one.id) for one in its_visits] + [("amendment", one.id) for one in its_changes]
    context = {
        "partnership": row,
        "side": side_of(person, row),
        "steps": steps_for(person, row, its_aims, its_reviews),
        "waiting": waits_for(row),
        "theme": label_of(settings.themes, row.theme),
        "ended_because": label_of(settings.ending_reasons, row.ended_because) if row.ended_because else None,
        "aims": its_aims,
        "visits": its_visits,
        "reviews": its_reviews,
        "change": next((one for one in its_changes if one.state == "proposed"), None),
        "amendments": [
            (one, differences(row, its_aims, one) if one.state == "proposed" else []) for one in its_changes
        ],
        "entries": await queries.story_of(session, authority_id, subjects),
    }
    return Page("partnerships/show.html", context)


@page.post("/partnerships/{partnership_id:uuid}/signature", permission=Permission.SIGN_AGREEMENT)
async def sign_agreement(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Sign the agreement that was shown."""
    await queries.partnership_to(session, person, Permission.SIGN_AGREEMENT, partnership_id)
    await actions.sign_agreement(session, person, partnership_id, version_of(await typed(request)))
    return SeeOther(f"/partnerships/{partnership_id}", "You have signed the agreement.")


@page.get("/partnerships/{partnership_id:uuid}/early-end", permission=Permission.END_PARTNERSHIP)
async def ask_why_ended(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """Ask for the reason before a partnership is ended early."""
    row = await queries.partnership_to(session, person, Permission.END_PARTNERSHIP, partnership_id)
    form = ListedReasonForm()
    form.offer(settings_of(person.authority_id).ending_reasons)
    return _ending_page(form, row)


@page.post("/partnerships/{partnership_id:uuid}/early-end", permission=Permission.END_PARTNERSHIP)
async def end_early(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, partnership_id: UUID
) -> Answer:
    """End a partnership before its time, with a reason."""
    row = await queries.partnership_to(session, person, Permission.END_PARTNERSHIP, partnership_id)
    reasons = settings_of(person.authority_id).ending_reasons
    form = ListedReasonForm(await typed(request))
    form.offer(reasons)
    if not form.holds(reasons):
        return _ending_page(form, row, 422)
    await actions.end_early(session, person, partnership_id, form.reason.data, form.words.data or "")
    return SeeOther(
        f"/partnerships/{partnership_id}", "The partnership has ended. Unused days are free again."
    )


def _ending_page(form: ListedReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("reason", "words"),
        "title": "End this partnership early",
        "caption": f"{row.giving_name} supports {row.asking_name}",
        "intro": "Days that were not used go back to the offer, and the need is open again.",
        "where": f"/partnerships/{row.id}/early-end",
        "back": f"/partnerships/{row.id}",
        "button_text": "End it",
    }
    return Page("partnerships/ask.html", context, status=status)


routes = [
    list_partnerships,
    show_partnership,
    sign_agreement,
    ask_why_ended,
    end_early,
    *proposals.routes,
    *answers.routes,
    *aims.routes,
    *visits.routes,
    *reviews.routes,
    *amendments.routes,
    *agreements.routes,
    *challenges.routes,
]
