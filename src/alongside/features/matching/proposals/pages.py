"""The confirmation page before a plan is sent, and the sending."""

from typing import Any

from sqlalchemy import Row

from alongside.errors import ActionRefused
from alongside.features.matching.models import CURRENT
from alongside.features.matching.plans.labels import to_send
from alongside.features.matching.plans.pages import words
from alongside.features.matching.plans.queries import assignments_of
from alongside.features.matching.plans.resource import PLAN
from alongside.features.matching.proposals import actions
from alongside.features.matching.proposals.forms import SendForm
from alongside.features.matching.proposals.terms import terms_for
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.web.formatting import format_count
from alongside.platform.web.responses import Redirect


async def _context(asked: FormRequest[Row[Any], SendForm]) -> dict[str, Any]:
    """The proposals that would be sent, with days and dates; each can be deselected."""
    session, person, run = asked.session, asked.person, asked.record
    if run.state not in CURRENT:
        raise ActionRefused("Only the plan that stands can be sent. Open the plans to find it.", run.state)
    assignments = [one for one in await assignments_of(session, person.authority_id, run.id) if to_send(one)]
    urns = {one.requesting_urn for one in assignments}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    rows = [
        {"place": one, "terms": terms_for(calendars[one.requesting_urn], one, person.today, "")}
        for one in assignments
    ]
    return {"rows": rows, **words(person)}


async def _send(asked: FormRequest[Row[Any], SendForm]) -> Redirect:
    sent = await actions.send_plan(asked.session, asked.person, asked.record.id, asked.form.needs())
    return Redirect(PLAN.url(asked.record), said_of(sent))


def said_of(sent: actions.SendResult) -> str:
    """The result of sending, in one or two sentences."""
    if not sent.proposed and not sent.skipped:
        return "All of it was sent already."
    parts = [f"{format_count(sent.proposed, 'pair')} proposed: both schools of each have been told."]
    if sent.skipped:
        parts.append(f"{format_count(sent.skipped, 'pair')} could not be; the plan says why.")
    return " ".join(parts)


SEND_PLAN: FormAction[Row[Any], SendForm] = FormAction(
    name="send_plan",
    resource=PLAN,
    slug="send",
    permission=Permission.MAKE_PLAN,
    title="Send the plan",
    form=SendForm,
    template="matching/proposals/confirm.html",
    context=_context,
    run=_send,
)
routes = routes_of((SEND_PLAN,))
