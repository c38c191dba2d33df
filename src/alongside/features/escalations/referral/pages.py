"""Page to record the answer to a referral."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.referral import actions
from alongside.features.escalations.referral.forms import AnswerForm
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import PageResult, Redirect
from alongside.platform.web.routing import endpoint

HANDLE = Permission.MANAGE_ESCALATION
ANSWER = ActionForm(
    "referral-answer",
    "Record the answer of the DfE regions group",
    "Everybody with a part in this escalation can read it.",
    "Record the answer",
    ("referral_answered_on", "referral_answer"),
)


@endpoint.get("/escalations/{escalation_id:uuid}/referral-answer", permission=HANDLE)
@logs_reading
async def write_answer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the form with the current answer, if there is one."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    data = {"referral_answered_on": row.referral_answered_on, "referral_answer": row.referral_answer}
    return action_form_page(row, ANSWER, AnswerForm(data=data))


@endpoint.post("/escalations/{escalation_id:uuid}/referral-answer", permission=HANDLE)
@logs_reading
async def answer_referral(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Record the answer of the DfE regions group."""
    row = await get_escalation(session, person, HANDLE, escalation_id)
    written = await read_form_data(request)
    form, version = AnswerForm(written), version_of(written)
    if row.referred_on is None:
        raise ActionRefused("This escalation has no open referral to the DfE regions group.", row.state)
    if not form.is_valid(person.today, row.referred_on):
        return action_form_page(row, ANSWER, form, status=422, version=version)
    texts = {"referral_answer": ("Answer of the DfE", form.referral_answer.data or "")}
    try:
        await actions.answer_referral(session, person, escalation_id, form.columns(), version, texts)
    except EditConflict as problem:
        return action_form_page(
            await get_escalation(session, person, HANDLE, escalation_id), ANSWER, form, stale=problem
        )
    return Redirect(f"/escalations/{escalation_id}", "The answer is recorded.")


routes = [write_answer, answer_referral]
