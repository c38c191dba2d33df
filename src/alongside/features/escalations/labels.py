"""Labels and sentences for states, decisions, results and actions of an escalation."""

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.escalations.models import MOVES, OUTCOMES, RESULTS
from alongside.features.escalations.rows import EscalationLine, EscalationRow
from alongside.features.escalations.tasks.models import MOVES as TASK_MOVES

STATES = {
    "raised": "Raised",
    "acknowledged": "Acknowledged",
    "triaged": "Decided",
    "active": "In progress",
    "waiting_on_consortium": "Waiting for the consortium",
    "waiting_on_school": "Waiting for the school",
    "waiting_on_provider": "Waiting for the provider",
    "returning": "Return offered",
    "stepped_up": "Escalated further",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
    "merged": "Merged",
}
BESIDES = {
    "tell_school": "told the headteacher of the escalation",
    "send_held_message": "told the headteacher at once, before the school morning",
    "hand_over_escalation": "handed over the work of a person who left",
    "assign_escalation": "assigned the escalation",
    "meet_criterion": "marked a criterion as met",
    "drop_criterion": "removed a criterion",
    "record_visit": "recorded a visit",
    "correct_visit": "corrected the record of a visit",
    "add_file": "added an attachment",
    "remove_file": "removed an attachment",
    "name_reader": "added a reader",
    "end_reader": "removed a reader",
    "record_statutory_step": "recorded a statutory step",
    "overrule_heads": "overruled a decision of headteachers",
    "answer_referral": "recorded the answer of the DfE regions group",
    "ask_matching": "asked for a match",
    "merge_in": "merged another escalation into this one",
}
"""Labels of actions that do not change the state."""

PAST = {move.verb: move.past for move in (*MOVES, *TASK_MOVES)} | BESIDES


def waiting_message(settings: AuthoritySettings, row: EscalationRow) -> str | None:
    """One sentence that says who acts next; None if the escalation is over."""
    team = settings.words.core_team
    owner = row.owner or f"the {team}"
    match row.state:
        case "raised":
            return f"Waiting for the {team} to acknowledge it."
        case "acknowledged":
            return f"Waiting for {owner} to decide what happens next."
        case "triaged":
            return f"Waiting for {owner} to agree a plan."
        case "active" | "stepped_up":
            return f"{owner[:1].upper()}{owner[1:]} is working on this escalation."
        case "waiting_on_consortium":
            return f"Waiting for the {settings.words.consortium}. The clock is paused."
        case "waiting_on_school":
            return "Waiting for the school. The clock is paused."
        case "waiting_on_provider":
            return f"Waiting for {row.provider or 'the provider'}. The clock is paused."
        case "returning":
            return f"Waiting for {row.consortium} to take the school back."
        case _:
            return None


def outcome_label(row: EscalationLine) -> str | None:
    """The decision, with provider, supporter or consortium; None before there is one."""
    match row.outcome:
        case None:
            return None
        case "procured":
            return f"{OUTCOMES['procured']}: {row.provider}"
        case "returned":
            return f"{OUTCOMES['returned']}: {row.named_support}"
        case "other_consortium":
            return f"{row.handling_consortium} takes over"
        case _:
            return OUTCOMES[row.outcome]


def reason_label(settings: AuthoritySettings, row: EscalationRow) -> str:
    """The label of the reason the consortium gave."""
    label = label_of(settings.escalation_reasons, row.reason)
    return f"{label}: {row.reason_words}" if row.reason_words else label


def result_label(row: EscalationLine) -> str | None:
    """The label of how an escalation ended."""
    return RESULTS.get(row.result) if row.result else None
