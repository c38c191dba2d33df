"""What a person may do with a case now, and what is asked first: where law, state and their interests allow."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Stale
from alongside.escalations import model
from alongside.escalations.model import FINALS
from alongside.escalations.seats import may_case
from alongside.escalations.statutory.actions import ON_THE_LADDER
from alongside.web.answers import Page
from alongside.workflow import Move


@dataclass(frozen=True, slots=True)
class Act:
    """One button: `noun` ends the address, `asks` is whether a page asks for something first."""

    noun: str
    label: str
    asks: bool = True


OFFERED: tuple[tuple[tuple[Move, ...], Act], ...] = (
    ((model.ACKNOWLEDGE,), Act("acknowledgement", "Acknowledge", asks=False)),
    ((model.TRIAGE,), Act("decision", "Decide what is to happen")),
    ((model.AGREE_PLAN,), Act("plan", "Agree the plan")),
    ((model.RESUME,), Act("resumption", "Go on", asks=False)),
    ((model.REVIEW,), Act("review", "Review")),
    ((model.OFFER_RETURN,), Act("return", "Ask to take it back", asks=False)),
    ((model.TAKE_BACK,), Act("taking-back", "Take the school back")),
    ((model.NOT_YET,), Act("objection", "It is too early")),
    (tuple(model.WAITING.values()), Act("wait", "Wait for somebody")),
    ((model.STEP_UP,), Act("stepping-up", "Step up")),
    ((model.STEP_DOWN,), Act("stepping-down", "Step down again")),
    ((model.CLOSE,), Act("closing", "Close")),
    ((model.DECIDE_AGAIN,), Act("decision", "Decide anew")),
    ((model.WITHDRAW,), Act("withdrawal", "Withdraw")),
    ((model.MERGE,), Act("merger", "Merge into another")),
    ((model.REOPEN_CASE,), Act("reopening", "Open again")),
)
BESIDES: tuple[tuple[Permission, Act], ...] = (
    (Permission.WORK_ON_CASE, Act("tasks/new", "Agree an action")),
    (Permission.WORK_ON_CASE, Act("visits/new", "Record a visit")),
    (Permission.WORK_ON_CASE, Act("files/new", "Add an attachment")),
    (Permission.HANDLE_CASE, Act("owner", "Give to somebody")),
    (Permission.HANDLE_CASE, Act("readers", "Name a reader")),
)
"""What can be done with any case that is not over."""


def moves_offered(person: Person, row: Any, interests: Collection[int]) -> list[Act]:
    """The moves that this person may take with this case now, the likeliest first."""
    if row.school_urn in interests:
        return []
    offered: dict[str, Act] = {}
    for moves, act in OFFERED:
        if any(
            row.state in move.starts and move.permission and may_case(person, move.permission, row)
            for move in moves
        ):
            offered.setdefault(act.noun, act)
    return list(offered.values())


def work_offered(person: Person, row: Any, interests: Collection[int]) -> list[Act]:
    """What else this person may add to this case now."""
    if row.state in FINALS:
        return []
    free = row.school_urn not in interests
    offered = [
        act
        for permission, act in BESIDES
        if may_case(person, permission, row) and (free or act.noun == "owner")
    ]
    on_ladder = row.state in ON_THE_LADDER and (row.outcome == "statutory" or row.state == "stepped_up")
    if free and on_ladder and row.maintained and may_case(person, Permission.TAKE_STATUTORY_STEP, row):
        offered.append(Act("statutory-steps/new", "Record a statutory step"))
    if free and row.referred_on is not None and may_case(person, Permission.HANDLE_CASE, row):
        offered.append(Act("referral-answer", "Record the answer of the DfE"))
    if free and may_case(person, Permission.OVERRULE_HEADS, row):
        offered.append(Act("overruling", "Overrule heads"))
    if free and row.told_at is None and may_case(person, Permission.WORK_ON_CASE, row):
        offered.insert(0, Act("telling", "Tell the headteacher", asks=False))
    return offered


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks before an act: its address under the case, its words, and the fields in their order."""

    noun: str
    title: str
    intro: str
    button: str
    fields: tuple[str, ...]
    warning: bool = False


def act_page(
    row: Any,
    asked: Asked,
    form: Any,
    *,
    status: int = 200,
    stale: Stale | None = None,
    version: int | None = None,
    where: str | None = None,
) -> Page:
    """The page that asks for something before an act; after somebody was faster it shows both."""
    context = {
        "case": row,
        "asked": asked,
        "form": form,
        "stale": stale,
        "version": stale.version if stale else row.version if version is None else version,
        "where": where or f"/cases/{row.id}/{asked.noun}",
    }
    return Page("cases/act.html", context, status=409 if stale else status)


def blame_all(form: Any, problem: Invalid) -> None:
    """Put the mistakes that an act found beside the fields they belong to."""
    for name, sentences in problem.mistakes.items():
        if name in form:
            form[name].errors = list(sentences)
