"""A support category as pages and actions read it."""

from datetime import date
from uuid import UUID

import msgspec

from alongside.features.categories.labels import STATES, category_label


class CategoryRow(msgspec.Struct, frozen=True):
    """A support category with the names of its school and consortia; `models.SupportCategory` describes the columns."""

    authority_id: int
    id: UUID
    school_urn: int
    academic_year: str
    phase: str
    state: str
    version: int
    consortium_id: UUID | None
    handling_consortium_id: UUID | None
    advisory: bool
    narrative: bool
    category: str | None
    category_proposed: str | None
    reasons_proposed: str
    proposed_by: UUID | None
    proposed_on: date
    first_invited_on: date | None
    first_answer_by: date | None
    second_invited_on: date | None
    second_answer_by: date | None
    discussion_basis: str | None
    discussion: str
    discussed_on: date | None
    discussed_by: UUID | None
    category_moderated: str | None
    reasons_moderated: str
    moderated_by: UUID | None
    moderated_on: date | None
    category_agreed: str | None
    reasons_agreed: str
    agreed_by: UUID | None
    agreed_on: date | None
    agreed_motion_id: UUID | None
    decision_reference: str
    notified_on: date | None
    appeal_by: date | None
    decision_number: int
    seen_on: date | None
    appealed_on: date | None
    appeal_grounds: str
    category_heard: str | None
    appeal_outcome: str | None
    reasons_heard: str
    heard_by: UUID | None
    heard_on: date | None
    in_force_on: date | None
    withdrawn_because: str
    school: str
    consortium: str | None
    handling_consortium: str | None

    @property
    def latest(self) -> str | None:
        """The category after the last step that was taken."""
        return (
            self.category
            or self.category_heard
            or self.category_agreed
            or self.category_moderated
            or self.category_proposed
        )

    @property
    def label(self) -> str:
        """The name of the latest category."""
        return self.named(self.latest)

    @property
    def state_label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def panel(self) -> str | None:
        """The consortium whose panel moderates."""
        return self.handling_consortium or self.consortium

    def named(self, category: str | None) -> str:
        """The name of a category of this authority."""
        return category_label(self.authority_id, category)

    @property
    def differs(self) -> bool:
        """Whether a step came to another category than the one before it."""
        return (
            (self.moderated_on is not None and self.category_moderated != self.category_proposed)
            or (self.agreed_on is not None and self.category_agreed != self.category_moderated)
            or (self.heard_on is not None and self.category_heard != self.category_agreed)
        )
