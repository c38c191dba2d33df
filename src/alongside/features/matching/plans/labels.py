"""Labels for plans: quality, coverage, and the state of each assignment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, NamedTuple

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.matching.engine.result import Coverage
from alongside.features.matching.plans.rows import AssignmentRow, PlanRow
from alongside.features.needs.visibility import LOOKING, limit_words
from alongside.platform.web.formatting import format_count

STATES = {
    "queued": "Waiting to start",
    "running": "Being calculated",
    "done": "Not sent yet",
    "offered": "Better plan, waits for you",
    "sent": "Sent",
    "set_aside": "Set aside",
    "failed": "Could not be calculated",
    "cancelled": "Cancelled",
    "superseded": "Replaced by a later plan",
}
BECAUSE = {
    "fresh": "New plan",
    "change": "After a partner was kept, ruled out or swapped",
    "decline": "After a partner declined",
}
TIERS = {1: "Most urgent", 2: "This term", 3: "Later"}
"""The tiers for an authority with the default urgencies; see `tier_words`."""


def tier_words(settings: AuthoritySettings) -> dict[int, str]:
    """The name of each tier, from the authority's own urgency labels."""
    words = {3: "Later"}
    for entry in sorted(settings.urgencies.values(), key=lambda one: one.order, reverse=True):
        words[min(entry.order, 3)] = entry.label
    return {tier: words.get(tier, TIERS[tier]) for tier in TIERS}


@dataclass(frozen=True, slots=True)
class PlanLabels:
    """The labels of plans for one authority."""

    settings: AuthoritySettings
    states: ClassVar[Mapping[str, str]] = STATES
    because: ClassVar[Mapping[str, str]] = BECAUSE

    def ordinal(self, rank: int | None) -> str:
        """Return “best”, “2nd best”."""
        return ordinal(rank)

    def rank(self, rank: int | None, of: int) -> str:
        """Return “2nd best of 7”."""
        return rank_label(rank, of)

    def theme(self, key: str) -> str:
        """Return the label of a theme."""
        return label_of(self.settings.themes, key)

    def scope(self, run: PlanRow) -> str:
        """Return for whom a plan is made."""
        return run.consortium or "the whole authority"


class CoverageLine(NamedTuple):
    """The needs of one tier, how many have a partner, and what is proven."""

    tier: str
    served: int
    needs: int
    proof: str


@dataclass(frozen=True, slots=True)
class PlanSums:
    """The totals of a plan: needs, matched needs and how many of them are proposed, days, money."""

    needs: int
    served: int
    proposed: int
    days: Decimal
    pence: int
    to_send: int


def how_good(run: PlanRow) -> str:
    """How good a plan is known to be, in the engine’s words; “proven” is used only for proven results."""
    said = str(run.stopped_because or "")
    if run.status == "greedy":
        return f"{said} A better plan may exist: recalculate it later."
    return said


def coverage_lines(coverage: Sequence[Coverage], tiers: dict[int, str]) -> list[CoverageLine]:
    """For each tier with needs: how many have a partner, and whether it is proven that no more can."""
    return [
        CoverageLine(tiers[one.tier], one.served, one.needs, _proof(one)) for one in coverage if one.needs
    ]


def _proof(one: Coverage) -> str:
    if one.served == one.needs:
        return ""
    if one.proven:
        return "Proven: no plan can serve more of them."
    return f"Not proven: a plan might serve up to {one.at_most}."


def assignment_state(settings: AuthoritySettings, assignment: AssignmentRow) -> tuple[str, str]:
    """The state of an assignment: its colour key and its label."""
    if assignment.offer_id is None:
        return "unmet", "Nobody"
    if assignment.proposal_state is None:
        if assignment.not_sent_because:
            return "refused", "Could not be sent"
        return "draft", "Pinned, not sent" if assignment.held_by == "pin" else "Not sent"
    words = {
        "proposed": _waits_for(assignment),
        "to_release": f"Waiting for {assignment.supporting_name} to release its leader",
        "agreed": "Agreed",
        "lapsed": "Nobody answered in time",
        "withdrawn": "Withdrawn",
        "superseded": "Other support was agreed",
    }
    if assignment.proposal_state == "declined":
        side = (
            assignment.requesting_name
            if assignment.declined_by == "requesting"
            else assignment.supporting_name
        )
        reason = (
            label_of(settings.decline_reasons, assignment.decline_reason) if assignment.decline_reason else ""
        )
        return "declined", f"Declined by {side}{': ' + reason if reason else ''}"
    return assignment.proposal_state, words[assignment.proposal_state]


def _waits_for(assignment: AssignmentRow) -> str:
    sides = (
        (assignment.requesting_name, assignment.requesting_accepted_at),
        (assignment.supporting_name or "", assignment.supporting_accepted_at),
    )
    waiting = [name for name, accepted_at in sides if accepted_at is None]
    return f"Waiting for {' and '.join(waiting)}"


def sums(assignments: Sequence[AssignmentRow]) -> PlanSums:
    """The totals of a plan. A match that was declined, withdrawn or not answered in time does not count."""
    served = [one for one in assignments if one.offer_id is not None and not one.over]
    return PlanSums(
        needs=len(assignments),
        served=len(served),
        proposed=sum(one.proposal_id is not None for one in served),
        days=sum((one.days or Decimal(0) for one in served), Decimal(0)),
        pence=sum(one.pence or 0 for one in served),
        to_send=sum(one.waits_to_be_sent for one in served),
    )


def limit_of(settings: AuthoritySettings, assignment: AssignmentRow, today: date) -> str | None:
    """That only its consortium sees a need without a partner, and how many offers only this rules out; or None."""
    shown = assignment.need_visible_from
    if assignment.need_state not in LOOKING or (shown is not None and shown <= today):
        return None
    why = assignment.explanation
    beyond = 0 if why is None else why.only_by.get("not_shown", 0)
    further = f" {format_count(beyond, 'further offer')} would suit it beyond." if beyond else ""
    return f"This need is {limit_words(shown, settings)}.{further}"


def ordinal(rank: int | None) -> str:
    """“best”, “2nd best”, “11th best”; empty if there is no rank."""
    if rank is None:
        return ""
    ending = "th" if 11 <= rank % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return "best" if rank == 1 else f"{rank}{ending} best"


def rank_label(rank: int | None, of: int) -> str:
    """“best of 7”, “2nd best of 7”, “the only one”."""
    if rank is None:
        return ""
    return "the only one" if of == 1 else f"{ordinal(rank)} of {of}"
