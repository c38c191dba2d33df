"""Filters for lists of offers, and their CSV export."""

from collections.abc import Iterable

from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.offers.labels import LABELS, STATES, display_value
from alongside.features.offers.rows import OfferRow
from alongside.platform.web.spreadsheet import as_csv

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "drafts": ("Drafts", ("draft",)),
    "live": ("Live", ("live",)),
    "paused": ("Paused", ("paused",)),
    "exhausted": ("All days promised", ("exhausted",)),
    "ended": ("Ended", ("ended",)),
}
"""The filters of a list: key in the query string → label and states."""

COLUMNS = ("title", "themes", "phases", "leader_name", "designation", "forms_of_support", "terms", "appetite")


def offers_as_csv(settings: AuthoritySettings, offers: Iterable[OfferRow]) -> bytes:
    """Offers as CSV, one per row, with labels instead of keys."""
    heads = (
        "School",
        "URN",
        "State",
        *(LABELS[name] for name in COLUMNS),
        "Days in all",
        "Days left",
        "Confirmed",
        "Link",
    )
    rows = (
        (
            offer.school,
            offer.school_urn,
            STATES[offer.state],
            *(display_value(settings, name, getattr(offer, name)) for name in COLUMNS),
            offer.days_total,
            offer.days_left,
            offer.confirmed_on or "",
            f"/offers/{offer.id}",
        )
        for offer in offers
    )
    return as_csv(heads, rows)
