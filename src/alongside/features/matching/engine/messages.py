"""Messages of the solver process to its parent, one line of JSON each."""

from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.result import Outcome, Plan


class Progress(msgspec.Struct, frozen=True, tag=True):
    """Progress: `number` candidates were found, or that many needs explained."""

    step: Literal["candidates", "planned", "explained"]
    number: int


class Planned(msgspec.Struct, frozen=True, tag=True):
    """The plan is calculated; its explanations and capacity findings follow."""

    plan: Plan


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The complete outcome."""

    outcome: Outcome


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """No plan can be made, with the reason."""

    sentence: str
    need: UUID | None = None
    offer: UUID | None = None


Message = Progress | Planned | Finished | Refusal
