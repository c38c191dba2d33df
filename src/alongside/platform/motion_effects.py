"""Effects of motions: what a feature lets a board decide, and what happens when the motion is carried."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal


@dataclass(frozen=True, slots=True)
class EffectSubject:
    """A record that waits for the decision of a board, and the school that it concerns."""

    id: str
    label: str
    school_urn: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A motion that is carried: its id, its reference with the name of the body, and the day."""

    motion_id: UUID
    reference: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class MotionEffect:
    """One kind of decision.

    `kind` is kept with the subjects of a motion, `label` begins what members read. `choices` returns the records that
    wait for a decision, `apply` carries it out for the ids of some of them in the transaction that carries the motion.
    Both are called with the system as the person. `apply` raises ActionRefused if a record no longer waits: then the
    motion is not carried either. `path` is the page of a record, for people with the permission.
    """

    kind: str
    label: str
    choices: Callable[[AsyncSession, Principal], Awaitable[list[EffectSubject]]]
    apply: Callable[[AsyncSession, Principal, Decision, Sequence[str]], Awaitable[None]]
    path: Callable[[str], str]
    permission: Permission
