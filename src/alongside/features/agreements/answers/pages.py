"""Actions by which people answer a proposal."""

from collections.abc import Mapping

from wtforms import Form

from alongside.features.agreements.answers import actions
from alongside.features.agreements.forms import LISTED_REASON, REASON_FOR_OTHER_SCHOOL
from alongside.features.agreements.proposals.forms import TermsForm
from alongside.features.agreements.proposals.queries import ProposalRow
from alongside.features.agreements.proposals.status import (
    can_answer,
    can_ask_more_time,
    can_counter,
    can_release,
    can_withdraw,
)
from alongside.features.agreements.resource import PROPOSAL
from alongside.features.authorities import settings_of
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ListedReasonForm
from alongside.platform.web.formatting import format_date
from alongside.platform.web.responses import Redirect

ANSWER = Permission.ANSWER_PROPOSAL


async def _ask_more_time(asked: ActionRequest[ProposalRow]) -> Redirect:
    until = await actions.ask_more_time(asked.session, asked.person, asked.record.id)
    return Redirect(PROPOSAL.url(asked.record), f"You have until {format_date(until)} to answer.")


async def _refuse(asked: FormRequest[ProposalRow, ListedReasonForm]) -> None:
    reason, words = asked.form.reason.data, asked.form.words.data or ""
    await actions.refuse_proposal(asked.session, asked.person, asked.record.id, reason, words)


async def _counter(asked: FormRequest[ProposalRow, TermsForm]) -> None:
    await actions.counter_propose(
        asked.session, asked.person, asked.record.id, asked.form.terms(), asked.version
    )


def _present_terms(asked: ActionRequest[ProposalRow]) -> Mapping[str, object]:
    return {name: getattr(asked.record, name) for name in ("days", "starts_on", "ends_on")}


REFUSE_RELEASE = FormAction(
    name="refuse_release",
    resource=PROPOSAL,
    slug="release-refusal",
    permission=Permission.RELEASE_LEADER,
    relevant=can_release,
    label="Cannot release",
    title=lambda _, proposal: f"{proposal.leader_name} cannot be released",
    intro="The proposal ends, and the need is open again.",
    submit="Do not release",
    warning=True,
    form=REASON_FOR_OTHER_SCHOOL,
    said="The other school has been told.",
    run=lambda asked: actions.refuse_release(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
COUNTER = FormAction(
    name="counter_propose",
    resource=PROPOSAL,
    slug="counter-proposal",
    permission=ANSWER,
    relevant=can_counter,
    label="Propose other days or dates",
    intro="By proposing these terms your school accepts them. The other school must answer again.",
    submit="Propose these terms",
    form=TermsForm,
    initial=_present_terms,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    version=lambda proposal: proposal.terms_version,
    said="Your terms are proposed. The other school has been told.",
    run=_counter,
)
MORE_TIME = FormAction(
    name="ask_more_time",
    resource=PROPOSAL,
    slug="more-time",
    permission=ANSWER,
    relevant=can_ask_more_time,
    label="Ask for more time",
    intro=lambda person, _: (
        f"You get {settings_of(person.authority_id).periods.more_time} more school days to answer, once. "
        "The other school is told."
    ),
    form=Form,
    run=_ask_more_time,
)
REFUSE = FormAction(
    name="refuse_proposal",
    resource=PROPOSAL,
    slug="refusal",
    permission=ANSWER,
    relevant=can_answer,
    label="Decline",
    title="Decline this proposal",
    intro="The other school sees your reason. Declining does not count against your school.",
    warning=True,
    form=LISTED_REASON,
    choices=lambda asked: asked.form.offer(settings_of(asked.person.authority_id).decline_reasons),
    said="You have declined the proposal.",
    run=_refuse,
)
WITHDRAW = FormAction(
    name="withdraw_proposal",
    resource=PROPOSAL,
    slug="withdrawal",
    permission=Permission.WITHDRAW_PROPOSAL,
    relevant=can_withdraw,
    label="Withdraw the proposal",
    intro="The proposal ends, and the need is open again. The other school is told.",
    warning=True,
    form=Form,
    said="The proposal is withdrawn.",
    run=lambda asked: actions.withdraw_proposal(asked.session, asked.person, asked.record.id),
)
ANSWERS = (REFUSE_RELEASE, COUNTER, MORE_TIME, REFUSE, WITHDRAW)
routes = routes_of(ANSWERS)
