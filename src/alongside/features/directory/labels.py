"""Labels and display values of an entry, differences between two texts, and who acts next."""

from collections.abc import Mapping
from decimal import Decimal

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.directory.entry import Entry
from alongside.features.directory.evidence import ENOUGH_TRIES, level_of
from alongside.features.schools.phases import PHASES
from alongside.platform.audit.changes import plain
from alongside.platform.school_calendar.terms import term_words
from alongside.platform.web.formatting import format_hours, format_money

LABELS = {
    "kind": "What it is",
    "title": "Title",
    "themes": "Themes",
    "phases": "Phases",
    "key_stages": "Key stages",
    "problem": "The problem",
    "context": "The context",
    "what_we_did": "What we did",
    "evidence": "What shows that it worked",
    "claimed_level": "How strong the school says the evidence is",
    "what_to_avoid": "What to avoid",
    "what_you_need": "What you need to do it",
    "cost_pence": "What it cost",
    "staff_hours": "Hours of staff time",
    "staff_time": "Whose time",
    "term": "When it was done",
    "who_to_ask": "Who to ask",
    "visibility": "Who may see it",
}
KINDS = {"practice": "Practice", "work_in_progress": "Work in progress"}
STATES = {
    "draft": "Draft",
    "submitted": "Waiting for a peer",
    "peer_check": "Checked by a peer",
    "verified": "Verified",
    "review_due": "Review due",
    "reverified": "Verified again",
    "returned": "Returned",
    "archived": "Archived",
}
WORKED = {
    "yes": "It worked",
    "partly": "It worked in part",
    "no": "It did not work",
    "too_early": "Too early to say",
}


def display_value(settings: AuthoritySettings, name: str, value: object) -> str:
    """One value as displayed."""
    if value is None or (isinstance(value, str | list) and not value):
        return "Not said"
    keys = [str(key) for key in value] if isinstance(value, list | tuple) else []
    text = str(value)
    match name:
        case "themes" | "key_stages":
            labels = settings.themes if name == "themes" else settings.key_stages
            return ", ".join(label_of(labels, key) for key in keys)
        case "phases":
            return ", ".join(PHASES.get(key, key) for key in keys)
        case "kind":
            return KINDS.get(text, text)
        case "visibility":
            return visibilities(settings).get(text, text)
        case "cost_pence":
            return format_money(int(text))
        case "staff_hours":
            return format_hours(Decimal(text))
        case "claimed_level":
            return level_of(int(text)).label
        case "term":
            return term_words(text)
    return text


def visibilities(settings: AuthoritySettings) -> dict[str, str]:
    """The visibilities an entry may have here, from the narrowest to the widest that the authority allows."""
    shown = {
        "consortium": f"Schools of our {settings.words.consortium}",
        "authority": "Every school of the authority",
        "public": "Everybody, without signing in",
    }
    allowed = list(shown)[: list(shown).index(settings.directory.widest) + 1]
    return {key: shown[key] for key in allowed}


def difference(
    settings: AuthoritySettings, written: Mapping[str, object], other: Mapping[str, object]
) -> list[tuple[str, str, str]]:
    """(label, first text, second text) for each value that differs."""
    return [
        (LABELS[name], display_value(settings, name, value), display_value(settings, name, other.get(name)))
        for name, value in written.items()
        if name in LABELS and plain(value) != plain(other.get(name))
    ]


def waiting_for(entry: Entry, settings: AuthoritySettings) -> str | None:
    """Who acts next, in one sentence; None when nobody has to."""
    lead, team = settings.words.consortium_lead, settings.words.core_team
    match entry.state:
        case "draft" if entry.partner_urn and entry.verified_edition not in (None, entry.edition):
            return (
                "It was changed after it was verified, so it is out of the directory until both schools have agreed"
                " to the new text. Then it is checked and verified again."
            )
        case "draft":
            return f"Waiting for {entry.school} to finish the draft and send it to be checked."
        case "submitted":
            return f"Waiting for the headteacher of another school, or the {lead}, to check it."
        case "peer_check":
            return f"A peer has checked it. Waiting for the {lead} or the {team} to verify it."
        case "returned":
            return f"Waiting for {entry.school} to put it right and send it again."
        case "review_due" if entry.edition != entry.verified_edition:
            return "It was changed after it was verified. The change waits to be verified."
        case "review_due":
            return f"Waiting for the {lead} or the {team} to verify it again."
        case _:
            return None


def tries_text(entry: Entry) -> str:
    """How many schools said they would try an entry and what came of it; empty for fewer than three schools."""
    if entry.tries_said < ENOUGH_TRIES:
        return ""
    return (
        f"{entry.tries_said} schools said they would try this; "
        f"{entry.tries_did} did, {entry.tries_changed} changed it."
    )
