"""The pages of agreed actions, and the acts by which criteria are met or dropped."""

from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Stale
from alongside.escalations.acts import Asked, act_page, blame_all
from alongside.escalations.handling.forms import NoteForm
from alongside.escalations.queries import case_to
from alongside.escalations.reading.access_log import logs_reading
from alongside.escalations.tasks import actions
from alongside.escalations.tasks.forms import CriterionForm, TaskForm
from alongside.escalations.tasks.queries import criterion_to, people_to_ask, task_to
from alongside.partnerships.versions import version_of
from alongside.web.answers import Answer, Page, SeeOther
from alongside.web.gate import page
from alongside.web.typed import typed

WORK, HANDLE = Permission.WORK_ON_CASE, Permission.HANDLE_CASE
FIELDS = ("what", "owner_id", "owner_name", "due_on")
NEW = Asked("tasks", "Agree an action", "A case cannot close while an action is open.", "Agree it", FIELDS)
EDITION = Asked("tasks", "Change this action", "Whoever is to do it is told.", "Keep it", FIELDS)
DROP = Asked(
    "tasks", "Drop this action", "It stays in the story of the case.", "Drop it", ("note",), warning=True
)
MET = Asked("criteria", "This criterion is met", "", "Mark it as met", ("evidence",))
DROP_CRITERION = Asked(
    "criteria",
    "Drop this criterion",
    "It no longer decides when the school goes back.",
    "Drop it",
    ("note",),
    warning=True,
)


@page.get("/cases/{case_id:uuid}/tasks/new", permission=WORK)
@logs_reading
async def write_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """An empty form for an action."""
    row = await case_to(session, person, WORK, case_id)
    form = TaskForm()
    form.offer(await people_to_ask(session, person, row))
    return act_page(row, NEW, form)


@page.post("/cases/{case_id:uuid}/tasks", permission=WORK)
@logs_reading
async def agree_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, case_id: UUID
) -> Answer:
    """Agree what somebody does by a day."""
    row = await case_to(session, person, WORK, case_id)
    people = await people_to_ask(session, person, row)
    form = TaskForm(await typed(request))
    form.offer(people)
    if not form.holds(person.today):
        return act_page(row, NEW, form, status=422)
    await actions.agree_task(session, person, case_id, form.columns(people))
    return SeeOther(f"/cases/{case_id}", "The action is agreed.")


@page.get("/case-tasks/{task_id:uuid}/edition", permission=WORK)
@logs_reading
async def edit_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """An action as it stands."""
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


@page.post("/case-tasks/{task_id:uuid}/edition", permission=WORK)
@logs_reading
async def change_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """Agree an action anew; both texts are shown when somebody else was faster."""
    task, row = await task_to(session, person, WORK, task_id)
    people = await people_to_ask(session, person, row)
    written = await typed(request)
    form, version = TaskForm(written), version_of(written)
    form.offer(people)
    if not form.holds(person.today):
        return _edition(task, row, form, version, 422)
    try:
        await actions.change_task(session, person, task_id, form.columns(people), version)
    except Invalid as problem:
        blame_all(form, problem)
        return _edition(task, row, form, version, 422)
    except Stale as problem:
        return _edition(task, row, form, problem.version, 409, problem)
    return SeeOther(f"/cases/{row.id}", "The action is changed.")


@page.post("/case-tasks/{task_id:uuid}/completion", permission=WORK)
@logs_reading
async def do_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """Say that an action is done."""
    case_id = await actions.do_task(session, person, task_id)
    return SeeOther(f"/cases/{case_id}", "The action is done.")


@page.get("/case-tasks/{task_id:uuid}/drop", permission=WORK)
@logs_reading
async def ask_why_dropped(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """Ask for the reason before an action is dropped."""
    task, row = await task_to(session, person, WORK, task_id)
    return act_page(row, DROP, NoteForm(), where=f"/case-tasks/{task.id}/drop")


@page.post("/case-tasks/{task_id:uuid}/drop", permission=WORK)
@logs_reading
async def drop_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """Let an action go, with a reason."""
    task, row = await task_to(session, person, WORK, task_id)
    form = NoteForm(await typed(request))
    if not form.holds():
        return act_page(row, DROP, form, status=422, where=f"/case-tasks/{task.id}/drop")
    await actions.drop_task(session, person, task_id, form.note.data or "")
    return SeeOther(f"/cases/{row.id}", "The action is dropped.")


@page.post("/case-tasks/{task_id:uuid}/reopening", permission=WORK)
@logs_reading
async def take_up_task(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, task_id: UUID
) -> Answer:
    """Open an action again that was done or dropped."""
    case_id = await actions.take_up_task(session, person, task_id)
    return SeeOther(f"/cases/{case_id}", "The action is open again.")


@page.get("/case-criteria/{criterion_id:uuid}/meeting", permission=HANDLE)
@logs_reading
async def ask_how_met(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, criterion_id: UUID
) -> Answer:
    """Ask how it is known that a criterion is met."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    return _criterion_page(criterion, row, MET, CriterionForm(), "meeting")


@page.post("/case-criteria/{criterion_id:uuid}/meeting", permission=HANDLE)
@logs_reading
async def meet_criterion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, criterion_id: UUID
) -> Answer:
    """Say that a criterion is met."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    form = CriterionForm(await typed(request))
    if not form.holds():
        return _criterion_page(criterion, row, MET, form, "meeting", 422)
    await actions.meet_criterion(session, person, criterion_id, form.evidence.data or "")
    return SeeOther(f"/cases/{row.id}", "The criterion is met.")


@page.get("/case-criteria/{criterion_id:uuid}/drop", permission=HANDLE)
@logs_reading
async def ask_why_criterion_dropped(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, criterion_id: UUID
) -> Answer:
    """Ask for the reason before a criterion is dropped."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    return _criterion_page(criterion, row, DROP_CRITERION, NoteForm(), "drop")


@page.post("/case-criteria/{criterion_id:uuid}/drop", permission=HANDLE)
@logs_reading
async def drop_criterion(
    request: Request[Any, Any, Any], session: AsyncSession, person: Person, criterion_id: UUID
) -> Answer:
    """Let a criterion go, with a reason."""
    criterion, row = await criterion_to(session, person, HANDLE, criterion_id)
    form = NoteForm(await typed(request))
    if not form.holds():
        return _criterion_page(criterion, row, DROP_CRITERION, form, "drop", 422)
    await actions.drop_criterion(session, person, criterion_id, form.note.data or "")
    return SeeOther(f"/cases/{row.id}", "The criterion is dropped.")


def _edition(
    task: Any, row: Any, form: TaskForm, version: int, status: int = 200, stale: Stale | None = None
) -> Page:
    where = f"/case-tasks/{task.id}/edition"
    return act_page(row, EDITION, form, status=status, stale=stale, version=version, where=where)


def _criterion_page(criterion: Any, row: Any, asked: Asked, form: Any, noun: str, status: int = 200) -> Page:
    said = Asked(
        asked.noun,
        asked.title,
        f"“{criterion.words}” {asked.intro}".strip(),
        asked.button,
        asked.fields,
        asked.warning,
    )
    return act_page(row, said, form, status=status, where=f"/case-criteria/{criterion.id}/{noun}")


routes = [
    write_task,
    agree_task,
    edit_task,
    change_task,
    do_task,
    ask_why_dropped,
    drop_task,
    take_up_task,
    ask_how_met,
    meet_criterion,
    ask_why_criterion_dropped,
    drop_criterion,
]
