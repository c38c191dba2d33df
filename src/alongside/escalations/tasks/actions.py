"""Agreeing on actions and finishing them; criteria met and dropped."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused, Stale
from alongside.escalations.asking import refuse_interest
from alongside.escalations.model import FINALS
from alongside.escalations.moving import in_words, tell_story
from alongside.escalations.queries import held_case
from alongside.escalations.tasks.model import (
    AGREE_TASK,
    CHANGE_TASK,
    DO_TASK,
    DROP_TASK,
    TAKE_UP_TASK,
    Criterion,
    Task,
)
from alongside.escalations.tasks.queries import criterion_to, people_to_ask, task_to
from alongside.journal.actions import write_journal
from alongside.notifications import tell
from alongside.workflow import Move, take

WORK = Permission.WORK_ON_CASE
LABELS = {"what": "What is to be done", "owner_name": "Who does it", "due_on": "By when"}


async def agree_task(
    session: AsyncSession, person: Person, case_id: UUID, written: Mapping[str, Any]
) -> UUID:
    """Agree what somebody does by a day. Raises Invalid for a day in the past, Refused once the case is over."""
    row = await held_case(session, person, WORK, case_id)
    await _check(session, person, row, written)
    made = Task(authority_id=person.authority_id, case_id=case_id, state=AGREE_TASK.end, **written)
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise in_words(error, row.state) from error
    await write_journal(session, person, AGREE_TASK.verb, "escalation_task", made.id)
    await tell_story(session, person, case_id, AGREE_TASK.verb, made.what)
    await _tell_owner(session, person, case_id, made.id, written["owner_id"])
    return made.id


async def change_task(
    session: AsyncSession, person: Person, task_id: UUID, written: Mapping[str, Any], version: int
) -> None:
    """Agree an action anew. Raises Stale when somebody changed it since `version`."""
    task, row = await _held_task(session, person, task_id)
    if task.version != version:
        raise Stale(
            [(label, str(written[name]), str(getattr(task, name))) for name, label in LABELS.items()],
            task.version,
        )
    await _check(session, person, row, written)
    await _take(session, person, task, row, CHANGE_TASK, note=written["what"], **written)
    if written["owner_id"] != task.owner_id:
        await _tell_owner(session, person, row.id, task.id, written["owner_id"])


async def do_task(session: AsyncSession, person: Person, task_id: UUID) -> UUID:
    """Say that an action is done. Returns the case."""
    task, row = await _held_task(session, person, task_id)
    await _take(session, person, task, row, DO_TASK, note=task.what, done_on=person.today)
    case_id: UUID = row.id
    return case_id


async def drop_task(session: AsyncSession, person: Person, task_id: UUID, why: str) -> UUID:
    """Let an action go, with a reason. Returns the case."""
    task, row = await _held_task(session, person, task_id)
    await _take(session, person, task, row, DROP_TASK, note=why, why_dropped=why)
    case_id: UUID = row.id
    return case_id


async def take_up_task(session: AsyncSession, person: Person, task_id: UUID) -> UUID:
    """Open an action again that was done or dropped. Returns the case."""
    task, row = await _held_task(session, person, task_id)
    await _take(session, person, task, row, TAKE_UP_TASK, note=task.what, done_on=None, why_dropped="")
    case_id: UUID = row.id
    return case_id


async def meet_criterion(session: AsyncSession, person: Person, criterion_id: UUID, evidence: str) -> UUID:
    """Say that a criterion is met, and how that is known. Returns the case."""
    return await _settle(
        session,
        person,
        criterion_id,
        "meet_criterion",
        {"met_on": person.today, "met_by": person.id, "evidence": evidence},
    )


async def drop_criterion(session: AsyncSession, person: Person, criterion_id: UUID, why: str) -> UUID:
    """Let a criterion go that no longer matters, with a reason. Returns the case."""
    return await _settle(
        session, person, criterion_id, "drop_criterion", {"dropped_at": func.now(), "evidence": why}
    )


async def _settle(
    session: AsyncSession, person: Person, criterion_id: UUID, verb: str, values: Mapping[str, Any]
) -> UUID:
    criterion, row = await criterion_to(session, person, Permission.HANDLE_CASE, criterion_id)
    row = await held_case(session, person, Permission.HANDLE_CASE, row.id)
    await refuse_interest(session, person, row)
    if row.state in FINALS:
        raise Refused("This case is over, so its criteria stand.", row.state)
    await session.execute(
        update(Criterion)
        .where(Criterion.authority_id == person.authority_id, Criterion.id == criterion_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await write_journal(session, person, verb, "escalation", row.id)
    await tell_story(session, person, row.id, verb, f"{criterion.words}\n{values['evidence']}")
    case_id: UUID = row.id
    return case_id


async def _held_task(session: AsyncSession, person: Person, task_id: UUID) -> tuple[Any, Any]:
    _, row = await task_to(session, person, WORK, task_id)
    row = await held_case(session, person, WORK, row.id)
    task, _ = await task_to(session, person, WORK, task_id)
    return task, row


async def _take(
    session: AsyncSession, person: Person, task: Any, row: Any, step: Move, *, note: str, **values: Any
) -> None:
    """Move an action; its reach is that of its case, on whose row it is measured."""
    await refuse_interest(session, person, row)
    try:
        await take(session, person, Task, _Measured(task, row), step, note=note, **values)
    except IntegrityError as error:
        raise in_words(error, row.state) from error
    await tell_story(session, person, row.id, step.verb, note)


class _Measured:
    """An action as `take` moves it: its own id and state, its case's seats."""

    def __init__(self, task: Any, row: Any) -> None:
        self.id, self.state, self.version = task.id, task.state, task.version
        self.school_urn, self.told_at, self.named = row.school_urn, row.told_at, row.named
        self.consortium_id, self.handling_consortium_id = row.consortium_id, row.handling_consortium_id


async def _check(session: AsyncSession, person: Person, row: Any, written: Mapping[str, Any]) -> None:
    await refuse_interest(session, person, row)
    if row.state in FINALS:
        raise Refused("This case is over, so nothing can be added to it. Open it again first.", row.state)
    if written["due_on"] < person.today:
        raise Invalid({"due_on": ["This day is past. Enter today or a later day."]})
    known = {one.id for one in await people_to_ask(session, person, row)}
    if written["owner_id"] is not None and written["owner_id"] not in known:
        raise Invalid({"owner_id": ["Choose somebody from the list."]})


async def _tell_owner(
    session: AsyncSession, person: Person, case_id: UUID, task_id: UUID, owner_id: UUID | None
) -> None:
    if owner_id is not None:
        said, once = f"{person.name} has given you an action in a case.", f"case_task:{task_id}:{owner_id}"
        await tell(session, person, [owner_id], "case_task", said, f"/cases/{case_id}", once=once)
