"""Template variables that every page of the directory needs to display an entry."""

from typing import Any

from alongside.errors import ValidationFailed
from alongside.features.authorities import settings_of
from alongside.features.directory.evidence import LEVELS, level_of
from alongside.features.directory.labels import LABELS, STATES, WORKED, in_words
from alongside.platform.access.principal import Principal
from alongside.platform.web.form_data import FormData

SUMMARY = 260
"""Characters of an entry's text shown in a list."""


def words_for(person: Principal) -> dict[str, Any]:
    """The labels and formatters for the person's authority."""
    settings = settings_of(person.authority_id)
    return {
        "in_words": lambda name, value: in_words(settings, name, value),
        "settings": settings,
        "STATES": STATES,
        "LABELS": LABELS,
        "WORKED": WORKED,
        "LEVELS": LEVELS,
        "level_of": level_of,
        "SUMMARY": SUMMARY,
    }


def version_of(written: FormData) -> int:
    """The version that the submitted form was based on. Raises ValidationFailed when it is missing."""
    text = written.one("version")
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ValidationFailed(
            {"version": ["This form has gone out of date. Reload the page and start again."]}
        )
    return int(text)
