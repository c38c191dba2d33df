"""Commands on motions after the count, or instead of it: outcome, casting vote, ending, referral and overruling."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.motions.effects import apply_effects
from alongside.features.motions.models import MotionOverruling, MotionReferral
from alongside.features.motions.notifying import notify_of_overruling
from alongside.features.motions.queries import get_motion
from alongside.features.motions.writing import SENTENCES, write_motion
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints

MANAGE, OVERRULE = Permission.MANAGE_BOARD, Permission.OVERRULE_BOARD


async def record_casting_vote(
    session: AsyncSession, person: Principal, motion_id: UUID, choice: str, chair: UUID
) -> None:
    """Record the casting vote of the chair on a tied motion; if it is carried, it does what it decides."""
    row = await get_motion(session, person, MANAGE, motion_id)
    state = "carried" if choice == "for" else "lost"
    with explain_constraints(SENTENCES, row.state):
        await write_motion(session, row, state=state, casting_choice=choice, casting_by=chair)
    await record_audit(session, person, "record_casting_vote", "motion", motion_id)
    if state == "carried":
        await apply_effects(session, row, person.today)


async def end_motion(
    session: AsyncSession, person: Principal, motion_id: UUID, state: str, reason: str
) -> None:
    """Defer, withdraw or rescind a motion, with a reason."""
    row = await get_motion(session, person, MANAGE, motion_id)
    with explain_constraints(SENTENCES, row.state):
        await write_motion(session, row, state=state, ended_reason=reason)
    await record_audit(session, person, f"motion_{state}", "motion", motion_id)


async def record_outcome(
    session: AsyncSession,
    person: Principal,
    motion_id: UUID,
    reason: str,
    conditions: str,
    review_on: date | None,
    owner_id: UUID | None,
) -> None:
    """Record the reasons of a decision, its conditions, when it is reviewed, and who looks after it."""
    row = await get_motion(session, person, MANAGE, motion_id)
    if row.closed_at is None:
        raise ActionRefused("The motion is not decided yet.", row.state)
    await write_motion(
        session, row, result_reason=reason, conditions=conditions, review_on=review_on, owner_id=owner_id
    )
    await record_audit(session, person, "record_motion_outcome", "motion", motion_id)


async def refer_motion(session: AsyncSession, person: Principal, motion_id: UUID, reason: str) -> None:
    """Refer a lost motion on the schools grant to the Secretary of State."""
    row = await get_motion(session, person, OVERRULE, motion_id)
    with explain_constraints(SENTENCES, row.state):
        await session.execute(
            insert(MotionReferral).values(
                authority_id=person.authority_id, motion_id=motion_id, reason=reason, referred_by=person.id
            )
        )
        await write_motion(session, row, state="referred")
    await record_audit(session, person, "refer_motion", "motion", motion_id)


async def record_answer(
    session: AsyncSession, person: Principal, motion_id: UUID, outcome: str, on: date
) -> None:
    """Record that the Secretary of State granted or refused what was referred."""
    row = await get_motion(session, person, OVERRULE, motion_id)
    with explain_constraints(SENTENCES, row.state):
        await session.execute(
            update(MotionReferral)
            .where(MotionReferral.authority_id == person.authority_id, MotionReferral.motion_id == motion_id)
            .values(outcome=outcome, outcome_on=on)
            .execution_options(synchronize_session=False)
        )
        await write_motion(session, row, state=outcome)
    await record_audit(session, person, "answer_referral", "motion", motion_id)


async def overrule(
    session: AsyncSession, person: Principal, motion_id: UUID, ground: str, legal_basis: str, reason: str
) -> None:
    """Overrule a decision and notify every seat at once; the decision of the board stays as it is."""
    row = await get_motion(session, person, OVERRULE, motion_id)
    with explain_constraints(SENTENCES, row.state):
        await session.execute(
            insert(MotionOverruling).values(
                authority_id=person.authority_id,
                motion_id=motion_id,
                ground=ground,
                legal_basis=legal_basis,
                reason=reason,
                officer_id=person.id,
            )
        )
    await notify_of_overruling(session, person, row)
    await record_audit(session, person, "overrule_motion", "motion", motion_id)
