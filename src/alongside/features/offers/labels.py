"""Display text for offers: field values and differences between two versions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from alongside.features.authorities.settings import AuthoritySettings, label_of
from alongside.features.authorities.visibility import AUDIENCES
from alongside.features.offers.rows import OfferRow
from alongside.features.schools.phases import PHASES
from alongside.platform.school_calendar.terms import term_words
from alongside.platform.web.formatting import format_date, format_days, format_miles, format_number

LABELS = {
    "title": "Title",
    "description": "What the school could do",
    "themes": "Themes and what shows the strength",
    "phases": "Phases",
    "leader_name": "Who gives it",
    "leader_is_head": "Is the headteacher",
    "designation": "Designation",
    "designation_until": "Designation holds until",
    "days_total": "Days in all",
    "engagements_max": "Schools at once",
    "terms": "Terms",
    "starts_on": "From",
    "ends_on": "Until",
    "travel_miles": "Travels up to",
    "forms_of_support": "Forms of support",
    "appetite": "Would like to be asked",
    "appetite_reason": "Why not this year",
    "ask_again_on": "Ask again from",
    "audience": "Who may see it",
    "visible_to_authority_from": "Shown to the whole authority from",
}
BESIDES = {"change_offer": "changed the offer", "extend_offer": "gave the offer more days or time"}
"""Display text of actions that change no state."""

APPETITES = {"yes": "Yes", "maybe": "Maybe", "no": "Not this year"}
LISTS = {"theme": "themes", "forms_of_support": "forms_of_support", "designation": "designations"}
CHOICES: dict[str, Mapping[str, str]] = {"phases": PHASES, "appetite": APPETITES, "audience": AUDIENCES}
STATES = {
    "draft": "Draft",
    "live": "Live",
    "paused": "Paused",
    "exhausted": "All days promised",
    "ended": "Ended",
}


def display_value(settings: AuthoritySettings, name: str, value: object) -> str:
    """The display text of one field value."""
    if name == "travel_miles":
        return travel_label(value if isinstance(value, int) else None)
    if value is None or (isinstance(value, str | list | dict) and not value):
        return "Not said"
    if isinstance(value, dict):
        return "; ".join(f"{label_of(settings.themes, key)}: {text}" for key, text in value.items())
    words = [str(one) for one in (value if isinstance(value, list) else [value])]
    if name in LISTS:
        return ", ".join(label_of(getattr(settings, LISTS[name]), key) for key in words)
    if name in CHOICES:
        return ", ".join(CHOICES[name].get(key, key) for key in words)
    return ", ".join(term_words(key) for key in words) if name == "terms" else _plainly(value)


def _plainly(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return format_date(value)
    return format_days(value) if isinstance(value, Decimal) else str(value)


def travel_label(miles: int | None) -> str:
    """How far the support partners of an offer travel, as display text."""
    return "No limit" if miles is None else format_miles(miles)


def days_left_label(offer: OfferRow) -> str:
    """What is left of the pool: “2.5 of 6 days”."""
    left = format_number(offer.days_left) if offer.days_left else "None"
    return f"{left} of {format_days(offer.days_total)}"


def difference(
    settings: AuthoritySettings, written: Mapping[str, object], offer: OfferRow
) -> list[tuple[str, str, str]]:
    """The differing fields as (label, your version, current version)."""
    return [
        (
            LABELS[name],
            display_value(settings, name, value),
            display_value(settings, name, getattr(offer, name)),
        )
        for name, value in written.items()
        if value != getattr(offer, name)
    ]
