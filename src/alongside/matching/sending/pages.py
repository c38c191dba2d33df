"""The page that asks once more before a plan is sent, and the sending."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import calendar_of
from alongside.errors import Invalid, Refused
from alongside.matching.model import STANDING
from alongside.matching.runs.pages import words
from alongside.matching.runs.queries import places_of, run_to
from alongside.matching.runs.wording import to_send
from alongside.matching.sending import actions
from alongside.matching.sending.terms import terms_for
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.templates import plural
from alongside.web.typed import typed


@page.get("/plans/{run_id:uuid}/sending", permission=Permission.MAKE_PLAN)
async def ask_before_sending(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """What would be proposed to whom, with days and dates; each pair may be left out."""
    run = await run_to(session, person, Permission.MAKE_PLAN, run_id)
    if run.state not in STANDING:
        raise Refused("Only the plan that stands can be sent. Open the plans to find it.", run.state)
    calendar = calendar_of(person.authority_id)
    places = [one for one in await places_of(session, person.authority_id, run.id) if to_send(one)]
    rows = [{"place": one, "terms": terms_for(calendar, one, person.today, "")} for one in places]
    return Page("matching/sending/confirm.html", {"run": run, "rows": rows, **words(person)})


@page.post("/plans/{run_id:uuid}/sending", permission=Permission.MAKE_PLAN)
async def send_plan(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, run_id: UUID
) -> Answer:
    """Propose the pairs that were left ticked."""
    ticked = (await typed(request)).getlist("need")
    try:
        needs = [UUID(str(one)) for one in ticked]
    except ValueError:
        raise Invalid({"need": ["Choose pairs from the list."]}) from None
    await run_to(session, person, Permission.MAKE_PLAN, run_id)
    if not needs:
        raise Invalid({"need": ["Leave at least one pair ticked, or go back to the plan."]})
    sent = await actions.send_plan(session, person, run_id, needs)
    return SeeOther(f"/plans/{run_id}", said_of(sent))


def said_of(sent: actions.Sent) -> str:
    """What came of sending, in a sentence or two."""
    if not sent.proposed and not sent.skipped:
        return "All of it was sent already."
    parts = [f"{plural(sent.proposed, 'pair')} proposed: both schools of each have been told."]
    if sent.skipped:
        parts.append(f"{plural(sent.skipped, 'pair')} could not be; the plan says why.")
    return " ".join(parts)


routes = [ask_before_sending, send_plan]
