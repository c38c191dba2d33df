"""Similarity of schools by phase, size and intake, from the school register."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.search.statements import FoundEntry
from alongside.features.schools.models import PHASES, School
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_one

SIZE_RATIO = Decimal("0.6")
"""Schools are of similar size when the smaller has at least this share of the larger one's pupils."""

FSM_TOLERANCE = 10
"""Largest difference between the percentages of pupils eligible for free school meals, in percentage points."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds for schools similar to the person's own. A school with an unknown figure is never similar."""

    phase: str | None = None
    kind: str | None = None
    pupils: int | None = None
    fsm: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether the person has a school and its figures are known."""
        return self.phase is not None and self.pupils is not None and self.fsm is not None

    def values(self) -> dict[str, object]:
        """The parameters of the search statement."""
        pupils, fsm = self.pupils, self.fsm
        return {
            "my_phase": self.phase,
            "my_kind": self.kind,
            "fewest": None if pupils is None else int(pupils * SIZE_RATIO),
            "most": None if pupils is None else int(pupils / SIZE_RATIO),
            "least_fsm": None if fsm is None else fsm - FSM_TOLERANCE,
            "most_fsm": None if fsm is None else fsm + FSM_TOLERANCE,
        }


OWN = Read(
    select(School.phase, School.kind, School.pupils, School.percentage_fsm).where(
        School.authority_id == bindparam("authority_id"), School.urn == bindparam("urn", type_=Integer)
    ),
    Bounds,
)
NO_SCHOOL = Bounds()
"""The bounds of a person without a school: no school is similar."""


async def bounds_of(session: AsyncSession, person: Principal) -> Bounds:
    """The bounds around the school that the person acts for; `NO_SCHOOL` without one."""
    if person.school_urn is None:
        return NO_SCHOOL
    values = {"authority_id": person.authority_id, "urn": person.school_urn}
    return await fetch_one(session, OWN, values) or NO_SCHOOL


def similarity_label(mine: Bounds, entry: FoundEntry) -> str | None:
    """Compare an entry's school with the person's own, figure by figure; None where there is nothing to compare."""
    if mine.phase is None or entry.school_phase is None:
        return None
    parts = ["same phase" if entry.school_phase == mine.phase else PHASES[entry.school_phase].lower()]
    if entry.pupils is not None and mine.pupils:
        parts.append(f"{entry.pupils:,} pupils (yours {mine.pupils:,})")
    if entry.percentage_fsm is not None and mine.fsm is not None:
        parts.append(f"{entry.percentage_fsm:.0f}% free school meals (yours {mine.fsm:.0f}%)")
    return ", ".join(parts)
