"""A try as pages and actions read it."""

from datetime import date, datetime
from uuid import UUID

import msgspec

STATES = {
    "intended": "To do",
    "did": "Did it",
    "did_not": "Did not do it",
    "changed": "Changed it",
    "withdrawn": "Withdrawn",
}


class TryRow(msgspec.Struct, frozen=True):
    """A try, as `models.PracticeTry` describes it, with its subject and who wrote it."""

    id: UUID
    school_urn: int
    entry_id: UUID | None
    visit_id: UUID | None
    visit_request_id: UUID | None
    state: str
    version: int
    line: str
    written_by: UUID
    written_at: datetime
    ask_on: date
    outcome_line: str
    writer: str
    writer_left_on: date | None
    entry_title: str | None
    agreement_id: UUID | None
    visit_on: date | None

    @property
    def state_text(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def source_path(self) -> str:
        """The page of the entry or visit that it comes from."""
        if self.entry_id is not None:
            return f"/directory/{self.entry_id}"
        if self.agreement_id is not None:
            return f"/agreements/{self.agreement_id}#visits"
        return f"/visit-requests/{self.visit_request_id}"
