"""Offers of support as pages and actions read them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class OfferColumns(msgspec.Struct, frozen=True):
    """The columns of an offer, as `models.Offer` describes them."""

    authority_id: int
    id: UUID
    school_urn: int
    state: str
    version: int
    content_version: int
    title: str
    description: str
    phases: list[str]
    leader_name: str
    leader_is_head: bool
    designation: str | None
    designation_until: date | None
    days_total: Decimal
    days_taken: Decimal
    engagements_max: int
    engagements_taken: int
    terms: list[str]
    starts_on: date | None
    ends_on: date | None
    travel_miles: int | None
    forms_of_support: list[str]
    appetite: str
    appetite_reason: str | None
    ask_again_on: date | None
    audience: str
    visible_to_authority_from: date | None
    widening_since: date | None
    posted_by: UUID | None
    created_at: datetime
    posted_at: datetime | None
    confirmed_on: date | None

    @property
    def days_left(self) -> Decimal:
        """The days that are not promised yet."""
        return self.days_total - self.days_taken


class OfferRow(OfferColumns, frozen=True):
    """An offer with its school, and its themes, each with its evidence."""

    school: str
    school_status: str
    themes: dict[str, str]
