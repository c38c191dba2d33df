"""Hands over the escalations, tasks and leave cover of somebody whose last role that can have them ends.

An administrator ends roles and may not read escalations: these statements run as the system and return numbers only.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.caseload.models import LeaveCover
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.escalations.tasks.models import Task
from alongside.features.escalations.transitions import record_event
from alongside.features.interests.queries import schools_of_interest
from alongside.features.people.models import Person
from alongside.platform.access.principal import SIGNED_IN_ROLES, Principal, Role
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.handovers import Handover
from alongside.platform.notifications import notify

CORE_TEAM = frozenset({Role.CORE_OFFICER, Role.HEAD_OF_SERVICE})
NOBODY_NAMED = "Core team"
"""The owner of a task that nobody in particular has."""

VERB = "hand_over_escalation"


@asynccontextmanager
async def _as_the_system(session: AsyncSession, person: Principal) -> AsyncIterator[None]:
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    yield
    await identify_requester(session, person)


async def _open_escalations(session: AsyncSession, person: Principal, person_id: UUID) -> int:
    async with _as_the_system(session, person):
        number = await session.scalar(
            select(func.count())
            .select_from(Escalation)
            .where(
                Escalation.authority_id == person.authority_id,
                Escalation.owner_id == person_id,
                Escalation.state.not_in(FINALS),
            )
        )
    return int(number or 0)


async def _hand_over_escalations(
    session: AsyncSession, person: Principal, person_id: UUID, successor_id: UUID | None
) -> None:
    """Assign the open escalations to the successor, except of schools in which they have an interest; end cover."""
    interests = (
        await schools_of_interest(session, person.authority_id, successor_id, person.today)
        if successor_id is not None
        else frozenset()
    )
    async with _as_the_system(session, person):
        changed = await session.execute(
            update(Escalation)
            .where(
                Escalation.authority_id == person.authority_id,
                Escalation.owner_id == person_id,
                Escalation.state.not_in(FINALS),
            )
            .values(owner_id=None, version=Escalation.version + 1)
            .returning(Escalation.id, Escalation.school_urn)
            .execution_options(synchronize_session=False)
        )
        moved = changed.all()
        taken = [one.id for one in moved if successor_id is not None and one.school_urn not in interests]
        await session.execute(
            update(Escalation)
            .where(Escalation.authority_id == person.authority_id, Escalation.id.in_(taken))
            .values(owner_id=successor_id)
            .execution_options(synchronize_session=False)
        )
        for one in moved:
            await record_audit(session, person, VERB, "escalation", one.id)
            await record_event(session, person, one.id, VERB, for_school=False)
    if taken and successor_id is not None:
        said = f"{person.name} has handed over open escalations to you."
        once = f"handed_over:{person_id}:{person.today}"
        await notify(session, person, [successor_id], "escalation_assigned", said, "/escalations", once=once)
    await _end_cover(session, person, person_id)


async def _end_cover(session: AsyncSession, person: Principal, person_id: UUID) -> None:
    of_person = (
        LeaveCover.authority_id == person.authority_id,
        (LeaveCover.cover_id == person_id) | (LeaveCover.away_id == person_id),
    )
    await session.execute(delete(LeaveCover).where(*of_person, LeaveCover.starts_on >= person.today))
    await session.execute(
        update(LeaveCover)
        .where(*of_person, LeaveCover.ends_on >= person.today)
        .values(ends_on=person.today - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )


async def _open_tasks(session: AsyncSession, person: Principal, person_id: UUID) -> int:
    async with _as_the_system(session, person):
        number = await session.scalar(
            select(func.count())
            .select_from(Task)
            .where(Task.authority_id == person.authority_id, Task.owner_id == person_id, Task.state == "open")
        )
    return int(number or 0)


async def _hand_over_tasks(
    session: AsyncSession, person: Principal, person_id: UUID, successor_id: UUID | None
) -> None:
    """Give the open tasks to the successor, or to the core team without naming anybody."""
    name = await session.scalar(
        select(Person.name).where(Person.authority_id == person.authority_id, Person.id == successor_id)
    )
    async with _as_the_system(session, person):
        changed = await session.execute(
            update(Task)
            .where(Task.authority_id == person.authority_id, Task.owner_id == person_id, Task.state == "open")
            .values(owner_id=successor_id, owner_name=name or NOBODY_NAMED, version=Task.version + 1)
            .returning(Task.id, Task.escalation_id)
            .execution_options(synchronize_session=False)
        )
        for one in changed.all():
            await record_audit(session, person, VERB, "escalation_task", one.id)
            await record_event(session, person, one.escalation_id, VERB, for_school=False)


HANDOVERS = (
    Handover(
        "escalation",
        CORE_TEAM,
        ("escalation.owner_id", "leave_cover.away_id", "leave_cover.cover_id"),
        _open_escalations,
        _hand_over_escalations,
    ),
    Handover(
        "task in an escalation",
        SIGNED_IN_ROLES,
        ("escalation_task.owner_id",),
        _open_tasks,
        _hand_over_tasks,
    ),
)
