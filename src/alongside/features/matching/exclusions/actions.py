"""Commands to add and lift exclusions."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.matching.constraints import Exclusion
from alongside.features.matching.exclusions.queries import exclusion_to
from alongside.features.schools.choices import require_school
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def exclude_school(session: AsyncSession, person: Principal, other_urn: int, reason: str) -> None:
    """Exclude a school: the two are never matched, in either direction, until the exclusion is lifted.

    The audit log records the action, not the other school or the reason. Raises NotFound for an unknown
    school, ActionRefused for one's own school.
    """
    require(person, Permission.MANAGE_EXCLUSIONS, person.school_urn)
    await require_school(session, person.authority_id, other_urn)
    if other_urn == person.school_urn:
        raise ActionRefused("This is your own school. Choose another school.")
    made = await session.scalar(
        insert(Exclusion)
        .values(
            authority_id=person.authority_id,
            school_urn=person.school_urn,
            other_urn=other_urn,
            reason=reason,
            made_by=person.id,
        )
        .on_conflict_do_nothing()
        .returning(Exclusion.id)
    )
    if made is None:
        raise ActionRefused("This school is already excluded.")
    await record_audit(
        session, person, "exclude_school", "school_exclusion", made, schools=(person.school_urn,)
    )


async def lift_exclusion(session: AsyncSession, person: Principal, exclusion_id: UUID) -> None:
    """Lift an exclusion, so that the two schools can be matched again."""
    row = await exclusion_to(session, person, Permission.MANAGE_EXCLUSIONS, exclusion_id)
    lifted = await session.execute(
        update(Exclusion)
        .where(
            Exclusion.authority_id == person.authority_id,
            Exclusion.id == row.id,
            Exclusion.lifted_at.is_(None),
        )
        .values(lifted_at=func.now())
        .returning(Exclusion.id)
    )
    if lifted.first() is None:
        raise ActionRefused("This exclusion is already removed.")
    await record_audit(
        session, person, "lift_exclusion", "school_exclusion", row.id, schools=(row.school_urn,)
    )
