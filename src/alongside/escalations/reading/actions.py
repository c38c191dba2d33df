"""Writing down that a case is read, that it is open, and who is named to read it.

Pages are shown in transactions that are READ ONLY, so that looking changes nothing. A reading is therefore a second,
short transaction between the first one and the answer (`web.answers.AfterCommit`): if it cannot be written, the page is
not shown. So there is no reading without its line.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.database.session import Database
from alongside.errors import Invalid, NotThere, Refused
from alongside.escalations.asking import ask, has_interest
from alongside.escalations.model import FINALS
from alongside.escalations.moving import tell_story
from alongside.escalations.queries import held_case
from alongside.escalations.reading.model import CaseReading, Presence, Reader
from alongside.escalations.reading.queries import people_to_name
from alongside.escalations.seats import THE_AUTHORITY
from alongside.journal.actions import write_journal
from alongside.notifications import tell


async def note_reading(database: Database, person: Person, case_id: UUID, part: str = "case") -> None:
    """Write that somebody reads a case, before they are shown it; of officers also that they have it open."""
    await note_readings(database, person, [case_id], part)


async def note_readings(database: Database, person: Person, case_ids: Sequence[UUID], part: str) -> None:
    """Write that somebody reads some cases at once."""
    async with database.fenced(person.authority_id) as session:
        await ask(session, person)
        for case_id in case_ids:
            line = insert(CaseReading).values(
                authority_id=person.authority_id,
                case_id=case_id,
                person_id=person.id,
                role=person.role.value,
                part=part,
            )
            await session.execute(line.inline())  # who reads writes the line and cannot read it back
            if part == "case":
                await keep_present(session, person, case_id)


async def note_presence(database: Database, person: Person, case_id: UUID) -> None:
    """Write that an officer still has a case open."""
    async with database.fenced(person.authority_id) as session:
        await ask(session, person)
        await keep_present(session, person, case_id)


async def keep_present(session: AsyncSession, person: Person, case_id: UUID) -> None:
    """An officer has this case open now; of others nothing is kept."""
    if person.role in THE_AUTHORITY and person.id is not None:
        here = upsert(Presence).values(
            authority_id=person.authority_id, case_id=case_id, person_id=person.id, seen_at=func.now()
        )
        keys = ["authority_id", "case_id", "person_id"]
        await session.execute(here.on_conflict_do_update(index_elements=keys, set_={"seen_at": func.now()}))


async def name_reader(
    session: AsyncSession, person: Person, case_id: UUID, reader_id: UUID, seat: str
) -> None:
    """Name somebody of the board to read one case, who is told. Raises Invalid for anybody twice."""
    row = await held_case(session, person, Permission.HANDLE_CASE, case_id)
    if row.state in FINALS:
        raise Refused("This case is over.", row.state)
    if reader_id not in {one.id for one in await people_to_name(session, person)}:
        raise Invalid({"person_id": ["Choose somebody from the list."]})
    if await has_interest(session, person, reader_id, row.school_urn):
        raise Invalid({"person_id": ["They have an interest in this school. Choose somebody else."]})
    try:
        async with session.begin_nested():
            session.add(
                Reader(
                    authority_id=person.authority_id,
                    case_id=case_id,
                    person_id=reader_id,
                    seat=seat,
                    named_by=person.id,
                )
            )
    except IntegrityError as error:
        raise Invalid({"person_id": ["They are named already. Choose somebody else."]}) from error
    await write_journal(session, person, "name_reader", "escalation", case_id)
    await tell_story(session, person, case_id, "name_reader", seat, for_school=False)
    said, once = "You have been named to read a case.", f"case_reader:{case_id}:{reader_id}"
    await tell(session, person, [reader_id], "case_reader", said, f"/cases/{case_id}", once=once)


async def end_reader(session: AsyncSession, person: Person, case_id: UUID, reader_id: UUID) -> None:
    """Somebody who was named reads this case no more; what they have read stays in the log. Raises NotThere."""
    await held_case(session, person, Permission.HANDLE_CASE, case_id)
    ended = await session.execute(
        update(Reader)
        .where(
            Reader.authority_id == person.authority_id,
            Reader.case_id == case_id,
            Reader.id == reader_id,
            Reader.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(Reader.seat)
    )
    seat = ended.scalar_one_or_none()
    if seat is None:
        raise NotThere
    await write_journal(session, person, "end_reader", "escalation", case_id)
    await tell_story(session, person, case_id, "end_reader", seat, for_school=False)
