"""The rows of escalations that queries return: a line of a list, a whole escalation, and a part of one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import msgspec


class Parties(msgspec.Struct, frozen=True):
    """Who takes part in an escalation: its school, its consortia, who raised it, and its owner."""

    school_urn: int
    consortium_id: UUID
    handling_consortium_id: UUID | None
    raised_by: UUID
    owner_id: UUID | None


class EscalationLine(Parties, frozen=True):
    """An escalation in a list or an export, with the names of its school, consortia and owner."""

    id: UUID
    school: str
    consortium: str
    handling_consortium: str | None
    owner: str | None
    state: str
    reason: str
    urgency: str
    outcome: str | None
    provider: str
    named_support: str
    result: str | None
    raised_at: datetime
    notified_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None

    @property
    def is_notified(self) -> bool:
        """Whether the headteacher has been told, and may read the escalation."""
        return self.notified_at is not None and self.notified_at <= datetime.now(UTC)

    @property
    def held(self) -> bool:
        """Whether the message to the headteacher waits for a school morning."""
        return self.notified_at is not None and not self.is_notified


class OpenEscalations(msgspec.Struct, frozen=True):
    """The escalations of a school that are not over, and when the first is due."""

    urn: int
    count: int
    due_at: datetime | None


class SchoolVisits(msgspec.Struct, frozen=True):
    """How often a school was visited."""

    urn: int
    visits: int


class EscalationRow(EscalationLine, frozen=True):
    """An escalation with everything but its parts (`models.Escalation` describes the columns).

    `named` says whether the person who asks is a named reader, `interest` whether they have an interest in the school,
    `open_task`, `unmet_criterion` and `other_open` whether there is an open action, a criterion that is not met, or
    another open escalation of the school.
    """

    version: int
    reason_words: str
    tried: str
    wanted: str
    return_when: str
    raiser: str | None
    deadline_kind: str | None
    clock_began_at: datetime | None
    decision: str
    provider_pence: int | None
    fund: str
    hours: Decimal
    plan: str
    referred_on: date | None
    referral_reference: str
    referral_answer: str
    referral_answered_on: date | None
    outcome_words: str
    merged_into: UUID | None
    maintained: bool
    named: bool
    interest: bool
    open_task: bool
    unmet_criterion: bool
    other_open: bool


class RowOfPart(Protocol):
    """A row of a part of an escalation, such as a task."""

    @property
    def id(self) -> UUID:
        """The id of the part."""

    @property
    def escalation_id(self) -> UUID:
        """The escalation that it belongs to."""


PartRow = TypeVar("PartRow", bound=RowOfPart)


@dataclass(frozen=True, slots=True)
class Part(Generic[PartRow]):
    """A part of an escalation that has actions of its own, such as a task, with the escalation."""

    row: PartRow
    escalation: EscalationRow

    @property
    def id(self) -> UUID:
        """The id of the part."""
        return self.row.id

    @property
    def state(self) -> str:
        """The state of the part; empty if it has none."""
        return str(getattr(self.row, "state", ""))


class PersonName(msgspec.Struct, frozen=True):
    """A person as a choice."""

    id: UUID
    name: str


class PersonInRole(PersonName, frozen=True):
    """A person as a choice, with their role."""

    role: str
