"""Filters for lists of needs, and their CSV export."""

from collections.abc import Iterable
from typing import Any

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.needs.labels import LABELS, STATES, display_value
from alongside.platform.web.formatting import format_iso_date
from alongside.platform.web.spreadsheet import as_csv

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft", "to_confirm")),
    "open": ("Open", ("open", "proposed", "paused")),
    "support": ("Support agreed", ("agreed", "in_support")),
    "closed": ("Closed", ("met", "part_met", "not_met", "unmet", "withdrawn")),
}
"""The filters of a list: key in the query string → label and states."""

COLUMNS = ("title", "theme", "phase", "key_stage", "form_of_support", "days", "terms", "urgency")


def needs_as_csv(settings: AuthoritySettings, needs: Iterable[Any]) -> bytes:
    """Needs as CSV, one per row, with labels instead of keys."""
    heads = ("School", "URN", "State", *(LABELS[name] for name in COLUMNS), "Posted", "Confirmed", "Link")
    rows = (
        (
            need.school,
            need.school_urn,
            STATES[need.state],
            *(display_value(settings, name, getattr(need, name)) for name in COLUMNS),
            format_iso_date(need.posted_at),
            need.confirmed_on or "",
            f"/needs/{need.id}",
        )
        for need in needs
    )
    return as_csv(heads, rows)
