"""A claim, its lines and what can be claimed, as pages and actions read them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

STATES = {
    "submitted": "Waiting for approval",
    "approved": "Waiting for payment",
    "paid": "Paid",
    "returned": "Returned",
    "withdrawn": "Withdrawn",
    "credited": "Credited",
}


class ClaimRow(msgspec.Struct, frozen=True):
    """A claim, as `models.Claim` describes it, with its schools and the people of its steps.

    `has_interest` says whether the reader has an interest in one of the schools, `committed_by_reader` whether they
    committed its money.
    """

    authority_id: int
    id: UUID
    agreement_id: UUID
    state: str
    version: int
    days: Decimal
    pence: int
    invoice_number: str
    claimed_by: UUID
    claimed_at: datetime
    decided_at: datetime | None
    returned_because: str
    paid_on: date | None
    payment_reference: str
    credited_because: str
    credited_at: datetime | None
    requesting_urn: int
    supporting_urn: int
    requesting_name: str
    supporting_name: str
    claimed_by_name: str | None
    decided_by_name: str | None
    credited_by_name: str | None
    has_interest: bool
    committed_by_reader: bool

    @property
    def state_label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def interests(self) -> frozenset[int]:
        """The URNs of its schools if the reader has an interest in one of them."""
        return (
            frozenset({self.requesting_urn, self.supporting_urn}) if self.has_interest else frozenset[int]()
        )


class ClaimLineRow(msgspec.Struct, frozen=True):
    """A visit on a claim with its fund."""

    visit_on: date
    focus: str
    days: Decimal
    pence_per_day: int
    pence: int
    fund: str
    financial_year: str
    confirmed: bool


class VisitToClaim(msgspec.Struct, frozen=True):
    """A recorded visit that is on no claim. `pence` is None if no fund pays for it."""

    id: UUID
    visit_on: date
    focus: str
    days: Decimal
    confirmed: bool
    pence: int | None


class AgreementToClaim(msgspec.Struct, frozen=True):
    """An agreement with confirmed visits that are on no claim, and what they cost."""

    agreement_id: UUID
    requesting_name: str
    visits: int
    days: Decimal
    pence: int


class ExportedLine(msgspec.Struct, frozen=True):
    """A line of a claim in the file of claims."""

    claim_id: UUID
    state: str
    supporting_name: str
    supporting_urn: int
    requesting_name: str
    invoice_number: str
    visit_on: date
    days: Decimal
    pence_per_day: int
    pence: int
    fund: str
    financial_year: str
    section_251_line: str
    claimed_at: datetime
    decided_at: datetime | None
    paid_on: date | None
    payment_reference: str
