"""Template variables that every page of the directory needs to display an entry."""

from typing import Any

from alongside.features.authorities import settings_of
from alongside.features.directory.evidence import LEVELS, level_of
from alongside.features.directory.labels import LABELS, STATES, WORKED, display_value
from alongside.platform.access.principal import Principal

SUMMARY = 260
"""Characters of an entry's text shown in a list."""


def words_for(person: Principal) -> dict[str, Any]:
    """The labels and formatters for the person's authority."""
    settings = settings_of(person.authority_id)
    return {
        "display_value": lambda name, value: display_value(settings, name, value),
        "settings": settings,
        "STATES": STATES,
        "LABELS": LABELS,
        "WORKED": WORKED,
        "LEVELS": LEVELS,
        "level_of": level_of,
        "SUMMARY": SUMMARY,
    }
