"""Display text for needs: field values, differences between two versions, and who acts next."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.authorities.visibility import AUDIENCES
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.phases import PHASES
from alongside.platform.school_calendar.terms import term_words
from alongside.platform.web.formatting import format_date, format_days

LABELS = {
    "title": "Title",
    "theme": "Theme",
    "phase": "Phase",
    "key_stage": "Key stage",
    "wanted": "What the school wants",
    "success_criteria": "What good would look like",
    "form_of_support": "Form of support",
    "terms": "Terms",
    "starts_on": "From",
    "ends_on": "Until",
    "days": "Days",
    "urgency": "Urgency",
    "audience": "Who may see it",
    "visible_to_authority_from": "Shown to the whole authority from",
}
LISTS = {
    "theme": "themes",
    "key_stage": "key_stages",
    "form_of_support": "forms_of_support",
    "urgency": "urgencies",
}
STATES = {
    "draft": "Draft",
    "to_confirm": "To be confirmed",
    "open": "Open",
    "proposed": "Support proposed",
    "agreed": "Support agreed",
    "in_support": "In support",
    "met": "Met",
    "part_met": "Met in part",
    "not_met": "Not met",
    "unmet": "Nobody found",
    "paused": "Paused",
    "withdrawn": "Withdrawn",
}


def state_today(need: NeedRow, today: date) -> str:
    """The state that holds today: a need is open again when its last proposal is late, before the job says so."""
    late = need.state == "proposed" and need.proposed_until is not None and need.proposed_until < today
    return "open" if late else need.state


def display_value(settings: AuthoritySettings, name: str, value: object) -> str:
    """The display text of one field value."""
    if value is None or (isinstance(value, str | list) and not value):
        return "Not said"
    if name in LISTS:
        return label_of(getattr(settings, LISTS[name]), str(value))
    if name in ("phase", "audience"):
        return (PHASES if name == "phase" else AUDIENCES).get(str(value), str(value))
    if isinstance(value, list):
        return ", ".join(term_words(key) for key in value)
    if isinstance(value, date):
        return format_date(value)
    return format_days(value) if isinstance(value, Decimal) else str(value)


def difference(
    settings: AuthoritySettings, written: Mapping[str, object], need: NeedRow
) -> list[tuple[str, str, str]]:
    """The differing fields as (label, your version, current version)."""
    return [
        (
            LABELS[name],
            display_value(settings, name, value),
            display_value(settings, name, getattr(need, name)),
        )
        for name, value in written.items()
        if value != getattr(need, name)
    ]


def waiting_message(need: NeedRow, today: date) -> str | None:
    """One sentence that says who must act next; None when no action is due."""
    match state_today(need, today):
        case "draft":
            return f"Waiting for {need.drafter or need.school} to finish the draft."
        case "to_confirm":
            return f"Waiting for the headteacher of {need.school} to confirm and post it."
        case "open":
            return "Waiting for a school to offer support, or for somebody to propose an offer."
        case "proposed":
            return "Waiting for an answer to the support that was proposed."
        case "agreed":
            return "Waiting for both schools to begin: support is agreed."
        case "in_support":
            return "Waiting for the support to be given and reviewed."
        case "paused":
            return f"Waiting for {need.school} to confirm it."
        case _:
            return None
