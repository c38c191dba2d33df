"""An entry of the good-practice directory as pages and actions read it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """An entry with its school and its writer.

    `school_urn` is None for a published resource, whose `school` is its source. `edition` numbers the text, `version`
    every change. Levels of evidence go from 0 to 4.
    """

    authority_id: int
    id: UUID
    school_urn: int | None
    partner_urn: int | None
    agreement_id: UUID | None
    written_by: UUID | None
    state: str
    version: int
    edition: int
    kind: str
    title: str
    themes: list[str]
    phases: list[str]
    key_stages: list[str]
    problem: str
    context: str
    what_we_did: str
    evidence: str
    what_to_avoid: str
    what_you_need: str
    who_to_ask: str
    cost_pence: int | None
    staff_hours: Decimal | None
    staff_time: str
    term: str | None
    source_name: str
    source_url: str
    licence: str
    attribution: str
    visibility: str
    visible_to_authority_from: date | None
    claimed_level: int
    checked_level: int | None
    uses_yes: int
    uses_partly: int
    uses_no: int
    uses_early: int
    tries_said: int
    tries_did: int
    tries_changed: int
    evidence_level: int
    checked_by: UUID | None
    checked_by_urn: int | None
    checked_on: date | None
    verified_by: UUID | None
    verified_edition: int | None
    reviewed_on: date | None
    review_due_on: date | None
    convert_by_on: date | None
    listed_at: datetime | None
    changed_at: datetime
    created_at: datetime
    school: str
    school_status: str | None
    writer: str | None
    writer_left_on: date | None


class Consent(msgspec.Struct, frozen=True):
    """A school's consent to one edition of a text, by a person."""

    school_urn: int
    edition: int
    given_at: datetime
    name: str
