"""The pages by which a proposal is answered."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import require
from alongside.authorities import settings_of
from alongside.partnerships.forms import ListedReasonForm, ReasonForm
from alongside.partnerships.proposals import actions
from alongside.partnerships.proposals.forms import TermsForm
from alongside.partnerships.proposals.queries import proposal_to
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

AGREED = "It is agreed. Now write down what it is for, and sign."


@page.post("/proposals/{proposal_id:uuid}/acceptance", permission=Permission.ANSWER_PROPOSAL)
async def accept_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Say yes to the terms that were shown."""
    await proposal_to(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    made = await actions.accept_proposal(session, person, proposal_id, version_of(await typed(request)))
    if made is None:
        return SeeOther(f"/proposals/{proposal_id}", "You have accepted. The next to answer have been told.")
    return SeeOther(f"/partnerships/{made}", AGREED)


@page.get("/proposals/{proposal_id:uuid}/refusal", permission=Permission.ANSWER_PROPOSAL)
async def ask_why_refused(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Ask for the reason before a proposal is declined."""
    row = await proposal_to(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = ListedReasonForm()
    form.offer(settings_of(person.authority_id).decline_reasons)
    return _refusal_page(form, row)


@page.post("/proposals/{proposal_id:uuid}/refusal", permission=Permission.ANSWER_PROPOSAL)
async def refuse_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Decline a proposal, with a reason."""
    row = await proposal_to(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = ListedReasonForm(await typed(request))
    reasons = settings_of(person.authority_id).decline_reasons
    form.offer(reasons)
    if not form.holds(reasons):
        return _refusal_page(form, row, 422)
    await actions.refuse_proposal(session, person, proposal_id, form.reason.data, form.words.data or "")
    return SeeOther(f"/proposals/{proposal_id}", "You have declined the proposal.")


@page.post("/proposals/{proposal_id:uuid}/more-time", permission=Permission.ANSWER_PROPOSAL)
async def ask_more_time(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Answer later: once, by the authority's number of school days."""
    until = await actions.ask_more_time(session, person, proposal_id)
    return SeeOther(f"/proposals/{proposal_id}", f"You have until {until:%-d %B %Y} to answer.")


@page.get("/proposals/{proposal_id:uuid}/counter-proposal", permission=Permission.ANSWER_PROPOSAL)
async def write_other_terms(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """The terms as they stand, to be changed."""
    row = await proposal_to(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    form = TermsForm(data={"days": row.days, "starts_on": row.starts_on, "ends_on": row.ends_on})
    return Page("proposals/counter.html", {"form": form, "proposal": row, "version": row.terms_version})


@page.post("/proposals/{proposal_id:uuid}/counter-proposal", permission=Permission.ANSWER_PROPOSAL)
async def counter_propose(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Propose other days or dates."""
    row = await proposal_to(session, person, Permission.ANSWER_PROPOSAL, proposal_id)
    written = await typed(request)
    form = TermsForm(written)
    version = version_of(written)
    if not form.holds(person.today):
        context = {"form": form, "proposal": row, "version": version}
        return Page("proposals/counter.html", context, status=422)
    await actions.counter_propose(session, person, proposal_id, form.terms(), version)
    return SeeOther(f"/proposals/{proposal_id}", "Your terms are proposed. The other school has been told.")


@page.post("/proposals/{proposal_id:uuid}/release", permission=Permission.RELEASE_LEADER)
async def release_leader(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Let the leader go and support the other school."""
    made = await actions.release_leader(session, person, proposal_id)
    return SeeOther(f"/partnerships/{made}", AGREED)


@page.get("/proposals/{proposal_id:uuid}/release-refusal", permission=Permission.RELEASE_LEADER)
async def ask_why_not_released(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Ask why the leader cannot be spared."""
    row = await proposal_to(session, person, Permission.RELEASE_LEADER, proposal_id)
    require(person, Permission.RELEASE_LEADER, row.giving_urn)
    return _release_page(ReasonForm(), row)


@page.post("/proposals/{proposal_id:uuid}/release-refusal", permission=Permission.RELEASE_LEADER)
async def refuse_release(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Say that the leader cannot be spared, and why."""
    row = await proposal_to(session, person, Permission.RELEASE_LEADER, proposal_id)
    require(person, Permission.RELEASE_LEADER, row.giving_urn)
    form = ReasonForm(await typed(request))
    if not form.holds():
        return _release_page(form, row, 422)
    await actions.refuse_release(session, person, proposal_id, form.words.data or "")
    return SeeOther(f"/proposals/{proposal_id}", "The other school has been told.")


@page.post("/proposals/{proposal_id:uuid}/withdrawal", permission=Permission.WITHDRAW_PROPOSAL)
async def withdraw_proposal(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, proposal_id: UUID
) -> Answer:
    """Take a proposal back."""
    await actions.withdraw_proposal(session, person, proposal_id)
    return SeeOther(f"/proposals/{proposal_id}", "The proposal is withdrawn.")


def _refusal_page(form: ListedReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("reason", "words"),
        "title": "Decline this proposal",
        "caption": f"{row.giving_name} for {row.asking_name}",
        "intro": "The other school sees your reason. It is not counted against anybody.",
        "where": f"/proposals/{row.id}/refusal",
        "back": f"/proposals/{row.id}",
        "button_text": "Decline",
    }
    return Page("partnerships/ask.html", context, status=status)


def _release_page(form: ReasonForm, row: Any, status: int = 200) -> Page:
    context = {
        "form": form,
        "fields": ("words",),
        "title": f"{row.leader_name} cannot be released",
        "caption": f"{row.giving_name} for {row.asking_name}",
        "intro": "The proposal ends, and the need is open again.",
        "where": f"/proposals/{row.id}/release-refusal",
        "back": f"/proposals/{row.id}",
        "button_text": "Do not release",
    }
    return Page("partnerships/ask.html", context, status=status)


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
