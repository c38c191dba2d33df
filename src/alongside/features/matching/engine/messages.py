"""What the solving process tells its parent, a line of JSON each."""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.result import Outcome, Plan


class Progress(msgspec.Struct, frozen=True, tag=True):
    """How far the work is: `number` candidates were found, or so many needs explained."""

    step: Literal["candidates", "planned", "explained"]
    number: int


class Planned(msgspec.Struct, frozen=True, tag=True):
    """The plan is there; its reasons and what it shows about supply are still to come."""

    plan: Plan


class Finished(msgspec.Struct, frozen=True, tag=True):
    """All is there."""

    outcome: Outcome


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """No plan can be made, and why."""

    sentence: str
    need: UUID | None = None
    offer: UUID | None = None


News = Progress | Planned | Finished | Refusal
