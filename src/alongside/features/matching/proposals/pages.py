"""The confirmation page before a plan is sent, and the sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alongside.errors import ActionRefused
from alongside.features.agreements.proposals.forms import Terms
from alongside.features.matching.models import CURRENT
from alongside.features.matching.plans.labels import PlanLabels
from alongside.features.matching.plans.pages import labels_for
from alongside.features.matching.plans.queries import assignments_of
from alongside.features.matching.plans.resource import PLAN
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.features.matching.proposals import actions
from alongside.features.matching.proposals.forms import SendForm
from alongside.features.matching.proposals.terms import pair_of, terms_for
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest
from alongside.platform.web.formatting import format_count
from alongside.platform.web.responses import Redirect


class WantedProposal(NamedTuple):
    """An assignment that would be proposed, and the terms."""

    place: AssignmentRow
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class SendContext(FormContext):
    """The proposals that would be sent; each can be deselected."""

    rows: Sequence[WantedProposal]
    labels: PlanLabels


async def _context(asked: FormRequest[PlanRow, SendForm]) -> SendContext:
    session, person, run = asked.session, asked.person, asked.record
    if run.state not in CURRENT:
        raise ActionRefused("You can only send the current plan. Go to Plans and open it.", run.state)
    assignments = [
        one for one in await assignments_of(session, person.authority_id, run.id) if one.waits_to_be_sent
    ]
    urns = {one.requesting_urn for one in assignments}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    rows = [
        WantedProposal(one, terms_for(calendars[one.requesting_urn], pair_of(one), person.today, ""))
        for one in assignments
    ]
    return SendContext(rows=rows, labels=labels_for(person))


async def _send(asked: FormRequest[PlanRow, SendForm]) -> Redirect:
    sent = await actions.send_plan(asked.session, asked.person, asked.record.id, asked.form.needs())
    return Redirect(PLAN.url(asked.record), said_of(sent))


def said_of(sent: actions.SendResult) -> str:
    """The result of sending, in one or two sentences."""
    if not sent.proposed and not sent.skipped:
        return "All of it was sent already."
    parts = [f"{format_count(sent.proposed, 'pair')} proposed: both schools of each have been told."]
    if sent.skipped:
        parts.append(f"{format_count(sent.skipped, 'pair')} could not be sent. The plan says why.")
    return " ".join(parts)


SEND_PLAN: FormAction[PlanRow, SendForm] = FormAction(
    name="send_plan",
    intro=(
        "Each pair becomes a proposal. Both schools are told and asked, and nothing is agreed until both accept. "
        "Either may propose other days or dates."
    ),
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
