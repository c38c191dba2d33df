"""Declaring an interest, and ending it."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.errors import NotThere, Refused
from alongside.journal.actions import write_journal
from alongside.matching.barrier import Interest
from alongside.matching.schools import require_school


async def declare_interest(
    session: AsyncSession, person: Person, other_urn: int, kind: str, words: str
) -> None:
    """Say what ties one to a school; whoever acts for a school is not paired with that one from now on.

    Raises NotThere for a school that is not there, Refused for one's own or one declared already.
    """
    if person.id is None:
        raise NotThere
    await require_school(session, person.authority_id, other_urn)
    if other_urn == person.school_urn:
        raise Refused("This is the school that you act for. Choose another one.")
    made = await session.scalar(
        insert(Interest)
        .values(
            authority_id=person.authority_id,
            person_id=person.id,
            school_urn=person.school_urn,
            other_urn=other_urn,
            kind=kind,
            words=words,
        )
        .on_conflict_do_nothing()
        .returning(Interest.id)
    )
    if made is None:
        raise Refused("You have declared an interest in this school already. End it first to say another.")
    await write_journal(
        session, person, "declare_interest", "declared_interest", made, schools=(person.school_urn,)
    )


async def end_interest(session: AsyncSession, person: Person, interest_id: UUID) -> None:
    """Say that one's interest has ended. Raises NotThere for what is not one's own."""
    ended = await session.execute(
        update(Interest)
        .where(
            Interest.authority_id == person.authority_id,
            Interest.id == interest_id,
            Interest.person_id == person.id,
            Interest.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(Interest.school_urn)
    )
    row = ended.one_or_none()
    if row is None:
        raise NotThere
    await write_journal(
        session, person, "end_interest", "declared_interest", interest_id, schools=(row.school_urn,)
    )
