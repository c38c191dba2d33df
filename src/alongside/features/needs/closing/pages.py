"""Actions that withdraw and reopen a need, each with a reason."""

from alongside.features.authorities import settings_of
from alongside.features.needs.closing import actions
from alongside.features.needs.models import REOPEN_NEED, WITHDRAW_NEED
from alongside.features.needs.resource import NEED
from alongside.features.needs.rows import NeedRow
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ListedReasonForm, listed_reason_form, reason_form


async def _withdraw(asked: FormRequest[NeedRow, ListedReasonForm]) -> None:
    reason, words = asked.form.reason.data, asked.form.words.data or ""
    await actions.withdraw_need(asked.session, asked.person, asked.record.id, reason, words)


WITHDRAW = FormAction(
    name="withdraw_need",
    undo="reopen_need",
    resource=NEED,
    slug="withdrawal",
    permission=Permission.CHANGE_NEED,
    states=WITHDRAW_NEED.starts,
    label="Withdraw",
    title="Withdraw this need",
    submit="Withdraw this need",
    warning=True,
    form=listed_reason_form("Needed for “Another reason”", "Enter details of the reason"),
    choices=lambda asked: asked.form.offer(settings_of(asked.person.authority_id).withdrawal_reasons),
    said="The need is withdrawn.",
    run=_withdraw,
)
REOPEN = FormAction(
    name="reopen_need",
    undo="withdraw_need",
    resource=NEED,
    slug="reopening",
    permission=Permission.CHANGE_NEED,
    states=REOPEN_NEED.starts,
    relevant=lambda _, need: need.posted_at is not None,
    label="Reopen",
    title="Reopen this need",
    submit="Reopen this need",
    form=reason_form("Why do you need this again?", "Enter why you need this again"),
    said="The need is open again.",
    run=lambda asked: actions.reopen_need(asked.session, asked.person, asked.record.id, asked.form.note.data),
)
routes = routes_of((WITHDRAW, REOPEN))
