"""Agree, change, complete and cancel tasks; meet and drop criteria."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation
from alongside.features.escalations.requester import refuse_interest
from alongside.features.escalations.tasks.models import (
    AGREE_TASK,
    CHANGE_TASK,
    DO_TASK,
    DROP_TASK,
    TAKE_UP_TASK,
    Criterion,
    Task,
)
from alongside.features.escalations.tasks.queries import criterion_to, people_to_ask, task_to
from alongside.features.escalations.transitions import CONSTRAINT_MESSAGES, record_event
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.notifications import notify
from alongside.platform.workflow import Transition, apply_transition

WORK = Permission.CONTRIBUTE_TO_ESCALATION
LABELS = {"what": "Action", "owner_name": "Person responsible", "due_on": "Due date"}


async def agree_task(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: Mapping[str, Any]
) -> UUID:
    """Agree a task with an owner and a due date.

    Raises ValidationFailed for a date in the past, ActionRefused if the escalation is over.
    """
    row = await lock_escalation(session, person, WORK, escalation_id)
    await _check(session, person, row, written)
    made = Task(
        authority_id=person.authority_id, escalation_id=escalation_id, state=AGREE_TASK.end, **written
    )
    session.add(made)
    with explain_constraints(CONSTRAINT_MESSAGES, row.state):
        await session.flush()
    await record_audit(session, person, AGREE_TASK.verb, "escalation_task", made.id)
    await record_event(session, person, escalation_id, AGREE_TASK.verb, made.what)
    await _notify_owner(session, person, escalation_id, made.id, written["owner_id"])
    return made.id


async def change_task(
    session: AsyncSession, person: Principal, task_id: UUID, written: Mapping[str, Any], version: int
) -> None:
    """Change a task. Raises EditConflict if it has changed since `version`."""
    task, row = await _held_task(session, person, task_id)
    if task.version != version:
        raise EditConflict(
            [(label, str(written[name]), str(getattr(task, name))) for name, label in LABELS.items()],
            task.version,
        )
    await _check(session, person, row, written)
    await _apply(session, person, task, row, CHANGE_TASK, note=written["what"], **written)
    if written["owner_id"] != task.owner_id:
        await _notify_owner(session, person, row.id, task.id, written["owner_id"])


async def complete_task(session: AsyncSession, person: Principal, task_id: UUID) -> None:
    """Complete a task."""
    task, row = await _held_task(session, person, task_id)
    await _apply(session, person, task, row, DO_TASK, note=task.what, done_on=person.today)


async def cancel_task(session: AsyncSession, person: Principal, task_id: UUID, why: str) -> None:
    """Cancel a task, with a reason."""
    task, row = await _held_task(session, person, task_id)
    await _apply(session, person, task, row, DROP_TASK, note=why, why_dropped=why)


async def reopen_task(session: AsyncSession, person: Principal, task_id: UUID) -> None:
    """Reopen a task that was completed or cancelled."""
    task, row = await _held_task(session, person, task_id)
    await _apply(session, person, task, row, TAKE_UP_TASK, note=task.what, done_on=None, why_dropped="")


async def meet_criterion(session: AsyncSession, person: Principal, criterion_id: UUID, evidence: str) -> None:
    """Mark a criterion as met, with the evidence."""
    await _settle(
        session,
        person,
        criterion_id,
        "meet_criterion",
        {"met_on": person.today, "met_by": person.id, "evidence": evidence},
    )


async def drop_criterion(session: AsyncSession, person: Principal, criterion_id: UUID, why: str) -> None:
    """Remove a criterion, with a reason."""
    await _settle(
        session, person, criterion_id, "drop_criterion", {"dropped_at": func.now(), "evidence": why}
    )


async def _settle(
    session: AsyncSession, person: Principal, criterion_id: UUID, verb: str, values: Mapping[str, Any]
) -> None:
    criterion, row = await criterion_to(session, person, Permission.MANAGE_ESCALATION, criterion_id)
    row = await lock_escalation(session, person, Permission.MANAGE_ESCALATION, row.id)
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed, so its criteria cannot change.", row.state)
    await session.execute(
        update(Criterion)
        .where(Criterion.authority_id == person.authority_id, Criterion.id == criterion_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, verb, "escalation", row.id)
    await record_event(session, person, row.id, verb, f"{criterion.words}\n{values['evidence']}")


async def _held_task(session: AsyncSession, person: Principal, task_id: UUID) -> tuple[Any, Any]:
    _, row = await task_to(session, person, WORK, task_id)
    row = await lock_escalation(session, person, WORK, row.id)
    task, _ = await task_to(session, person, WORK, task_id)
    return task, row


async def _apply(
    session: AsyncSession,
    person: Principal,
    task: Any,
    row: Any,
    step: Transition,
    *,
    note: str,
    **values: Any,
) -> None:
    """Apply a transition to a task; permissions are checked on its escalation."""
    await refuse_interest(session, person, row)
    with explain_constraints(CONSTRAINT_MESSAGES, row.state):
        await apply_transition(session, person, Task, _TaskInScope(task, row), step, note=note, **values)
    await record_event(session, person, row.id, step.verb, note)


class _TaskInScope:
    """A task for `apply_transition`: its own id, state and version with the scope columns of its escalation."""

    def __init__(self, task: Any, row: Any) -> None:
        self.id, self.state, self.version = task.id, task.state, task.version
        self.school_urn, self.notified_at, self.named = row.school_urn, row.notified_at, row.named
        self.consortium_id, self.handling_consortium_id = row.consortium_id, row.handling_consortium_id


async def _check(session: AsyncSession, person: Principal, row: Any, written: Mapping[str, Any]) -> None:
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed. Reopen it first.", row.state)
    if written["due_on"] < person.today:
        raise ValidationFailed({"due_on": ["The date must be today or later."]})
    known = {one.id for one in await people_to_ask(session, person, row)}
    if written["owner_id"] is not None and written["owner_id"] not in known:
        raise ValidationFailed({"owner_id": ["Select a person from the list."]})


async def _notify_owner(
    session: AsyncSession, person: Principal, escalation_id: UUID, task_id: UUID, owner_id: UUID | None
) -> None:
    if owner_id is not None:
        said, once = (
            f"{person.name} has assigned an action in an escalation to you.",
            f"escalation_task:{task_id}:{owner_id}",
        )
        await notify(
            session, person, [owner_id], "escalation_task", said, f"/escalations/{escalation_id}", once=once
        )
