"""Lists of needs: by which groups of states they are filtered, and their form for a spreadsheet."""

from collections.abc import Iterable
from typing import Any

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.needs.labels import LABELS, STATES, in_words
from alongside.platform.web.spreadsheet import as_csv

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft", "to_confirm")),
    "open": ("Open", ("open", "proposed", "paused")),
    "support": ("Support agreed", ("agreed", "in_support")),
    "closed": ("Closed", ("met", "part_met", "not_met", "unmet", "withdrawn")),
}
"""The groups by which a list is filtered: key in the address → label and states."""

COLUMNS = ("title", "theme", "phase", "key_stage", "form_of_support", "days", "terms", "urgency")


def number_of_page(text: str) -> int:
    """Which page of a list is asked for; the first when that is not said in a number up to 1,000."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 3 else 1


def needs_as_csv(settings: AuthoritySettings, needs: Iterable[Any]) -> bytes:
    """Needs for a spreadsheet, one a row, with words and not keys."""
    heads = ("School", "URN", "State", *(LABELS[name] for name in COLUMNS), "Posted", "Confirmed", "Link")
    rows = (
        (
            need.school,
            need.school_urn,
            STATES[need.state],
            *(in_words(settings, name, getattr(need, name)) for name in COLUMNS),
            f"{need.posted_at:%Y-%m-%d}" if need.posted_at else "",
            need.confirmed_on or "",
            f"/needs/{need.id}",
        )
        for need in needs
    )
    return as_csv(heads, rows)
