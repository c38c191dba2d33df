"""Pages of tasks and criteria."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import EditConflict, ValidationFailed
from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.available_actions import ActionForm, action_form_page, attach_errors
from alongside.features.escalations.queries import get_escalation
from alongside.features.escalations.state_changes.forms import NoteForm
from alongside.features.escalations.tasks import actions
from alongside.features.escalations.tasks.forms import CriterionForm, TaskForm
from alongside.features.escalations.tasks.queries import criterion_to, people_to_ask, task_to
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.version import version_of
from alongside.platform.web.form_data import read_form_data
from alongside.platform.web.responses import Page, PageResult, Redirect
from alongside.platform.web.routing import endpoint

WORK, HANDLE = Permission.CONTRIBUTE_TO_ESCALATION, Permission.MANAGE_ESCALATION
FIELDS = ("what", "owner_id", "owner_name", "due_on")
NEW = ActionForm(
    "tasks", "Agree an action", "An escalation cannot close while an action is open.", "Agree it", FIELDS
)
EDITION = ActionForm("tasks", "Change this action", "Whoever is to do it is told.", "Keep it", FIELDS)
DROP = ActionForm(
    "tasks",
    "Drop this action",
    "It stays in the story of the escalation.",
    "Drop it",
    ("note",),
    warning=True,
)
MET = ActionForm("criteria", "This criterion is met", "", "Mark it as met", ("evidence",))
DROP_CRITERION = ActionForm(
    "criteria",
    "Drop this criterion",
    "It no longer decides when the school goes back.",
    "Drop it",
    ("note",),
    warning=True,
)


@endpoint.get("/escalations/{escalation_id:uuid}/tasks/new", permission=WORK)
@logs_reading
async def write_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Show the form of a new task."""
    row = await get_escalation(session, person, WORK, escalation_id)
    form = TaskForm()
    form.offer(await people_to_ask(session, person, row))
    return action_form_page(row, NEW, form)


@endpoint.post("/escalations/{escalation_id:uuid}/tasks", permission=WORK)
@logs_reading
async def agree_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, escalation_id: UUID
) -> PageResult:
    """Agree a task."""
    row = await get_escalation(session, person, WORK, escalation_id)
    people = await people_to_ask(session, person, row)
    form = TaskForm(await read_form_data(request))
    form.offer(people)
    if not form.is_valid(person.today):
        return action_form_page(row, NEW, form, status=422)
    await actions.agree_task(session, person, escalation_id, form.columns(people))
    return Redirect(f"/escalations/{escalation_id}", "The action is agreed.")


@endpoint.get("/escalation-tasks/{task_id:uuid}/edit", permission=WORK)
@logs_reading
async def edit_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Show the form of an existing task."""
    task, row = await task_to(session, person, WORK, task_id)
    form = TaskForm(
        data={
            "what": task.what,
            "owner_id": str(task.owner_id or ""),
            "owner_name": "" if task.owner_id else task.owner_name,
            "due_on": task.due_on,
        }
    )
    form.offer(await people_to_ask(session, person, row))
    return _edition(task, row, form, task.version)


@endpoint.post("/escalation-tasks/{task_id:uuid}/edit", permission=WORK)
@logs_reading
async def change_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Change a task; after an edit conflict both versions are shown."""
    task, row = await task_to(session, person, WORK, task_id)
    people = await people_to_ask(session, person, row)
    written = await read_form_data(request)
    form, version = TaskForm(written), version_of(written)
    form.offer(people)
    if not form.is_valid(person.today):
        return _edition(task, row, form, version, 422)
    try:
        await actions.change_task(session, person, task_id, form.columns(people), version)
    except ValidationFailed as problem:
        attach_errors(form, problem)
        return _edition(task, row, form, version, 422)
    except EditConflict as problem:
        return _edition(task, row, form, problem.version, 409, problem)
    return Redirect(f"/escalations/{row.id}", "The action is changed.")


