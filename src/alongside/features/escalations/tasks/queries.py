"""Queries of tasks and criteria."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.queries import AUTHORITY, Part, get_escalation, of_escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.escalations.tasks.models import Criterion, Task
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

TASK: Any = select(*Task.__table__.columns).where(Task.authority_id == AUTHORITY)
TASKS: Any = (
    TASK.where(Task.escalation_id == bindparam("escalation_id"))
    .order_by((Task.state != "open"), Task.due_on, Task.id)
    .limit(literal_column("200"))
)
CRITERIA: Any = (
    select(*Criterion.__table__.columns)
    .where(Criterion.authority_id == AUTHORITY, Criterion.escalation_id == bindparam("escalation_id"))
    .where(Criterion.dropped_at.is_(None))
    .order_by(Criterion.id)
)
PEOPLE = text(
    """
    SELECT DISTINCT p.id, p.name FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND (a.role IN ('core_officer', 'head_of_service') OR a.consortium_id = ANY(:consortia)
            OR (a.role = 'headteacher' AND a.school_urn = :urn AND :told))
     ORDER BY p.name, p.id
    """
)


async def tasks_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The tasks of an escalation: open ones first, by due date."""
    return await of_escalation(session, person, TASKS, escalation_id)


async def criteria_of(session: AsyncSession, person: Principal, escalation_id: UUID) -> Sequence[Row[Any]]:
    """The criteria for returning the school to the consortium."""
    return await of_escalation(session, person, CRITERIA, escalation_id)


async def task_to(session: AsyncSession, person: Principal, permission: Permission, task_id: UUID) -> Part:
    """A task with its escalation, if this person has this permission. Raises NotFound."""
    await identify_requester(session, person)
    found: Row[Any] | None = (
        await session.execute(TASK.where(Task.id == task_id), {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return Part(found, await get_escalation(session, person, permission, found.escalation_id))


async def criterion_to(
    session: AsyncSession, person: Principal, permission: Permission, criterion_id: UUID
) -> Part:
    """A criterion with its escalation, if this person has this permission. Raises NotFound."""
    await identify_requester(session, person)
    statement = select(*Criterion.__table__.columns).where(
        Criterion.authority_id == AUTHORITY, Criterion.id == criterion_id, Criterion.dropped_at.is_(None)
    )
    found: Row[Any] | None = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return Part(found, await get_escalation(session, person, permission, found.escalation_id))


async def people_to_ask(session: AsyncSession, person: Principal, row: Any) -> Sequence[Row[Any]]:
    """The people who can own a task: the core team, the escalation's consortia, and the headteacher once
    notified.
    """
    consortia = [one for one in (row.consortium_id, row.handling_consortium_id) if one is not None]
    values = {
        "authority_id": person.authority_id,
        "today": person.today,
        "consortia": consortia,
        "urn": row.school_urn,
        "told": row.notified_at is not None,
    }
    return (await session.execute(PEOPLE, values)).all()
