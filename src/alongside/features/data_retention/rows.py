"""Legal holds and requests as pages and actions read them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec


class Hold(msgspec.Struct, frozen=True):
    """A legal hold with the names of what it holds and of who placed it."""

    id: UUID
    kind: str
    why: str
    until_on: date | None
    placed_at: datetime
    lifted_at: datetime | None
    school: str | None
    person: str | None
    placer: str


class PersonChoice(msgspec.Struct, frozen=True):
    """A person as a choice."""

    id: UUID
    name: str


class RequestRow(msgspec.Struct, frozen=True):
    """A subject access request with the name of the person."""

    id: UUID
    person_id: UUID
    asked_at: datetime
    why: str
    name: str


@dataclass(frozen=True, slots=True)
class WantedHold:
    """What to hold (everything, a school or a person), why, and until when."""

    kind: str
    school_urn: int | None
    person_id: UUID | None
    why: str
    until_on: date | None
