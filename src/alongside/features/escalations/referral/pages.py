"""The action that records the answer to a referral."""

from alongside.errors import ActionRefused
from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.referral import actions
from alongside.features.escalations.referral.forms import AnswerForm
from alongside.features.escalations.resource import ESCALATION, subject
from alongside.features.escalations.rows import EscalationRow
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest


def _is_valid(asked: FormRequest[EscalationRow, AnswerForm]) -> bool:
    row = asked.record
    if row.referred_on is None:
        raise ActionRefused(actions.NO_REFERRAL, row.state)
    return asked.form.is_valid(asked.person.today, row.referred_on)


ANSWER_REFERRAL = FormAction(
    name="answer_referral",
    resource=ESCALATION,
    slug="referral-answer",
    permission=Permission.MANAGE_ESCALATION,
    states=OPEN_STATES,
    relevant=lambda _, row: row.referred_on is not None,
    label="Record the answer of the DfE",
    title="Record the answer of the DfE regions group",
    intro="Everyone involved in this escalation can read it.",
    submit="Save this answer",
    form=AnswerForm,
    initial=lambda asked: {
        "referral_answered_on": asked.record.referral_answered_on,
        "referral_answer": asked.record.referral_answer,
    },
    valid=_is_valid,
    version=lambda row: row.version,
    said="The answer is recorded.",
    run=lambda asked: actions.answer_referral(
        *subject(asked),
        asked.form.columns(),
        asked.version,
        {"referral_answer": ("Answer of the DfE", asked.form.referral_answer.data)},
    ),
)
routes = routes_of((ANSWER_REFERRAL,))
