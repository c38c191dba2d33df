"""The page on which the answer to a referral is recorded."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Refused, Stale
from alongside.escalations.acts import Asked, act_page
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.referral import actions
from alongside.escalations.referral.forms import AnswerForm
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

HANDLE = Permission.HANDLE_CASE
ANSWER = Asked(
    "referral-answer",
    "Record the answer of the DfE regions group",
    "Everybody with a part in this escalation can read it.",
    "Record the answer",
    ("referral_answered_on", "referral_answer"),
)


@page.get("/cases/{case_id:uuid}/referral-answer", permission=HANDLE)
@logs_reading
async def write_answer(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """The answer as it stands, or an empty one."""
    row = await case_to(session, person, HANDLE, case_id)
    data = {"referral_answered_on": row.referral_answered_on, "referral_answer": row.referral_answer}
    return act_page(row, ANSWER, AnswerForm(data=data))


@page.post("/cases/{case_id:uuid}/referral-answer", permission=HANDLE)
@logs_reading
async def answer_referral(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Record what the DfE regions group answered."""
    row = await case_to(session, person, HANDLE, case_id)
    written = await typed(request)
    form, version = AnswerForm(written), version_of(written)
    if row.referred_on is None:
        raise Refused("This escalation has no open referral to the DfE regions group.", row.state)
    if not form.holds(person.today, row.referred_on):
        return act_page(row, ANSWER, form, status=422, version=version)
    texts = {"referral_answer": ("Answer of the DfE", form.referral_answer.data or "")}
    try:
        await actions.answer_referral(session, person, case_id, form.columns(), version, texts)
    except Stale as problem:
        return act_page(await case_to(session, person, HANDLE, case_id), ANSWER, form, stale=problem)
    return SeeOther(f"/cases/{case_id}", "The answer is recorded.")


routes = [write_answer, answer_referral]
