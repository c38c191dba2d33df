"""Record the answer to a referral."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.referral.forms import WrittenAnswer
from alongside.features.escalations.transitions import notify_participants, record_event
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit

NO_REFERRAL = "This escalation has no open referral to the DfE regions group."


async def answer_referral(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    answer: WrittenAnswer,
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Record the answer of the DfE regions group and notify the participants.

    Raises ActionRefused if there is no referral, EditConflict if a colleague saved first.
    """
    row = await lock_escalation(
        session, person, Permission.MANAGE_ESCALATION, escalation_id, version=version, typed=typed
    )
    if row.referred_on is None or row.state in FINALS:
        raise ActionRefused(NO_REFERRAL, row.state)
    await session.execute(
        update(Escalation)
        .where(Escalation.authority_id == person.authority_id, Escalation.id == escalation_id)
        .values(**answer, version=Escalation.version + 1)
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, "answer_referral", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "answer_referral", answer["referral_answer"])
    await notify_participants(session, person, row, "escalation_referral_answered")
