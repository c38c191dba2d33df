"""Actions of the core team: write, open and withdraw a consultation, its questions, and the decision."""

from collections.abc import Mapping

from alongside.features.authorities import settings_of
from alongside.features.consultations import actions
from alongside.features.consultations.audience import EVERYBODY
from alongside.features.consultations.forms import DecisionForm, DraftForm, QuestionForm
from alongside.features.consultations.notifying import path_of
from alongside.features.consultations.queries import ConsultationRow
from alongside.features.consultations.resource import CONSULTATION, QUESTION, QuestionOfConsultation
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest, list_resource
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import reason_form
from alongside.platform.web.responses import PageResult, Redirect

MANAGE = Permission.MANAGE_CONSULTATION


async def _draft(asked: FormRequest[None, DraftForm]) -> PageResult:
    made = await actions.draft_consultation(asked.session, asked.person, asked.form.columns())
    return Redirect(path_of(made), "The draft is saved. Add your questions.")


def _initial(asked: ActionRequest[ConsultationRow]) -> Mapping[str, object]:
    row = asked.record
    return {
        "title": row.title,
        "body": row.body,
        "audience": row.phase or EVERYBODY,
        "school_days": row.school_days,
    }


def _question_values(asked: ActionRequest[QuestionOfConsultation]) -> Mapping[str, object]:
    row = asked.record.row
    choices = "\n".join(row.choices) if row.kind == "choice" else ""
    return {"wording": row.wording, "kind": row.kind, "choices": choices}


def _decision_is_valid(asked: FormRequest[ConsultationRow, DecisionForm]) -> bool:
    today = asked.person.today
    return asked.form.check(asked.record.opens_on or today, today)


async def _decide(asked: FormRequest[ConsultationRow, DecisionForm]) -> None:
    form = asked.form
    values = {
        "decision": form.decision.data,
        "decision_reference": form.decision_reference.data,
        "decided_on": form.decided_on.data,
    }
    await actions.decide_consultation(asked.session, asked.person, asked.record, values)


NEW: FormAction[None, DraftForm] = FormAction(
    name="draft_consultation",
    creates=True,
    resource=list_resource("/consultations"),
    slug="",
    form_slug="new",
    permission=MANAGE,
    title="Write a consultation",
    intro="You add the questions next. No school sees it before you open it.",
    submit="Save and add questions",
    form=DraftForm,
    initial=lambda asked: {"school_days": settings_of(asked.person.authority_id).periods.consultation_due},
    run=_draft,
)
EDIT: FormAction[ConsultationRow, DraftForm] = FormAction(
    name="edit_consultation",
    undo="edit_consultation",
    resource=CONSULTATION,
    slug="edition",
    permission=MANAGE,
    states=("draft",),
    label="Edit",
    title="Edit this draft",
    submit="Save",
    form=DraftForm,
    initial=_initial,
    version=lambda row: row.version,
    said="The draft is saved.",
    run=lambda asked: actions.edit_draft(
        asked.session, asked.person, asked.record, asked.form.columns(), asked.version
    ),
)
ADD_QUESTION: FormAction[ConsultationRow, QuestionForm] = FormAction(
    name="add_consultation_question",
    creates=True,
    undo="remove_consultation_question",
    resource=CONSULTATION,
    slug="questions",
    form_slug="questions/new",
    permission=MANAGE,
    states=("draft",),
    label="Add a question",
    submit="Add this question",
    form=QuestionForm,
    said="The question is added.",
    run=lambda asked: actions.add_question(asked.session, asked.person, asked.record, asked.form.columns()),
)
CHANGE_QUESTION: FormAction[QuestionOfConsultation, QuestionForm] = FormAction(
    name="change_consultation_question",
    undo="change_consultation_question",
    resource=QUESTION,
    slug="edition",
    permission=MANAGE,
    states=("draft",),
    label="Change",
    about=lambda _, one: one.row.wording,
    title="Change a question",
    submit="Save this question",
    form=QuestionForm,
    initial=_question_values,
    said="The question is saved.",
    run=lambda asked: actions.change_question(
        asked.session, asked.person, asked.record.consultation, asked.record.row, asked.form.columns()
    ),
)
REMOVE_QUESTION: ButtonAction[QuestionOfConsultation] = ButtonAction(
    name="remove_consultation_question",
    undo="add_consultation_question",
    resource=QUESTION,
    slug="removal",
    permission=MANAGE,
    states=("draft",),
    label="Remove",
    about=lambda _, one: one.row.wording,
    said="The question is removed.",
    run=lambda asked: actions.remove_question(
        asked.session, asked.person, asked.record.consultation, asked.record.row
    ),
)
OPEN = ButtonAction(
    name="open_consultation",
    undo="withdraw_consultation",
    resource=CONSULTATION,
    slug="opening",
    permission=MANAGE,
    states=("draft",),
    label="Open the consultation",
    refusal=lambda _, row: None if row.questions else "Add a question before you open the consultation.",
    said="The consultation is open. The headteachers are notified.",
    run=lambda asked: actions.open_consultation(asked.session, asked.person, asked.record),
)
DECIDE: FormAction[ConsultationRow, DecisionForm] = FormAction(
    name="decide_consultation",
    intro="The headteachers who were asked can then read the decision. It cannot be changed.",
    resource=CONSULTATION,
    slug="decision",
    permission=MANAGE,
    states=("closed",),
    label="Record the decision",
    submit="Record this decision",
    form=DecisionForm,
    valid=_decision_is_valid,
    said="The decision is recorded.",
    run=_decide,
)
WITHDRAW = FormAction(
    name="withdraw_consultation",
    resource=CONSULTATION,
    slug="withdrawal",
    permission=MANAGE,
    states=("draft", "open", "closed"),
    label="Withdraw",
    title="Withdraw this consultation",
    intro="The headteachers who were asked read that it was withdrawn, and why.",
    submit="Withdraw this consultation",
    warning=True,
    form=reason_form("Reason", "Enter a reason. Headteachers read it"),
    said="The consultation is withdrawn.",
    run=lambda asked: actions.withdraw_consultation(
        asked.session, asked.person, asked.record, asked.form.note.data
    ),
)
ACTIONS = (OPEN, DECIDE, ADD_QUESTION, EDIT, WITHDRAW)
