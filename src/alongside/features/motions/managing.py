"""Actions after the vote, or instead of it: casting vote, outcome, ending, referral and overruling."""

from collections.abc import Mapping
from uuid import UUID

from alongside.errors import ActionRefused
from alongside.features.boards.queries import get_body, seats_of
from alongside.features.motions import following
from alongside.features.motions.forms import AnswerForm, CastingForm, OutcomeForm, OverrulingForm
from alongside.features.motions.resource import MOTION
from alongside.features.motions.rows import MotionRow
from alongside.platform.access.permissions import Permission
from alongside.platform.forms.action import ActionRequest
from alongside.platform.forms.form_action import FormAction, FormRequest
from alongside.platform.forms.reason import ReasonForm, reason_form

MANAGE, OVERRULE_BOARD = Permission.MANAGE_BOARD, Permission.OVERRULE_BOARD
DECIDED = ("carried", "lost", "inquorate", "rescinded", "referred", "granted", "refused")


def _ending(state: str, name: str, slug: str, label: str, intro: str) -> FormAction[MotionRow, ReasonForm]:
    return FormAction(
        name=name,
        resource=MOTION,
        slug=slug,
        permission=MANAGE,
        states=("carried",) if state == "rescinded" else ("tabled", "open"),
        label=label,
        title=label,
        intro=intro,
        submit=label,
        warning=True,
        form=reason_form("Reason", "Enter a reason. Members read it"),
        said=f"The motion is {state}.",
        run=lambda asked: following.end_motion(
            asked.session, asked.person, asked.record.id, state, asked.form.note.data
        ),
    )


WITHDRAW = _ending(
    "withdrawn",
    "withdraw_motion",
    "withdrawal",
    "Withdraw this motion",
    "Nobody can vote on it any more. The motion and your reason stay on record.",
)
DEFER = _ending(
    "deferred",
    "defer_motion",
    "deferral",
    "Defer this motion",
    "Nobody can vote on it any more. Table it again for a later meeting.",
)
RESCIND = _ending(
    "rescinded",
    "rescind_motion",
    "rescission",
    "Rescind this decision",
    "The decision no longer holds. The votes and your reason stay on record.",
)


async def _record_casting(asked: FormRequest[MotionRow, CastingForm]) -> None:
    body = await get_body(asked.session, asked.person, MANAGE, asked.record.body_key)
    if body.stored is None or body.stored.chair_id is None:
        raise ActionRefused("Record the chair of the board first.", asked.record.state)
    await following.record_casting_vote(
        asked.session, asked.person, asked.record.id, str(asked.form.choice.data), body.stored.chair_id
    )


async def _owners(asked: FormRequest[MotionRow, OutcomeForm]) -> None:
    seats = await seats_of(asked.session, asked.person, asked.record.body_id)
    held = {str(one.person_id): one.holder for one in seats if one.person_id is not None}
    if asked.record.owner_id is not None:
        held.setdefault(str(asked.record.owner_id), str(asked.record.owner))
    asked.form.owner.choices = [("", "Nobody"), *held.items()]


def _outcome(asked: ActionRequest[MotionRow]) -> Mapping[str, object]:
    row = asked.record
    return {
        "result_reason": row.result_reason,
        "conditions": row.conditions,
        "review_on": row.review_on,
        "owner": str(row.owner_id or ""),
    }


async def _record_outcome(asked: FormRequest[MotionRow, OutcomeForm]) -> None:
    form = asked.form
    owner = UUID(form.owner.data) if form.owner.data else None
    await following.record_outcome(
        asked.session,
        asked.person,
        asked.record.id,
        form.result_reason.data,
        form.conditions.data,
        form.review_on.data,
        owner,
    )


RECORD_CASTING: FormAction[MotionRow, CastingForm] = FormAction(
    name="record_casting_vote",
    resource=MOTION,
    slug="casting-vote",
    permission=MANAGE,
    states=("tied",),
    label="Record the casting vote",
    intro="The chair’s vote decides the motion. It cannot be undone.",
    submit="Record the casting vote",
    form=CastingForm,
    said="The casting vote is recorded.",
    run=_record_casting,
)
OUTCOME: FormAction[MotionRow, OutcomeForm] = FormAction(
    name="record_motion_outcome",
    undo="record_motion_outcome",
    resource=MOTION,
    slug="outcome",
    permission=MANAGE,
    states=DECIDED,
    label="Record reasons and review",
    intro="Members read the reasons. The text, the votes and the result stay as they are.",
    submit="Save",
    form=OutcomeForm,
    choices=_owners,
    initial=_outcome,
    said="The reasons are saved.",
    run=_record_outcome,
)
OVERRULE: FormAction[MotionRow, OverrulingForm] = FormAction(
    name="overrule_motion",
    resource=MOTION,
    slug="overruling",
    permission=OVERRULE_BOARD,
    states=("carried", "lost"),
    label="Overrule this decision",
    intro="Only a ground in law allows this. Every member is notified at once. The decision of the board stays visible."
    " It cannot be undone, and it counts on the page of the board.",
    submit="Overrule this decision",
    warning=True,
    relevant=lambda _, row: row.overruling and not row.overruled,
    refusal=lambda _, row: (
        None if row.overruling else "The rules of this board do not let the authority overrule this decision."
    ),
    form=OverrulingForm,
    said="The decision is overruled. Every member is notified.",
    run=lambda asked: following.overrule(
        asked.session,
        asked.person,
        asked.record.id,
        str(asked.form.ground.data),
        asked.form.legal_basis.data,
        asked.form.reason.data,
    ),
)
REFER: FormAction[MotionRow, ReasonForm] = FormAction(
    name="refer_motion",
    resource=MOTION,
    slug="referral",
    permission=OVERRULE_BOARD,
    states=("lost",),
    label="Refer to the Secretary of State",
    intro="Record the answer here when it comes. A referral cannot be undone.",
    submit="Record the referral",
    relevant=lambda _, row: row.referable,
    form=reason_form("Reason", "Enter a reason. Members read it"),
    said="The referral is recorded.",
    run=lambda asked: following.refer_motion(
        asked.session, asked.person, asked.record.id, asked.form.note.data
    ),
)
ANSWER: FormAction[MotionRow, AnswerForm] = FormAction(
    name="answer_referral",
    resource=MOTION,
    slug="answer",
    permission=OVERRULE_BOARD,
    states=("referred",),
    label="Record the answer",
    title="Record the answer of the Secretary of State",
    intro="Members read the answer. It cannot be changed.",
    submit="Record this answer",
    form=AnswerForm,
    valid=lambda asked: asked.form.check(asked.person.today),
    said="The answer is recorded.",
    run=lambda asked: following.record_answer(
        asked.session, asked.person, asked.record.id, str(asked.form.outcome.data), asked.form.on.data
    ),
)
AFTER_THE_RESULT = (RECORD_CASTING, OUTCOME, OVERRULE, REFER, ANSWER, DEFER, WITHDRAW, RESCIND)
