"""Withdrawing a support need, and reopening it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.needs import queries
from alongside.features.needs.actions import notify_leads, notify_of_posting, values_when_opened
from alongside.features.needs.closing.reopening import may_reopen_until
from alongside.features.needs.models import REOPEN_NEED, WITHDRAW_NEED, Need
from alongside.features.schools.posting import refuse_closed
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import apply_transition


async def withdraw_need(
    session: AsyncSession, person: Principal, need_id: UUID, reason: str, words: str
) -> None:
    """Withdraw a need, with a reason from the authority's list and, where the reason requires it, an explanation."""
    note = checked_reason(person.authority_id, reason, words)
    need = await queries.get_need(
        session, person, WITHDRAW_NEED.permission or Permission.CHANGE_NEED, need_id
    )
    await apply_transition(session, person, Need, need, WITHDRAW_NEED, note=note)
    if not queries.never_posted(need):
        await notify_leads(session, person, need, "need_withdrawn", f"{need.school} has withdrawn a need.")


async def reopen_need(session: AsyncSession, person: Principal, need_id: UUID, note: str) -> None:
    """Reopen a closed need, with a reason, within the period that the authority sets."""
    need = await queries.get_need(session, person, Permission.CHANGE_NEED, need_id)
    refuse_closed(need.school, need.school_status)
    if need.state in REOPEN_NEED.starts:
        if queries.never_posted(need):
            raise ActionRefused(
                "This was withdrawn before it was posted: write a new need instead.", need.state
            )
        until = await may_reopen_until(session, person, need)
        if until < person.today:
            raise ActionRefused(
                f"This could be reopened until {format_date(until)}: write a new need instead.", need.state
            )
    await apply_transition(
        session,
        person,
        Need,
        need,
        REOPEN_NEED,
        note=note,
        written=await values_when_opened(session, person, need),
    )
    await notify_of_posting(session, person, need)


def checked_reason(authority_id: int, reason: str, words: str) -> str:
    """The label of a reason from the authority's list and its explanation, as stored in the audit log.

    Raises ValidationFailed for an unknown reason or a missing explanation.
    """
    entry = settings_of(authority_id).withdrawal_reasons.get(reason)
    if entry is None:
        raise ValidationFailed({"reason": ["Select a reason"]})
    if entry.needs_words and not words.strip():
        raise ValidationFailed({"words": ["Enter details of the reason"]})
    return f"{entry.label}: {words.strip()}" if words.strip() else entry.label
