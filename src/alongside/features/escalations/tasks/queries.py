"""Queries of tasks and criteria."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.queries import AUTHORITY, ESCALATION_ID, PART_ID
from alongside.features.escalations.rows import EscalationRow, PersonName
from alongside.features.escalations.tasks.models import Criterion, Task
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, columns_of, fetch_all


class TaskRow(msgspec.Struct, frozen=True):
    """A task (`models.Task` describes the columns)."""

    id: UUID
    escalation_id: UUID
    state: str
    version: int
    what: str
    owner_id: UUID | None
    owner_name: str
    due_on: date
    done_on: date | None
    why_dropped: str


class CriterionRow(msgspec.Struct, frozen=True):
    """A criterion that was not removed (`models.Criterion` describes the columns)."""

    id: UUID
    escalation_id: UUID
    words: str
    met_on: date | None
    evidence: str


_TASK, _CRITERION = Task.__table__.c, Criterion.__table__.c
_TASKS = select(*columns_of(TaskRow, Task)).where(_TASK.authority_id == AUTHORITY)
_CRITERIA = select(*columns_of(CriterionRow, Criterion)).where(
    _CRITERION.authority_id == AUTHORITY, _CRITERION.dropped_at.is_(None)
)
TASK = Read(_TASKS.where(_TASK.id == PART_ID), TaskRow)
TASKS = Read(
    _TASKS.where(_TASK.escalation_id == ESCALATION_ID)
    .order_by(text("state <> 'open'"), _TASK.due_on, _TASK.id)
    .limit(literal_column("200")),
    TaskRow,
)
"""The tasks of an escalation: open ones first, by due date."""

CRITERION = Read(_CRITERIA.where(_CRITERION.id == PART_ID), CriterionRow)
CRITERIA = Read(
    _CRITERIA.where(_CRITERION.escalation_id == ESCALATION_ID).order_by(_CRITERION.id), CriterionRow
)
"""The criteria for returning the school to the consortium."""

PEOPLE = Read(
    text(
        """
        SELECT DISTINCT p.id, p.name FROM role_assignment a
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
         WHERE a.authority_id = :authority_id AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
           AND (a.role IN ('core_officer', 'head_of_service') OR a.consortium_id = ANY(:consortia)
                OR (a.role = 'headteacher' AND a.school_urn = :urn AND :told))
         ORDER BY p.name, p.id
        """
    ),
    PersonName,
)


async def people_to_ask(session: AsyncSession, person: Principal, row: EscalationRow) -> list[PersonName]:
    """The people who can own a task: the core team, the escalation's consortia, and the headteacher once
    notified.
    """
    values = {
        "authority_id": person.authority_id,
        "today": person.today,
        "consortia": [one for one in (row.consortium_id, row.handling_consortium_id) if one is not None],
        "urn": row.school_urn,
        "told": row.is_notified,
    }
    return await fetch_all(session, PEOPLE, values)
