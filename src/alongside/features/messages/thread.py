"""A thread of messages as pages read it: the record it is about, the two schools, and its messages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from alongside.features.messages.models import MINUTES_TO_EDIT
from alongside.platform.access.principal import ROLE_NAMES, Principal, Role


@dataclass(frozen=True, slots=True)
class Thread:
    """The record that the messages are about.

    `agreed` is true once both schools have accepted: they then see each other's email addresses. `url` is the page of
    the record.
    """

    proposal_id: UUID | None
    visit_request_id: UUID | None
    requesting_urn: int
    supporting_urn: int
    requesting_name: str
    supporting_name: str
    title: str
    agreed: bool
    record_url: str
    record_name: str

    @property
    def url(self) -> str:
        """The page of the thread."""
        if self.visit_request_id is not None:
            return f"/visit-requests/{self.visit_request_id}/messages"
        return f"/proposals/{self.proposal_id}/messages"

    def other_urn(self, person: Principal) -> int:
        """Return the school for which this person does not act."""
        return self.requesting_urn if person.school_urn == self.supporting_urn else self.supporting_urn

    def other_name(self, person: Principal) -> str:
        """Return the name of that school."""
        return self.requesting_name if person.school_urn == self.supporting_urn else self.supporting_name

    def own_name(self, person: Principal) -> str:
        """Return the name of the school for which this person acts."""
        return self.supporting_name if person.school_urn == self.supporting_urn else self.requesting_name


class ThreadMessage(msgspec.Struct, frozen=True):
    """A message without its file. `size` is in bytes, `removed_by` the name of who removed it."""

    id: UUID
    kind: str
    school_urn: int
    written_by: UUID
    written_at: datetime
    body: str
    edited_at: datetime | None
    called_on: date | None
    called_with: str
    filename: str
    size: int | None
    removed_at: datetime | None
    writer: str
    school: str
    removed_by: str | None

    def may_be_edited(self, person: Principal, now: datetime) -> bool:
        """Return whether this person can change it now: its writer, for five minutes."""
        in_time = now <= self.written_at + timedelta(minutes=MINUTES_TO_EDIT)
        return self.removed_at is None and in_time and self.written_by == person.id

    def may_be_removed(self, person: Principal) -> bool:
        """Return whether this person can remove it: a person of the school that wrote it."""
        return self.removed_at is None and self.school_urn == person.school_urn


class Contact(msgspec.Struct, frozen=True):
    """A person who acts for the other school; `email` is empty until both schools have accepted."""

    id: UUID
    name: str
    role: str
    email: str

    @property
    def role_name(self) -> str:
        """The role, as people read it."""
        return ROLE_NAMES[Role(self.role)]
