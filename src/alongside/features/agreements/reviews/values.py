"""What one side says in a review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rating and its reason for every aim (by its id), what changed, and whether they would do it again.

    `reached` is the value that each aim's measure has now; a closing review needs it for every aim.
    `outcome` is said only by the asking side, in its closing review.
    """

    ratings: Mapping[UUID, tuple[str, str]]
    changed: str
    again: str
    outcome: str | None = None
    reached: Mapping[UUID, str] = field(default_factory=dict)
