"""Support needs as pages and actions read them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class NeedColumns(msgspec.Struct, frozen=True):
    """The columns of a need, as `models.Need` describes them."""

    authority_id: int
    id: UUID
    school_urn: int
    addressed_urn: int | None
    state: str
    version: int
    content_version: int
    title: str
    theme: str
    phase: str
    key_stage: str | None
    wanted: str
    success_criteria: str
    form_of_support: str
    days: Decimal | None
    terms: list[str]
    starts_on: date | None
    ends_on: date | None
    urgency: str
    audience: str
    visible_to_authority_from: date | None
    widening_since: date | None
    drafted_by: UUID | None
    created_at: datetime
    posted_at: datetime | None
    confirmed_on: date | None
    proposed_until: date | None
    audience_before: str | None
    wider_asked_by: UUID | None
    wider_asked_on: date | None
    wider_refused_on: date | None


class NeedRow(NeedColumns, frozen=True):
    """A need with the names of its school and of the school it is addressed to.

    `drafter` drafted it, `asked_by_name` asked its school to show it to the whole authority.
    """

    school: str
    school_status: str
    addressed: str | None
    drafter: str | None
    asked_by_name: str | None


class AddressedSchool(msgspec.Struct, frozen=True):
    """The school to which a new need is addressed."""

    urn: int
    name: str
