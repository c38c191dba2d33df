"""Actions on tasks and criteria."""

from collections.abc import Mapping

from alongside.features.escalations.models import OPEN_STATES
from alongside.features.escalations.resource import ESCALATION, REASON, resource_of_part, subject
from alongside.features.escalations.rows import EscalationRow, Part
from alongside.features.escalations.tasks import actions, models, queries
from alongside.features.escalations.tasks.forms import CriterionForm, TaskForm
from alongside.features.escalations.tasks.queries import TaskRow, people_to_ask
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest

WORK, HANDLE = Permission.CONTRIBUTE_TO_ESCALATION, Permission.MANAGE_ESCALATION
TASK = resource_of_part("/escalation-tasks/{task_id:uuid}", queries.TASK)
CRITERION = resource_of_part("/escalation-criteria/{criterion_id:uuid}", queries.CRITERION)


async def _offer_people(asked: FormRequest[EscalationRow, TaskForm]) -> None:
    asked.form.offer(await people_to_ask(asked.session, asked.person, asked.record))


async def _offer_people_for_task(asked: FormRequest[Part[TaskRow], TaskForm]) -> None:
    asked.form.offer(await people_to_ask(asked.session, asked.person, asked.record.escalation))


def _task(asked: ActionRequest[Part[TaskRow]]) -> Mapping[str, object]:
    task = asked.record.row
    return {
        "what": task.what,
        "owner_id": str(task.owner_id or ""),
        "owner_name": "" if task.owner_id else task.owner_name,
        "due_on": task.due_on,
    }


async def _agree(asked: FormRequest[EscalationRow, TaskForm]) -> None:
    await actions.agree_task(*subject(asked), asked.form.columns())


AGREE_TASK = FormAction(
    name="agree_task",
    creates=True,
    resource=ESCALATION,
    slug="tasks",
    form_slug="tasks/new",
    permission=WORK,
    states=OPEN_STATES,
    label="Add an action",
    intro="The escalation cannot close while an action is open.",
    submit="Add this action",
    form=TaskForm,
    choices=_offer_people,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    said="The action is added.",
    run=_agree,
)
CHANGE_TASK = FormAction(
    name="change_task",
    resource=TASK,
    slug="edit",
    permission=WORK,
    states=models.CHANGE_TASK.starts,
    label="Edit",
    about=lambda _, part: f"the action “{part.row.what}”",
    title="Edit this action",
    intro="If you choose another person, they are told.",
    submit="Save changes",
    form=TaskForm,
    initial=_task,
    choices=_offer_people_for_task,
    valid=lambda asked: asked.form.is_valid(asked.person.today),
    version=lambda part: part.row.version,
    said="Your changes to the action are saved.",
    run=lambda asked: actions.change_task(*subject(asked), asked.form.columns(), asked.version),
)
COMPLETE_TASK = ButtonAction(
    name="complete_task",
    undo="reopen_task",
    resource=TASK,
    slug="completion",
    permission=WORK,
    states=models.DO_TASK.starts,
    label="Mark as done",
    about=lambda _, part: f"the action “{part.row.what}”",
    said="The action is done.",
    run=lambda asked: actions.complete_task(*subject(asked)),
)
CANCEL_TASK = FormAction(
    name="cancel_task",
    resource=TASK,
    slug="drop",
    permission=WORK,
    states=models.DROP_TASK.starts,
    label="Cancel",
    about=lambda _, part: f"the action “{part.row.what}”",
    title="Cancel this action",
    intro="The action and your reason stay with the escalation.",
    submit="Cancel this action",
    warning=True,
    form=REASON,
    said="The action is cancelled.",
    run=lambda asked: actions.cancel_task(*subject(asked), asked.form.note.data),
)
REOPEN_TASK = ButtonAction(
    name="reopen_task",
    undo="complete_task",
    resource=TASK,
    slug="reopening",
    permission=WORK,
    states=models.TAKE_UP_TASK.starts,
    label="Reopen",
    about=lambda _, part: f"the action “{part.row.what}”",
    said="The action is open again.",
    run=lambda asked: actions.reopen_task(*subject(asked)),
)
MEET_CRITERION = FormAction(
    name="meet_criterion",
    resource=CRITERION,
    slug="met",
    permission=HANDLE,
    relevant=lambda _, part: part.row.met_on is None,
    label="Mark as met",
    about=lambda _, part: f"the criterion “{part.row.words}”",
    title="Mark this criterion as met",
    intro=lambda _, part: f"“{part.row.words}”",
    submit="Mark this criterion as met",
    form=CriterionForm,
    said="The criterion is met.",
    run=lambda asked: actions.meet_criterion(*subject(asked), asked.form.evidence.data),
)
DROP_CRITERION = FormAction(
    name="drop_criterion",
    resource=CRITERION,
    slug="drop",
    permission=HANDLE,
    relevant=lambda _, part: part.row.met_on is None,
    label="Remove",
    about=lambda _, part: f"the criterion “{part.row.words}”",
    title="Remove this criterion",
    intro=lambda _, part: f"“{part.row.words}” The school can then return without it.",
    submit="Remove this criterion",
    warning=True,
    form=REASON,
    said="The criterion is removed.",
    run=lambda asked: actions.drop_criterion(*subject(asked), asked.form.note.data),
)
TASK_ACTIONS = (COMPLETE_TASK, CHANGE_TASK, CANCEL_TASK, REOPEN_TASK)
CRITERION_ACTIONS = (MEET_CRITERION, DROP_CRITERION)
routes = routes_of((AGREE_TASK, *TASK_ACTIONS, *CRITERION_ACTIONS))
