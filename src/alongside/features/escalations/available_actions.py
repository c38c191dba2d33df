"""The actions a person can take on an escalation now, and the page that asks for a form before an action."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from alongside.errors import EditConflict, ValidationFailed
from alongside.features.escalations import models as escalations_models
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.statutory.actions import ON_THE_LADDER
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.responses import Page
from alongside.platform.workflow import Transition


@dataclass(frozen=True, slots=True)
class ActionButton:
    """One button: `noun` is the last part of its URL, `asks` is whether it opens a form first."""

    noun: str
    label: str
    asks: bool = True


OFFERED: tuple[tuple[tuple[Transition, ...], ActionButton], ...] = (
    ((escalations_models.ACKNOWLEDGE,), ActionButton("acknowledgement", "Acknowledge", asks=False)),
    ((escalations_models.TRIAGE,), ActionButton("decision", "Decide what is to happen")),
    ((escalations_models.AGREE_PLAN,), ActionButton("plan", "Agree the plan")),
    ((escalations_models.RESUME,), ActionButton("resumption", "Go on", asks=False)),
    ((escalations_models.REVIEW,), ActionButton("review", "Review")),
    ((escalations_models.OFFER_RETURN,), ActionButton("return", "Ask to take it back", asks=False)),
    ((escalations_models.ACCEPT_RETURN,), ActionButton("accept-return", "Take the school back")),
    ((escalations_models.NOT_YET,), ActionButton("decline-return", "It is too early")),
    (tuple(escalations_models.WAITING.values()), ActionButton("wait", "Wait for somebody")),
    ((escalations_models.STEP_UP,), ActionButton("escalate", "Step up")),
    ((escalations_models.STEP_DOWN,), ActionButton("de-escalate", "Step down again")),
    ((escalations_models.CLOSE,), ActionButton("closing", "Close")),
    ((escalations_models.DECIDE_AGAIN,), ActionButton("decision", "Decide anew")),
    ((escalations_models.WITHDRAW,), ActionButton("withdrawal", "Withdraw")),
    ((escalations_models.MERGE,), ActionButton("merger", "Merge into another")),
    ((escalations_models.REOPEN_ESCALATION,), ActionButton("reopening", "Open again")),
)
BESIDES: tuple[tuple[Permission, ActionButton], ...] = (
    (Permission.CONTRIBUTE_TO_ESCALATION, ActionButton("tasks/new", "Agree an action")),
    (Permission.CONTRIBUTE_TO_ESCALATION, ActionButton("visits/new", "Record a visit")),
    (Permission.CONTRIBUTE_TO_ESCALATION, ActionButton("files/new", "Add an attachment")),
    (Permission.ASSIGN_ESCALATION, ActionButton("owner", "Give to somebody")),
    (Permission.MANAGE_ESCALATION, ActionButton("readers", "Name a reader")),
)
"""Labels of what can be added to any escalation that is not over."""


def available_transitions(person: Principal, row: Any, interests: Collection[int]) -> list[ActionButton]:
    """The transitions this person may make with this escalation now, the most likely first."""
    offered: dict[str, ActionButton] = {}
    for moves, act in OFFERED:
        if any(
            row.state in move.starts
            and move.permission
            and may_escalation(person, move.permission, row, interests)
            for move in moves
        ):
            offered.setdefault(act.noun, act)
    return list(offered.values())


def available_additions(person: Principal, row: Any, interests: Collection[int]) -> list[ActionButton]:
    """What else this person may add to this escalation now."""
    if row.state in FINALS:
        return []

    def may(permission: Permission) -> bool:
        return may_escalation(person, permission, row, interests)

    offered = [act for permission, act in BESIDES if may(permission)]
    on_ladder = row.state in ON_THE_LADDER and (row.outcome == "statutory" or row.state == "stepped_up")
    if on_ladder and row.maintained and may(Permission.RECORD_STATUTORY_STEP):
        offered.append(ActionButton("statutory-steps/new", "Record a statutory step"))
    if row.referred_on is not None and may(Permission.MANAGE_ESCALATION):
        offered.append(ActionButton("referral-answer", "Record the answer of the DfE"))
    if may(Permission.OVERRULE_HEADS):
        offered.append(ActionButton("overruling", "Overrule heads"))
    if row.notified_at is None and may(Permission.CONTRIBUTE_TO_ESCALATION):
        offered.insert(0, ActionButton("telling", "Tell the headteacher", asks=False))
    return offered


@dataclass(frozen=True, slots=True)
class ActionForm:
    """Declaration of a form page before an action: last part of its URL, texts, and field names in order."""

    noun: str
    title: str
    intro: str
    button: str
    fields: tuple[str, ...]
    warning: bool = False


def action_form_page(
    row: Any,
    asked: ActionForm,
    form: Any,
    *,
    status: int = 200,
    stale: EditConflict | None = None,
    version: int | None = None,
    where: str | None = None,
) -> Page:
    """Render the form page of an action; after an edit conflict it shows both versions."""
    context = {
        "escalation": row,
        "asked": asked,
        "form": form,
        "stale": stale,
        "version": stale.version if stale else row.version if version is None else version,
        "where": where or f"/escalations/{row.id}/{asked.noun}",
    }
    return Page("escalations/act.html", context, status=409 if stale else status)


def attach_errors(form: Any, problem: ValidationFailed) -> None:
    """Attach the errors that an action raised to the form fields they belong to."""
    for name, sentences in problem.mistakes.items():
        if name in form:
            form[name].errors = list(sentences)
