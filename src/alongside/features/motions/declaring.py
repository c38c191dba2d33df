"""Interests in motions: derived from the register of interests, declared by members, and set aside with a reason."""

from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.boards.members import members_on
from alongside.features.motions.models import Motion, MotionInterest
from alongside.features.motions.queries import derived_interests, get_motion, interests_in
from alongside.features.motions.writing import SENTENCES
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints


async def derive_interests(session: AsyncSession, person: Principal, motion_id: UUID) -> None:
    """Write the derived interests that are not written yet."""
    known = {
        one.seat_id for one in await interests_in(session, person.authority_id, motion_id) if one.derived
    }
    for one in await derived_interests(session, person.authority_id, motion_id, person.today):
        if one.seat_id not in known:
            await session.execute(
                insert(MotionInterest).values(
                    authority_id=person.authority_id,
                    motion_id=motion_id,
                    seat_id=one.seat_id,
                    person_id=one.person_id,
                    source="derived",
                    label=f"interest in {one.school}",
                    followed="withdrew",
                )
            )


async def declare_interest(
    session: AsyncSession, person: Principal, motion_id: UUID, seat_id: UUID, label: str, followed: str
) -> None:
    """Record the interest that the holder of a seat declares, and whether they stayed, spoke or withdrew."""
    row = await get_motion(session, person, Permission.DECLARE_INTEREST_IN_MOTION, motion_id)
    holders = {one.seat_id: one.person_id for one in await members_on(session, row.body_id, person.today)}
    if holders.get(seat_id) is None:
        raise ActionRefused("Nobody holds this seat.", row.state)
    with explain_constraints(SENTENCES, row.state):
        made = await session.scalar(
            insert(MotionInterest)
            .values(
                authority_id=person.authority_id,
                motion_id=motion_id,
                seat_id=seat_id,
                person_id=holders[seat_id],
                source="declared",
                label=f"declared interest: {label}",
                followed=followed,
            )
            .returning(MotionInterest.id)
        )
    assert made is not None
    await record_audit(session, person, "declare_interest_in_motion", "motion_interest", made)


async def dispense(
    session: AsyncSession, person: Principal, motion_id: UUID, seat_id: UUID, reason: str
) -> None:
    """Set the derived interest of a seat aside, before the motion opens: its holder reads it and votes."""
    await get_motion(session, person, Permission.MANAGE_BOARD, motion_id)
    with explain_constraints(SENTENCES):
        holder = await session.scalar(
            update(MotionInterest)
            .where(
                MotionInterest.authority_id == person.authority_id,
                MotionInterest.motion_id == motion_id,
                MotionInterest.seat_id == seat_id,
                MotionInterest.source == "derived",
            )
            .values(dispensation_reason=reason, dispensed_by=person.id, followed="stayed")
            .returning(MotionInterest.person_id)
            .execution_options(synchronize_session=False)
        )
        if holder is None:
            raise ActionRefused("There is no interest to set aside.")
        await session.execute(
            update(Motion)
            .where(Motion.authority_id == person.authority_id, Motion.id == motion_id)
            .values(dispensed=func.array_append(Motion.dispensed, holder))
            .execution_options(synchronize_session=False)
        )
    await record_audit(session, person, "dispense_interest", "motion", motion_id)
