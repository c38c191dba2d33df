"""Saying that a school is not to support others just now, and lifting that."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import require
from alongside.errors import NotThere, Refused
from alongside.journal.actions import write_journal
from alongside.matching.barrier import Unfit
from alongside.matching.fitness.queries import unfit_with
from alongside.matching.schools import require_school


async def set_unfit(
    session: AsyncSession, person: Person, urn: int, reason: str, until_on: date | None
) -> None:
    """Keep a school's offers out of plans; what it agreed already goes on.

    One whose day is over is written anew. Raises Refused where it is said already.
    """
    require(person, Permission.JUDGE_FITNESS, urn)
    if person.id is None:
        raise NotThere
    await require_school(session, person.authority_id, urn)
    await session.execute(
        update(Unfit)
        .where(
            Unfit.authority_id == person.authority_id,
            Unfit.school_urn == urn,
            Unfit.lifted_at.is_(None),
            Unfit.until_on < person.today,
        )
        .values(lifted_at=func.now())
    )
    made = await session.scalar(
        insert(Unfit)
        .values(
            authority_id=person.authority_id,
            school_urn=urn,
            reason=reason,
            until_on=until_on,
            set_by=person.id,
        )
        .on_conflict_do_nothing()
        .returning(Unfit.id)
    )
    if made is None:
        raise Refused("This is said of the school already. Lift it first to say something else.")
    await write_journal(session, person, "set_unfit", "school_unfit", made)


async def lift_unfit(session: AsyncSession, person: Person, unfit_id: UUID) -> None:
    """Let a school's offers into plans again."""
    row = await unfit_with(session, person.authority_id, unfit_id)
    require(person, Permission.JUDGE_FITNESS, row.school_urn)
    lifted = await session.execute(
        update(Unfit)
        .where(Unfit.authority_id == person.authority_id, Unfit.id == row.id, Unfit.lifted_at.is_(None))
        .values(lifted_at=func.now())
        .returning(Unfit.id)
    )
    if lifted.first() is None:
        raise Refused("This has been lifted already.")
    await write_journal(session, person, "lift_unfit", "school_unfit", row.id)
