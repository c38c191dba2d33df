"""Arranging who covers for whom."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.errors import Invalid, NotThere
from alongside.escalations.desk.model import Cover
from alongside.escalations.queries import officers
from alongside.journal.actions import write_journal
from alongside.notifications import tell


async def arrange_cover(
    session: AsyncSession, person: Person, away_id: UUID, cover_id: UUID, starts_on: date, ends_on: date
) -> None:
    """Have one officer look after another's cases for some days; both are told. Raises Invalid where that clashes."""
    names = {one.id: one.name for one in await officers(session, person)}
    if away_id not in names or cover_id not in names or away_id == cover_id:
        raise Invalid({"cover_id": ["Choose two different people of the core team."]})
    made = Cover(
        authority_id=person.authority_id,
        away_id=away_id,
        cover_id=cover_id,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    try:
        async with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise Invalid(
            {"starts_on": ["They are covered for in these days already. Choose other days."]}
        ) from error
    await write_journal(session, person, "arrange_cover", "escalation_cover", made.id)
    said = f"{names[cover_id]} looks after the cases of {names[away_id]} from {starts_on:%-d %B} to {ends_on:%-d %B}."
    await tell(
        session, person, [away_id, cover_id], "case_cover", said, "/case-desk", once=f"cover:{made.id}"
    )


async def end_cover(session: AsyncSession, person: Person, cover_id: UUID) -> None:
    """Somebody is back: the cover ends yesterday, or never was. Raises NotThere."""
    of_it = (Cover.authority_id == person.authority_id, Cover.id == cover_id)
    gone = await session.execute(
        delete(Cover).where(*of_it, Cover.starts_on >= person.today).returning(Cover.id)
    )
    if gone.first() is None:
        ended = await session.execute(
            update(Cover)
            .where(*of_it, Cover.ends_on >= person.today)
            .values(ends_on=date.fromordinal(person.today.toordinal() - 1))
            .returning(Cover.id)
        )
        if ended.first() is None:
            raise NotThere
    await write_journal(session, person, "end_cover", "escalation_cover", cover_id)
