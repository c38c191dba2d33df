"""Actions for joining and leaving a consortium. Callers are operator commands, so permissions are not checked here."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import consortium_phases
from alongside.features.consortia.models import Consortium, ConsortiumMembership
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints


async def join_consortium(
    session: AsyncSession, person: Principal, school_urn: int, consortium_id: UUID, on: date
) -> UUID:
    """Make a school a member from a day on and record it in the audit log; returns the membership's id.

    Raises NotFound for an unknown school or consortium, ActionRefused when the consortium has ended, the
    school is not open, it may not join in that phase, or it has a membership in that phase already.
    """
    consortium = await _consortium_to_join(session, person.authority_id, consortium_id)
    await _refuse_school_without_phase(session, person.authority_id, school_urn, consortium.phase)
    member_already = (
        f"School {school_urn} belongs to a {consortium.phase} consortium at that time already. "
        "It must leave that one first."
    )
    with explain_constraints({"ex_consortium_membership_one_at_a_time": member_already}, "member"):
        async with session.begin_nested():
            joined: UUID | None = await session.scalar(
                insert(ConsortiumMembership)
                .values(
                    authority_id=person.authority_id,
                    school_urn=school_urn,
                    consortium_id=consortium_id,
                    phase=consortium.phase,
                    starts_on=on,
                )
                .returning(ConsortiumMembership.id)
            )
    await record_audit(
        session,
        person,
        "join_consortium",
        "consortium",
        consortium_id,
        schools=[school_urn],
        changes={"member_from": [None, on.isoformat()]},
    )
    assert joined is not None
    return joined


async def leave_consortium(
    session: AsyncSession, person: Principal, school_urn: int, consortium_id: UUID, on: date
) -> None:
    """End a school's membership from `on`; the row is kept and the change recorded in the audit log.

    Raises ActionRefused when the school is not a member of that consortium.
    """
    membership = ConsortiumMembership
    left = await session.execute(
        update(membership)
        .where(
            membership.authority_id == person.authority_id,
            membership.school_urn == school_urn,
            membership.consortium_id == consortium_id,
            membership.starts_on <= on,
            or_(membership.ends_on.is_(None), membership.ends_on > on),
        )
        .values(ends_on=on)
        .returning(membership.id)
        .execution_options(synchronize_session=False)
    )
    if left.first() is None:
        raise ActionRefused(f"School {school_urn} does not belong to this consortium.", "no member")
    await record_audit(
        session,
        person,
        "leave_consortium",
        "consortium",
        consortium_id,
        schools=[school_urn],
        changes={"member_until": [None, on.isoformat()]},
    )


async def _consortium_to_join(session: AsyncSession, authority_id: int, consortium_id: UUID) -> Consortium:
    """The consortium, locked so that it cannot be ended before this transaction commits."""
    consortium = await session.scalar(
        select(Consortium)
        .where(Consortium.authority_id == authority_id, Consortium.id == consortium_id)
        .with_for_update(read=True)
    )
    if consortium is None:
        raise NotFound
    if consortium.ended_on is not None:
        raise ActionRefused(f"{consortium.name} has ended. Choose another consortium.", "ended")
    return consortium


async def _refuse_school_without_phase(
    session: AsyncSession, authority_id: int, school_urn: int, phase: str
) -> None:
    school = (
        await session.execute(
            select(School.name, School.phase, School.kind, School.status).where(
                School.authority_id == authority_id, School.urn == school_urn
            )
        )
    ).one_or_none()
    if school is None:
        raise NotFound
    if school.status not in OPEN_STATUSES:
        raise ActionRefused(f"{school.name} is not open.", school.status)
    if phase not in consortium_phases(settings_of(authority_id), school.phase, school.kind):
        own = school.phase.replace("_", " ")
        raise ActionRefused(f"{school.name} cannot belong to a {phase} consortium: its phase is {own}.")