@endpoint.post("/escalation-tasks/{task_id:uuid}/completion", permission=WORK)
@logs_reading
async def complete_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Complete a task."""
    escalation_id = await actions.complete_task(session, person, task_id)
    return Redirect(f"/escalations/{escalation_id}", "The action is done.")


@endpoint.get("/escalation-tasks/{task_id:uuid}/drop", permission=WORK)
@logs_reading
async def ask_why_dropped(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Ask for the reason before a task is dropped."""
    task, row = await task_to(session, person, WORK, task_id)
    return action_form_page(row, DROP, NoteForm(), where=f"/escalation-tasks/{task.id}/drop")


@endpoint.post("/escalation-tasks/{task_id:uuid}/drop", permission=WORK)
@logs_reading
async def cancel_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Drop a task, with a reason."""
    task, row = await task_to(session, person, WORK, task_id)
    form = NoteForm(await read_form_data(request))
    if not form.is_valid():
        return action_form_page(row, DROP, form, status=422, where=f"/escalation-tasks/{task.id}/drop")
    await actions.cancel_task(session, person, task_id, form.note.data or "")
    return Redirect(f"/escalations/{row.id}", "The action is dropped.")


@endpoint.post("/escalation-tasks/{task_id:uuid}/reopening", permission=WORK)
@logs_reading
async def reopen_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, task_id: UUID
) -> PageResult:
    """Reopen a task that was completed or dropped."""
    escalation_id = await actions.reopen_task(session, person, task_id)
    return Redirect(f"/escalations/{escalation_id}", "The action is open again.")


@endpoint.get("/escalation-criteria/{criterion_id:uuid}/met", permission=HANDLE)
@logs_reading
async def ask_how_met(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, criterion_id: UUID
) -> PageResult:
    """Ask for the evidence that a criterion is met."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    return _criterion_page(criterion, row, MET, CriterionForm(), "met")


@endpoint.post("/escalation-criteria/{criterion_id:uuid}/met", permission=HANDLE)
@logs_reading
async def meet_criterion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, criterion_id: UUID
) -> PageResult:
    """Mark a criterion as met."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    form = CriterionForm(await read_form_data(request))
    if not form.is_valid():
        return _criterion_page(criterion, row, MET, form, "met", 422)
    await actions.meet_criterion(session, person, criterion_id, form.evidence.data or "")
    return Redirect(f"/escalations/{row.id}", "The criterion is met.")


@endpoint.get("/escalation-criteria/{criterion_id:uuid}/drop", permission=HANDLE)
@logs_reading
async def ask_why_criterion_dropped(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, criterion_id: UUID
) -> PageResult:
    """Ask for the reason before a criterion is dropped."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    return _criterion_page(criterion, row, DROP_CRITERION, NoteForm(), "drop")


@endpoint.post("/escalation-criteria/{criterion_id:uuid}/drop", permission=HANDLE)
@logs_reading
async def drop_criterion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Principal, criterion_id: UUID
) -> PageResult:
    """Drop a criterion, with a reason."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    form = NoteForm(await read_form_data(request))
    if not form.is_valid():
        return _criterion_page(criterion, row, DROP_CRITERION, form, "drop", 422)
    await actions.drop_criterion(session, person, criterion_id, form.note.data or "")
    return Redirect(f"/escalations/{row.id}", "The criterion is dropped.")


def _edition(
    task: Any, row: Any, form: TaskForm, version: int, status: int = 200, stale: EditConflict | None = None
) -> Page:
    where = f"/escalation-tasks/{task.id}/edit"
    return action_form_page(row, EDITION, form, status=status, stale=stale, version=version, where=where)


def _criterion_page(
    criterion: Any, row: Any, asked: ActionForm, form: Any, noun: str, status: int = 200
) -> Page:
    said = ActionForm(
        asked.noun,
        asked.title,
        f"“{criterion.words}” {asked.intro}".strip(),
        asked.button,
        asked.fields,
        asked.warning,
    )
    return action_form_page(
        row, said, form, status=status, where=f"/escalation-criteria/{criterion.id}/{noun}"
    )


routes = [
    write_task,
    agree_task,
    edit_task,
    change_task,
    complete_task,
    ask_why_dropped,
    cancel_task,
    reopen_task,
    ask_how_met,
    meet_criterion,
    ask_why_criterion_dropped,
    drop_criterion,
]
