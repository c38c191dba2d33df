"""The values of a review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rating and its reason for every aim (by its id), what changed, and whether they would do it again.

    `reached` is the current value of each aim's measure; a closing review requires it for every aim.
    Only the closing review of the requesting side has an `outcome`.
    """

    ratings: Mapping[UUID, tuple[str, str]]
    changed: str
    again: str
    outcome: str | None = None
    reached: Mapping[UUID, str] = field(default_factory=dict)
