"""Runs and assignments of plans as pages and actions read them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.result import Coverage, Explanation
from alongside.features.matching.engine.score import Score

OVER = ("declined", "lapsed", "withdrawn")
"""Proposal states that end without an agreement, so that the need has no partner again."""


class PlanRow(msgspec.Struct, frozen=True):
    """A run with the name of its consortium and of the person who asked for it (`models.PlanRun`)."""

    id: UUID
    authority_id: int
    consortium_id: UUID | None
    state: str
    version: int
    because: str
    starts_from_id: UUID | None
    asked_at: datetime
    weights_version: int
    seed: int
    limit_seconds: int
    progress: int
    input_hash: str | None
    needs: int | None
    offers: int | None
    status: str | None
    stopped_because: str | None
    coverage: list[dict[str, object]] | None
    solve_milliseconds: int | None
    failed_because: str | None
    consortium: str | None
    requested_by: str | None

    @property
    def tiers(self) -> list[Coverage]:
        """How many needs of each tier have a partner."""
        return msgspec.convert(self.coverage or [], list[Coverage])

    @property
    def matched(self) -> int | None:
        """How many needs have a partner; None if the run did not end with a plan."""
        return None if self.coverage is None else sum(one.served for one in self.tiers)


class AssignmentScore(Score, frozen=True, kw_only=True):
    """The score of an assignment, with the distance in miles if it is known."""

    miles: float | None = None


class AssignmentRow(msgspec.Struct, frozen=True):
    """An assignment of a plan with its schools, need, offer and proposal (`models.PlanAssignment`)."""

    id: UUID
    run_id: UUID
    need_id: UUID
    requesting_urn: int
    tier: int
    offer_id: UUID | None
    supporting_urn: int | None
    score: int | None
    rank: int | None
    candidates: int
    days: Decimal | None
    pence: int | None
    held_by: str | None
    parts: dict[str, object]
    why: dict[str, object]
    why_nobody: str | None
    proposal_id: UUID | None
    not_sent_because: str | None
    replaced_on: date | None
    requesting_name: str
    supporting_name: str | None
    need_title: str
    theme: str
    need_starts_on: date | None
    need_ends_on: date | None
    need_terms: list[str]
    need_state: str
    need_visible_from: date | None
    offer_title: str | None
    leader_name: str | None
    proposal_state: str | None
    decline_reason: str | None
    declined_by: str | None
    requesting_accepted_at: datetime | None
    supporting_accepted_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether the sent proposal was declined, lapsed or withdrawn and must be replaced."""
        return self.proposal_state in OVER

    @property
    def waits_to_be_sent(self) -> bool:
        """Whether it has a partner that has not been asked yet."""
        return self.offer_id is not None and self.proposal_id is None

    @property
    def match_score(self) -> AssignmentScore | None:
        """The parts of the score; None without a partner."""
        return msgspec.convert(self.parts, AssignmentScore) if self.parts else None

    @property
    def explanation(self) -> Explanation | None:
        """Why the need has its partner, or none; None for a partner that was chosen later."""
        return msgspec.convert(self.why, Explanation) if self.why else None


class LostAssignment(AssignmentRow, frozen=True):
    """An assignment whose proposal was lost, with the scope of its plan."""

    consortium_id: UUID | None


class Snapshot(msgspec.Struct, frozen=True):
    """The stored input and output of a run; no output if it failed."""

    inputs: bytes
    outcome: bytes | None


class OfferName(msgspec.Struct, frozen=True):
    """An offer with its school, as lists name it."""

    id: UUID
    title: str
    school_urn: int
    school: str
    visible_to_authority_from: date | None


class NeedName(msgspec.Struct, frozen=True):
    """A need with its school, as lists name it."""

    id: UUID
    title: str
    school_urn: int
    school: str
