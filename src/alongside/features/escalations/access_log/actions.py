"""Log access to an escalation, record which officers have it open, and name its readers.

GET requests run in READ ONLY transactions. An access log entry is therefore written in a second, short
transaction before the response is sent (`platform.web.responses.ContinueAfterCommit`). If it cannot be written,
the page is not shown, so nobody reads an escalation without an entry.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.escalations.access_log.models import NamedReader
from alongside.features.escalations.access_log.queries import people_to_name
from alongside.features.escalations.access_policy import AUTHORITY_ROLES
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.telling import NEWS
from alongside.features.escalations.transitions import record_event
from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.notifications.actions import NOTHING_TO_DO, Message, notify_each

NOTE = text(
    """
    WITH present AS (
        INSERT INTO escalation_presence (authority_id, escalation_id, person_id)
        SELECT :authority_id, id, :person_id FROM unnest(:opened) AS escalation (id)
        ON CONFLICT (authority_id, escalation_id, person_id) DO UPDATE SET seen_at = now()
    )
    INSERT INTO escalation_access_log (authority_id, escalation_id, person_id, role, part)
    SELECT :authority_id, id, :person_id, :role, :part FROM unnest(:read) AS escalation (id)
    """
).bindparams(bindparam("opened", type_=ARRAY(Uuid)), bindparam("read", type_=ARRAY(Uuid)))
"""Adds the entries of the access log, and who has an escalation open; readers may not select either: no RETURNING."""


async def note_reading(
    database: Database, person: Principal, escalation_id: UUID, part: str = "escalation"
) -> None:
    """Log that a person reads an escalation, before it is shown; for officers, also record that they have it
    open.
    """
    await note_readings(database, person, [escalation_id], part)


async def note_readings(
    database: Database, person: Principal, escalation_ids: Sequence[UUID], part: str
) -> None:
    """Log that a person reads several escalations at once."""
    opened = escalation_ids if part == "escalation" and person.role in AUTHORITY_ROLES else ()
    await _note(database, person, read=escalation_ids, opened=opened, part=part)


async def note_presence(database: Database, person: Principal, escalation_id: UUID) -> None:
    """Record that an officer still has an escalation open."""
    await _note(database, person, read=(), opened=[escalation_id], part="escalation")


async def _note(
    database: Database, person: Principal, *, read: Sequence[UUID], opened: Sequence[UUID], part: str
) -> None:
    values = {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "role": person.role.value,
        "part": part,
        "read": list(read),
        "opened": list(opened),
    }

    async def note() -> None:
        async with database.transaction(person.authority_id) as session:
            requester = RequesterContext(person.authority_id, person.role.value, person.id)
            await set_requester(session, requester)
            await session.execute(NOTE, values)

    await run_with_retries(note)


NAMED_ALREADY = ("person_id", "This person can read it already. Select someone else.")


async def name_reader(
    session: AsyncSession, person: Principal, escalation_id: UUID, reader_id: UUID, seat: str
) -> None:
    """Name a reader of one escalation and notify them. Raises ValidationFailed if they are named already."""
    row = await lock_escalation(session, person, Permission.MANAGE_ESCALATION, escalation_id)
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed.", row.state)
    if reader_id not in {one.id for one in await people_to_name(session, person)}:
        raise ValidationFailed({"person_id": ["Select a person from the list."]})
    if row.school_urn in await schools_of_interest(session, person.authority_id, reader_id, person.today):
        raise ValidationFailed(
            {"person_id": ["This person has an interest in this school. Select someone else."]}
        )
    with explain_constraints({"uq_escalation_reader_live": NAMED_ALREADY}):
        async with session.begin_nested():
            session.add(
                NamedReader(
                    authority_id=person.authority_id,
                    escalation_id=escalation_id,
                    person_id=reader_id,
                    seat=seat,
                    named_by=person.id,
                )
            )
    await record_audit(session, person, "name_reader", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "name_reader", seat, for_school=False)
    said = f"You were asked to read an escalation, and can read it now. {NOTHING_TO_DO}"
    await notify_each(
        session,
        person,
        [Message(reader_id, said, NEWS, said)],
        "escalation_reader",
        f"/escalations/{escalation_id}",
        once=f"escalation_reader:{escalation_id}:{reader_id}",
    )


async def end_reader(session: AsyncSession, person: Principal, escalation_id: UUID, reader_id: UUID) -> None:
    """Stop a named reader from reading this escalation; their access log entries stay. Raises NotFound."""
    await lock_escalation(session, person, Permission.MANAGE_ESCALATION, escalation_id)
    ended = await session.execute(
        update(NamedReader)
        .where(
            NamedReader.authority_id == person.authority_id,
            NamedReader.escalation_id == escalation_id,
            NamedReader.id == reader_id,
            NamedReader.ended_at.is_(None),
        )
        .values(ended_at=func.now())
        .returning(NamedReader.seat)
    )
    seat = ended.scalar_one_or_none()
    if seat is None:
        raise NotFound
    await record_audit(session, person, "end_reader", "escalation", escalation_id)
    await record_event(session, person, escalation_id, "end_reader", seat, for_school=False)
