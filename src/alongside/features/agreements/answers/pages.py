"""Pages that answer a proposal."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.forms import ListedReasonForm, ReasonForm
from alongside.features.agreements.proposals import actions
from alongside.features.agreements.proposals.forms import TermsForm
from alongside.features.agreements.proposals.queries import get_proposal
from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

AGREED = "It is agreed. Now write down what it is for, and sign."


@endpoint.post("/proposals/{proposal_id:uuid}/acceptance", permission=Permission.ANSWER_PROPOSAL)
async def accept_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Accept the terms that were shown."""
    await get_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    made = await actions.accept_proposal(
        session, person, proposal_id, version_of(await read_form_data(request))
    )
    if made is None:
        return Redirect(f"/proposals/{proposal_id}", "You have accepted. The next to answer have been told.")
    return Redirect(f"/agreements/{made}", AGREED)


@endpoint.get("/proposals/{proposal_id:uuid}/refusal", permission=Permission.ANSWER_PROPOSAL)
async def ask_why_refused(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Show the form for the reason of declining."""
    row = await get_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = ListedReasonForm()
    form.offer(settings_of(person.authority_id).decline_reasons)
    return _refusal_page(form, row)


@endpoint.post("/proposals/{proposal_id:uuid}/refusal", permission=Permission.ANSWER_PROPOSAL)
async def refuse_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Decline a proposal with the reason from the form."""
    row = await get_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = ListedReasonForm(await read_form_data(request))
    reasons = settings_of(person.authority_id).decline_reasons
    form.offer(reasons)
    if not form.holds(reasons):
        return _refusal_page(form, row, 422)
    await actions.refuse_proposal(session, person, proposal_id, form.reason.data, form.words.data or "")
    return Redirect(f"/proposals/{proposal_id}", "You have declined the proposal.")


@endpoint.post("/proposals/{proposal_id:uuid}/more-time", permission=Permission.ANSWER_PROPOSAL)
async def ask_more_time(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Extend the deadline once, by the authority's number of school days."""
    until = await actions.ask_more_time(session, person, proposal_id)
    return Redirect(f"/proposals/{proposal_id}", f"You have until {format_date(until)} to answer.")


@endpoint.get("/proposals/{proposal_id:uuid}/counter-proposal", permission=Permission.ANSWER_PROPOSAL)
async def write_other_terms(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Show the form with the current terms."""
    row = await get_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = TermsForm(data={"days": row.days, "starts_on": row.starts_on, "ends_on": row.ends_on})
    return Page("proposals/counter.html", {"form": form, "proposal": row, "version": row.terms_version})


@endpoint.post("/proposals/{proposal_id:uuid}/counter-proposal", permission=Permission.ANSWER_PROPOSAL)
async def counter_propose(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Propose different days or dates."""
    row = await get_proposal(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    written = await read_form_data(request)
    form = TermsForm(written)
    version = version_of(written)
    if not form.holds(person.today):
        context = {"form": form, "proposal": row, "version": version}
        return Page("proposals/counter.html", context, status=422)
    await actions.counter_propose(session, person, proposal_id, form.terms(), version)
    return Redirect(f"/proposals/{proposal_id}", "Your terms are proposed. The other school has been told.")


@endpoint.post("/proposals/{proposal_id:uuid}/release", permission=Permission.RELEASE_LEADER)
async def release_leader(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Release the leader to support the other school."""
    made = await actions.release_leader(session, person, proposal_id)
    return Redirect(f"/agreements/{made}", AGREED)


@endpoint.get("/proposals/{proposal_id:uuid}/release-refusal", permission=Permission.RELEASE_LEADER)
async def ask_why_not_released(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Show the form for the reason why the leader is not released."""
    row = await get_proposal(session, person, Permission.RELEASE_LEADER, proposal_id)
    return _release_page(ReasonForm(), row)


@endpoint.post("/proposals/{proposal_id:uuid}/release-refusal", permission=Permission.RELEASE_LEADER)
async def refuse_release(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Refuse to release the leader, with the reason from the form."""
    row = await get_proposal(session, person, Permission.RELEASE_LEADER, proposal_id)
    form = ReasonForm(await read_form_data(request))
    if not form.holds():
        return _release_page(form, row, 422)
    await actions.refuse_release(session, person, proposal_id, form.words.data or "")
    return Redirect(f"/proposals/{proposal_id}", "The other school has been told.")


@endpoint.post("/proposals/{proposal_id:uuid}/withdrawal", permission=Permission.WITHDRAW_PROPOSAL)
async def withdraw_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, proposal_id: UUID
) -> PageResult:
    """Withdraw a proposal."""
    await actions.withdraw_proposal(session, person, proposal_id)
    return Redirect(f"/proposals/{proposal_id}", "The proposal is withdrawn.")


def _refusal_page(form: ListedReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("reason", "words"),
        "title": "Decline this proposal",
        "caption": f"{row.supporting_name} for {row.requesting_name}",
        "intro": "The other school sees your reason. It is not counted against anybody.",
        "where": f"/proposals/{row.id}/refusal",
        "back": f"/proposals/{row.id}",
        "button_text": "Decline",
    }
    return Page("agreements/ask.html", context, status=status)


def _release_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": f"{row.leader_name} cannot be released",
        "caption": f"{row.supporting_name} for {row.requesting_name}",
        "intro": "The proposal ends, and the need is open again.",
        "where": f"/proposals/{row.id}/release-refusal",
        "back": f"/proposals/{row.id}",
        "button_text": "Do not release",
    }
    return Page("agreements/ask.html", context, status=status)


routes = [
    accept_proposal,
    ask_why_refused,
    refuse_proposal,
    ask_more_time,
    write_other_terms,
    counter_propose,
    release_leader,
    ask_why_not_released,
    refuse_release,
    withdraw_proposal,
]
