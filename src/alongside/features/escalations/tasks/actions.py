"""Agree, change, complete and cancel tasks; meet and drop criteria."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import lock_escalation, lock_part
from alongside.features.escalations.requester import refuse_interest
from alongside.features.escalations.rows import EscalationRow, Part
from alongside.features.escalations.tasks.forms import WrittenTask
from alongside.features.escalations.tasks.models import (
    AGREE_TASK,
    CHANGE_TASK,
    DO_TASK,
    DROP_TASK,
    TAKE_UP_TASK,
    Criterion,
    Task,
)
from alongside.features.escalations.tasks.queries import CRITERION, TASK, TaskRow, people_to_ask
from alongside.features.escalations.telling import act_by
from alongside.features.escalations.transitions import CONSTRAINT_MESSAGES, record_event
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.notifications.actions import Message, notify_each
from alongside.platform.web.formatting import format_date
from alongside.platform.workflow import Transition, apply_transition

WORK = Permission.CONTRIBUTE_TO_ESCALATION


async def agree_task(
    session: AsyncSession, person: Principal, escalation_id: UUID, written: WrittenTask
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
    await _notify_owner(session, person, escalation_id, made.id, written)
    return made.id


async def change_task(
    session: AsyncSession, person: Principal, task_id: UUID, written: WrittenTask, version: int
) -> None:
    """Change a task. Raises EditConflict if it has changed since `version`."""
    part = await lock_part(session, person, WORK, TASK, task_id)
    task = part.row
    if task.version != version:
        raise EditConflict(
            [
                ("Action", written["what"], task.what),
                ("Person responsible", written["owner_name"], task.owner_name),
                ("Due date", str(written["due_on"]), str(task.due_on)),
            ],
            task.version,
        )
    await _check(session, person, part.escalation, written)
    await _apply(session, person, part, CHANGE_TASK, note=written["what"], **written)
    if written["owner_id"] != task.owner_id:
        await _notify_owner(session, person, task.escalation_id, task.id, written)


async def complete_task(session: AsyncSession, person: Principal, task_id: UUID) -> None:
    """Complete a task."""
    part = await lock_part(session, person, WORK, TASK, task_id)
    await _apply(session, person, part, DO_TASK, note=part.row.what, done_on=person.today)


async def cancel_task(session: AsyncSession, person: Principal, task_id: UUID, why: str) -> None:
    """Cancel a task, with a reason."""
    part = await lock_part(session, person, WORK, TASK, task_id)
    await _apply(session, person, part, DROP_TASK, note=why, why_dropped=why)


async def reopen_task(session: AsyncSession, person: Principal, task_id: UUID) -> None:
    """Reopen a task that was completed or cancelled."""
    part = await lock_part(session, person, WORK, TASK, task_id)
    await _apply(session, person, part, TAKE_UP_TASK, note=part.row.what, done_on=None, why_dropped="")


async def meet_criterion(session: AsyncSession, person: Principal, criterion_id: UUID, evidence: str) -> None:
    """Mark a criterion as met, with the evidence."""
    await _settle(
        session,
        person,
        criterion_id,
        "meet_criterion",
        evidence,
        {"met_on": person.today, "met_by": person.id},
    )


async def drop_criterion(session: AsyncSession, person: Principal, criterion_id: UUID, why: str) -> None:
    """Remove a criterion, with a reason."""
    await _settle(session, person, criterion_id, "drop_criterion", why, {"dropped_at": func.now()})


async def _settle(
    session: AsyncSession,
    person: Principal,
    criterion_id: UUID,
    verb: str,
    evidence: str,
    values: Mapping[str, object],
) -> None:
    part = await lock_part(session, person, Permission.MANAGE_ESCALATION, CRITERION, criterion_id)
    criterion, row = part.row, part.escalation
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed, so its criteria cannot change.", row.state)
    await session.execute(
        update(Criterion)
        .where(Criterion.authority_id == person.authority_id, Criterion.id == criterion_id)
        .values(**values, evidence=evidence)
        .execution_options(synchronize_session=False)
    )
    await record_audit(session, person, verb, "escalation", row.id)
    await record_event(session, person, row.id, verb, f"{criterion.words}\n{evidence}")


async def _apply(
    session: AsyncSession,
    person: Principal,
    part: Part[TaskRow],
    step: Transition,
    *,
    note: str,
    **values: object,
) -> None:
    """Apply a transition to a task; permissions are checked on its escalation."""
    await refuse_interest(session, person, part.escalation)
    with explain_constraints(CONSTRAINT_MESSAGES, part.escalation.state):
        await apply_transition(session, person, Task, part, step, note=note, written=values)
    await record_event(session, person, part.escalation.id, step.verb, note)


async def _check(session: AsyncSession, person: Principal, row: EscalationRow, written: WrittenTask) -> None:
    if row.state in FINALS:
        raise ActionRefused("This escalation is closed. Reopen it first.", row.state)
    if written["due_on"] < person.today:
        raise ValidationFailed({"due_on": ["The date must be today or later."]})
    known = {one.id for one in await people_to_ask(session, person, row)}
    if written["owner_id"] is not None and written["owner_id"] not in known:
        raise ValidationFailed({"owner_id": ["Select a person from the list."]})


async def _notify_owner(
    session: AsyncSession, person: Principal, escalation_id: UUID, task_id: UUID, written: WrittenTask
) -> None:
    owner_id, due = written["owner_id"], format_date(written["due_on"])
    if owner_id is not None:
        said = f"{person.name} has assigned an action in an escalation to you. Do it by {due}."
        await notify_each(
            session,
            person,
            [Message(owner_id, said, act_by(due), said)],
            "escalation_task",
            f"/escalations/{escalation_id}",
            once=f"escalation_task:{task_id}:{owner_id}",
        )
