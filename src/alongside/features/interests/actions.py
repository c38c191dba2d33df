"""Commands to declare an interest and to end it."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.interests.models import DeclarationOfInterest
from alongside.features.schools.choices import require_school
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def declare_interest(
    session: AsyncSession, person: Principal, other_urn: int, kind: str, words: str
) -> None:
    """Declare an interest in a school. The school that the person acts for is no longer matched with it.

    Raises NotFound for an unknown school, ActionRefused for one's own school or an interest that is already
    declared.
    """
    if person.id is None:
        raise NotFound
    await require_school(session, person.authority_id, other_urn)
    if other_urn == person.school_urn:
        raise ActionRefused("This is the school that you act for. Choose another one.")
    made = await session.scalar(
        insert(DeclarationOfInterest)
        .values(
            authority_id=person.authority_id,
            person_id=person.id,
            school_urn=person.school_urn,
            other_urn=other_urn,
            kind=kind,
            words=words,
        )
        .on_conflict_do_nothing()
        .returning(DeclarationOfInterest.id)
    )
    if made is None:
        raise ActionRefused(
            "You have already declared an interest in this school. End that one before you declare another."
        )
    await record_audit(
        session, person, "declare_interest", "declared_interest", made, schools=(person.school_urn,)
    )


async def end_interest(session: AsyncSession, person: Principal, interest_id: UUID) -> None:
    """End one's own interest. Raises NotFound for another person's."""
    ended = await session.execute(
        update(DeclarationOfInterest)
        .where(
            DeclarationOfInterest.authority_id == person.authority_id,
            DeclarationOfInterest.id == interest_id,
            DeclarationOfInterest.person_id == person.id,
            DeclarationOfInterest.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(DeclarationOfInterest.school_urn)
    )
    row = ended.one_or_none()
    if row is None:
        raise NotFound
    await record_audit(
        session, person, "end_interest", "declared_interest", interest_id, schools=(row.school_urn,)
    )
