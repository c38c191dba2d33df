"""How like one’s own school another is: phase, size and intake, by the figures of the register."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.schools.models import PHASES, School
from alongside.platform.access.principal import Principal

AS_BIG = Decimal("0.6")
"""A school is as big as mine when the smaller has at least this share of the pupils of the bigger."""

AS_POOR = 10
"""Percentage points by which the shares of pupils eligible for free school meals may differ."""

OWN: Any = select(School.phase, School.kind, School.pupils, School.percentage_fsm).where(
    School.authority_id == bindparam("authority_id"), School.urn == bindparam("urn", type_=Integer)
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which schools are like mine; with a figure unknown none is, because unknown is not zero."""

    phase: str | None = None
    kind: str | None = None
    pupils: int | None = None
    fsm: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether there is a school to compare with, and its figures."""
        return self.phase is not None and self.pupils is not None and self.fsm is not None

    def values(self) -> dict[str, Any]:
        """What fills the search's statement."""
        pupils, fsm = self.pupils, self.fsm
        return {
            "my_phase": self.phase,
            "my_kind": self.kind,
            "fewest": None if pupils is None else int(pupils * AS_BIG),
            "most": None if pupils is None else int(pupils / AS_BIG),
            "least_fsm": None if fsm is None else fsm - AS_POOR,
            "most_fsm": None if fsm is None else fsm + AS_POOR,
        }


NO_SCHOOL = Bounds()
"""For who acts for no school: nobody is like theirs."""


async def bounds_of(session: AsyncSession, person: Principal) -> Bounds:
    """The bounds around the school that somebody acts for; none for who has no school."""
    if person.school_urn is None:
        return NO_SCHOOL
    values = {"authority_id": person.authority_id, "urn": person.school_urn}
    own = (await session.execute(OWN, values)).one_or_none()
    return NO_SCHOOL if own is None else Bounds(own.phase, own.kind, own.pupils, own.percentage_fsm)


def likeness_in_words(mine: Bounds, entry: Any) -> str | None:
    """How like my school an entry's is, figure by figure; None where there is nothing to compare."""
    if mine.phase is None or entry.school_phase is None:
        return None
    parts = ["same phase" if entry.school_phase == mine.phase else PHASES[entry.school_phase].lower()]
    if entry.pupils is not None and mine.pupils:
        parts.append(f"{entry.pupils:,} pupils (yours {mine.pupils:,})")
    if entry.percentage_fsm is not None and mine.fsm is not None:
        parts.append(f"{entry.percentage_fsm:.0f}% free school meals (yours {mine.fsm:.0f}%)")
    return ", ".join(parts)
