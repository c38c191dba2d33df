"""The action that requests matching for an escalation."""

from dataclasses import dataclass
from uuid import UUID

from alongside.features.escalations.matching_requests.actions import LOOKED_FOR_IN, ask_matching
from alongside.features.escalations.matching_requests.forms import AskMatchingForm
from alongside.features.escalations.matching_requests.queries import open_needs_of
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormContext, FormRequest


async def _offer_needs(asked: FormRequest[EscalationRow, AskMatchingForm]) -> None:
    asked.form.offer(await open_needs_of(asked.session, asked.person, asked.record.school_urn))


@dataclass(frozen=True, kw_only=True)
class MatchingContext(FormContext):
    """Whether a match can be requested while the escalation is in its state."""

    looked_for: bool


def _context(asked: FormRequest[EscalationRow, AskMatchingForm]) -> MatchingContext:
    return MatchingContext(looked_for=asked.record.state in LOOKED_FOR_IN)


async def _ask(asked: FormRequest[EscalationRow, AskMatchingForm]) -> None:
    await ask_matching(*subject(asked), UUID(asked.form.need.data))


ASK_MATCHING = FormAction(
    name="ask_matching_for_escalation",
    intro=(
        "Alongside makes a plan across the whole authority, so that schools of every consortium are considered. "
        "People who read plans are not told of this escalation. The escalation records that you asked."
    ),
    resource=ESCALATION,
    slug="matching",
    permission=Permission.MANAGE_ESCALATION,
    states=LOOKED_FOR_IN,
    relevant=lambda _, row: row.outcome in (None, "procured"),
    label="Find a match across the whole authority",
    submit="Find a match",
    form=AskMatchingForm,
    choices=_offer_needs,
    template="escalations/matching.html",
    context=_context,
    said="Matching has started. The result will appear under “Matching requests”.",
    run=_ask,
)
routes = routes_of((ASK_MATCHING,))
