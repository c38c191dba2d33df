"""Actions that change the state of an escalation: buttons, reasons and the result at the end."""

from wtforms import Form

from alongside.features.escalations import models
from alongside.features.escalations.resource import ESCALATION, REASON, subject
from alongside.features.escalations.state_changes import actions
from alongside.features.escalations.state_changes.forms import EndForm, WaitForm
from alongside.features.escalations.transitions import CRITERIA_NOT_MET
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import routes_of
from alongside.platform.forms.button_action import ButtonAction
from alongside.platform.forms.form_action import FormAction

HANDLE, ANSWER = Permission.MANAGE_ESCALATION, Permission.RESPOND_TO_ESCALATION


ACKNOWLEDGE = FormAction(
    name="acknowledge_escalation",
    resource=ESCALATION,
    slug="acknowledgement",
    permission=HANDLE,
    states=models.ACKNOWLEDGE.starts,
    label="Acknowledge",
    intro="You become its owner. The consortium is told that the core team has it, and the time to decide starts.",
    form=Form,
    said="The escalation is acknowledged. You are its owner until you assign it to someone else.",
    run=lambda asked: actions.acknowledge_escalation(*subject(asked)),
)
RESUME = ButtonAction(
    name="resume_escalation",
    undo="pause_clock",
    resource=ESCALATION,
    slug="resumption",
    permission=HANDLE,
    states=models.RESUME.starts,
    label="Restart the clock",
    said="The clock is running again.",
    run=lambda asked: actions.resume_escalation(*subject(asked)),
)
OFFER_RETURN = ButtonAction(
    name="offer_return",
    undo="not_yet",
    resource=ESCALATION,
    slug="return",
    permission=HANDLE,
    states=models.OFFER_RETURN.starts,
    refusal=lambda _, row: CRITERIA_NOT_MET if row.unmet_criterion else None,
    explains=True,
    label="Ask the consortium to take the school back",
    said="The consortium has been asked to take the school back.",
    run=lambda asked: actions.offer_return(*subject(asked)),
)
REVIEW = FormAction(
    name="review_escalation",
    resource=ESCALATION,
    slug="review",
    permission=HANDLE,
    states=models.REVIEW.starts,
    label="Record a review",
    intro="Say how the plan is going. The time until the next review starts again.",
    submit="Save this review",
    form=REASON,
    version=lambda row: row.version,
    said="The review is recorded.",
    run=lambda asked: actions.review_escalation(*subject(asked), asked.form.note.data, asked.version),
)
WAIT = FormAction(
    name="pause_clock",
    resource=ESCALATION,
    slug="wait",
    permission=HANDLE,
    states=models.WAIT_ON_SCHOOL.starts,
    label="Pause the clock",
    intro="Nothing is due until you restart the clock. Everyone involved can see who you are waiting for.",
    form=WaitForm,
    version=lambda row: row.version,
    said="The clock is paused.",
    run=lambda asked: actions.pause_deadline(
        *subject(asked), asked.form.waiting_on.data, asked.form.note.data, asked.version
    ),
)
STEP_UP = FormAction(
    name="step_up_escalation",
    resource=ESCALATION,
    slug="escalate",
    permission=HANDLE,
    states=models.STEP_UP.starts,
    label="Escalate further",
    intro="A maintained school goes to the statutory steps, another to the board. The consortium is told.",
    form=REASON,
    version=lambda row: row.version,
    said="The escalation has been escalated further.",
    run=lambda asked: actions.change_level(
        *subject(asked), models.STEP_UP, asked.form.note.data, asked.version
    ),
)
STEP_DOWN = FormAction(
    name="step_down_escalation",
    resource=ESCALATION,
    slug="de-escalate",
    permission=HANDLE,
    states=models.STEP_DOWN.starts,
    label="De-escalate",
    intro="The escalation continues with its plan. The consortium is told.",
    form=REASON,
    version=lambda row: row.version,
    said="The escalation is in progress again.",
    run=lambda asked: actions.change_level(
        *subject(asked), models.STEP_DOWN, asked.form.note.data, asked.version
    ),
)
CLOSE = FormAction(
    name="close_escalation",
    resource=ESCALATION,
    slug="closing",
    permission=HANDLE,
    states=models.CLOSE.starts,
    relevant=lambda _, row: not row.open_task,
    label="Close",
    title="Close this escalation",
    intro="The consortium is sent the outcome in writing. You cannot close an escalation with open actions.",
    submit="Close this escalation",
    form=EndForm,
    version=lambda row: row.version,
    said="The escalation is closed.",
    run=lambda asked: actions.close_escalation(*subject(asked), asked.form.columns(), asked.version),
)
ACCEPT_RETURN = FormAction(
    name="accept_return",
    resource=ESCALATION,
    slug="accept-return",
    permission=ANSWER,
    states=models.ACCEPT_RETURN.starts,
    relevant=lambda _, row: not row.open_task,
    label="Take the school back",
    intro="The criteria are met. The escalation closes, and your consortium is responsible for the school again.",
    submit="Confirm and take the school back",
    form=EndForm,
    version=lambda row: row.version,
    said="The school is back with your consortium, and the escalation is closed.",
    run=lambda asked: actions.accept_return(*subject(asked), asked.form.columns(), asked.version),
)
NOT_YET = FormAction(
    name="not_yet",
    resource=ESCALATION,
    slug="decline-return",
    permission=ANSWER,
    states=models.NOT_YET.starts,
    label="Say it is too early",
    title="Say it is too early to take the school back",
    intro="The escalation continues. The core team is told.",
    submit="Send to the core team",
    form=REASON,
    version=lambda row: row.version,
    said="The core team has been told. The escalation continues.",
    run=lambda asked: actions.not_yet(*subject(asked), asked.form.note.data, asked.version),
)
WITHDRAW = FormAction(
    name="withdraw_escalation",
    resource=ESCALATION,
    slug="withdrawal",
    permission=ANSWER,
    states=models.WITHDRAW.starts,
    label="Withdraw",
    title="Withdraw this escalation",
    intro="The core team is told. You can reopen it later.",
    submit="Withdraw this escalation",
    warning=True,
    form=REASON,
    version=lambda row: row.version,
    said="The escalation is withdrawn.",
    run=lambda asked: actions.withdraw_escalation(*subject(asked), asked.form.note.data, asked.version),
)
REOPEN = FormAction(
    name="reopen_escalation",
    resource=ESCALATION,
    slug="reopening",
    permission=Permission.REOPEN_ESCALATION,
    states=models.REOPEN_ESCALATION.starts,
    label="Reopen",
    title="Reopen this escalation",
    intro="The core team must decide again what happens next.",
    submit="Reopen this escalation",
    form=REASON,
    version=lambda row: row.version,
    said="The escalation is open again.",
    run=lambda asked: actions.reopen_escalation(*subject(asked), asked.form.note.data, asked.version),
)
routes = routes_of(
    (
        ACKNOWLEDGE,
        RESUME,
        OFFER_RETURN,
        REVIEW,
        WAIT,
        STEP_UP,
        STEP_DOWN,
        CLOSE,
        ACCEPT_RETURN,
        NOT_YET,
        WITHDRAW,
        REOPEN,
    )
)
