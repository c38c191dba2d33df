"""Declaring an interest, and ending it."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.matching.constraints import DeclarationOfInterest
from alongside.features.matching.school_choices import require_school
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit


async def declare_interest(
    session: AsyncSession, person: Principal, other_urn: int, kind: str, words: str
) -> None:
    """Say what ties one to a school; whoever acts for a school is not paired with that one from now on.

    Raises NotThere for a school that is not there, Refused for one's own or one declared already.
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
            "You have declared an interest in this school already. End it first to say another."
        )
    await record_audit(
        session, person, "declare_interest", "declared_interest", made, schools=(person.school_urn,)
    )


async def end_interest(session: AsyncSession, person: Principal, interest_id: UUID) -> None:
    """Say that one's interest has ended. Raises NotThere for what is not one's own."""
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
