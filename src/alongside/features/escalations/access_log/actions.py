"""Log access to an escalation, record which officers have it open, and name its readers.

GET requests run in READ ONLY transactions. An access log entry is therefore written in a second, short
transaction before the response is sent (`platform.web.responses.ContinueAfterCommit`). If it cannot be written,
the page is not shown, so nobody reads an escalation without an entry.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, ValidationFailed
from alongside.features.escalations.access_log.models import EscalationAccess, NamedReader, Presence
from alongside.features.escalations.access_log.queries import people_to_name
from alongside.features.escalations.access_policy import AUTHORITY_ROLES
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.escalations.transitions import record_event
from alongside.features.interests.queries import schools_of_interest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.retries import run_with_retries
from alongside.platform.database.session import Database
from alongside.platform.notifications import notify


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

    async def note() -> None:
        async with database.transaction(person.authority_id) as session:
            await identify_requester(session, person)
            await _insert_readings(session, person, escalation_ids, part)

    await run_with_retries(note)


async def _insert_readings(
    session: AsyncSession, person: Principal, escalation_ids: Sequence[UUID], part: str
) -> None:
    lines = [
        {
            "authority_id": person.authority_id,
            "escalation_id": escalation_id,
            "person_id": person.id,
            "role": person.role.value,
            "part": part,
        }
        for escalation_id in escalation_ids
    ]
    if lines:  # readers may insert this row but not select it: no RETURNING
        await session.execute(insert(EscalationAccess).inline(), lines)
    if part == "escalation":
        for escalation_id in escalation_ids:
            await keep_present(session, person, escalation_id)


async def note_presence(database: Database, person: Principal, escalation_id: UUID) -> None:
    """Record that an officer still has an escalation open."""

    async def note() -> None:
        async with database.transaction(person.authority_id) as session:
            await identify_requester(session, person)
            await keep_present(session, person, escalation_id)

    await run_with_retries(note)


async def keep_present(session: AsyncSession, person: Principal, escalation_id: UUID) -> None:
    """Record that an officer has this escalation open now; do nothing for other roles."""
    if person.role in AUTHORITY_ROLES and person.id is not None:
        here = upsert(Presence).values(
            authority_id=person.authority_id,
            escalation_id=escalation_id,
            person_id=person.id,
            seen_at=func.now(),
        )
        keys = ["authority_id", "escalation_id", "person_id"]
        await session.execute(here.on_conflict_do_update(index_elements=keys, set_={"seen_at": func.now()}))


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
    said, once = (
        "You can now read an escalation.",
        f"escalation_reader:{escalation_id}:{reader_id}",
    )
    await notify(
        session, person, [reader_id], "escalation_reader", said, f"/escalations/{escalation_id}", once=once
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
