"""Pages of support agreements: list, detail page, signing and ending early."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements import actions, queries
from alongside.features.agreements.aims import pages as aims
from alongside.features.agreements.amendments import pages as amendments
from alongside.features.agreements.amendments.queries import amendments_of
from alongside.features.agreements.answers import pages as answers
from alongside.features.agreements.available_actions import available_actions, waits_for
from alongside.features.agreements.challenges import pages as challenges
from alongside.features.agreements.forms import ListedReasonForm
from alongside.features.agreements.parties import party_of
from alongside.features.agreements.proposals import pages as proposals
from alongside.features.agreements.reviews import pages as reviews
from alongside.features.agreements.reviews.queries import reviews_seen_by
from alongside.features.agreements.signed_versions import pages as agreements
from alongside.features.agreements.signed_versions.wording import differences
from alongside.features.agreements.visits import pages as visits
from alongside.features.agreements.visits.queries import visits_of
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import label_of
from alongside.features.needs.listing import number_of_page
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import asked, read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint


@endpoint.get("/agreements", permission=Permission.VIEW_AGREEMENT)
async def list_agreements(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal
) -> PageResult:
    """List the agreements in the person's scope: live ones, or ended ones with the filter."""
    question = asked(request)
    show = "past" if question.one("show") == "past" else "live"
    number = number_of_page(question.one("page"))
    rows, more = await queries.agreements_of(session, person, show, number)
    context = {"agreements": rows, "show": show, "number": number, "more": more}
    return Page("agreements/list.html", context, fragment="agreements/_list.html")


@endpoint.get("/agreements/{agreement_id:uuid}", permission=Permission.VIEW_AGREEMENT)
async def show_agreement(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show an agreement with its signatures, days, visits, reviews, amendments and timeline."""
    row = await queries.get_agreement(session, person, Permission.VIEW_AGREEMENT, agreement_id)
    authority_id = person.authority_id
    settings = settings_of(authority_id)
    its_aims = await queries.aims_of(session, authority_id, agreement_id)
    its_visits = await visits_of(session, authority_id, agreement_id)
    its_changes = await amendments_of(session, authority_id, agreement_id)
    its_reviews = await reviews_seen_by(session, person, row)
    subjects = [("support_agreement", row.id), ("proposal", row.proposal_id)]
    subjects += [("visit", one.id) for one in its_visits] + [("amendment", one.id) for one in its_changes]
    context = {
        "agreement": row,
        "side": party_of(person, row),
        "steps": available_actions(person, row, its_aims, its_reviews),
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
        "entries": await queries.timeline_of(session, authority_id, subjects),
    }
    return Page("agreements/show.html", context)


@endpoint.post("/agreements/{agreement_id:uuid}/signature", permission=Permission.SIGN_AGREEMENT)
async def sign_agreement(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Sign the agreement version that was shown."""
    await queries.get_agreement(session, person, Permission.SIGN_AGREEMENT, agreement_id)
    await actions.sign_agreement(session, person, agreement_id, version_of(await read_form_data(request)))
    return Redirect(f"/agreements/{agreement_id}", "You have signed the agreement.")


@endpoint.get("/agreements/{agreement_id:uuid}/early-end", permission=Permission.END_AGREEMENT)
async def ask_why_ended(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """Show the form for the reason of an early end."""
    row = await queries.get_agreement(session, person, Permission.END_AGREEMENT, agreement_id)
    form = ListedReasonForm()
    form.offer(settings_of(person.authority_id).ending_reasons)
    return _ending_page(form, row)


@endpoint.post("/agreements/{agreement_id:uuid}/early-end", permission=Permission.END_AGREEMENT)
async def end_early(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, agreement_id: UUID
) -> PageResult:
    """End an agreement early with the reason from the form."""
    row = await queries.get_agreement(session, person, Permission.END_AGREEMENT, agreement_id)
    reasons = settings_of(person.authority_id).ending_reasons
    form = ListedReasonForm(await read_form_data(request))
    form.offer(reasons)
    if not form.holds(reasons):
        return _ending_page(form, row, 422)
    await actions.end_early(session, person, agreement_id, form.reason.data, form.words.data or "")
    return Redirect(f"/agreements/{agreement_id}", "The agreement has ended. Unused days are free again.")


def _ending_page(form: ListedReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("reason", "words"),
        "title": "End this agreement early",
        "caption": f"{row.supporting_name} supports {row.requesting_name}",
        "intro": "Days that were not used go back to the offer, and the need is open again.",
        "where": f"/agreements/{row.id}/early-end",
        "back": f"/agreements/{row.id}",
        "button_text": "End it",
    }
    return Page("agreements/ask.html", context, status=status)


routes = [
    list_agreements,
    show_agreement,
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
