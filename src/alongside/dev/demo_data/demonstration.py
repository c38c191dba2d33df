"""What the steps of the demonstration data share; each feature's step is `fill` in the module of its name."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal, system


@dataclass(frozen=True, slots=True)
class DemonstrationSchool:
    """An open school of the register."""

    urn: int
    name: str
    phase: str
    kind: str
    easting: int | None
    northing: int | None


Post = tuple[UUID, DemonstrationSchool, str]
"""A need or an offer: its id, its school and its theme."""


@dataclass
class Staff:
    """The principals of the demonstration: the headteacher of each school, and authority roles."""

    authority_id: int
    today: date
    slug: str
    members: dict[UUID, set[int]]
    heads: dict[int, Principal] = field(default_factory=dict)
    leads: dict[UUID, Principal] = field(default_factory=dict)
    core: list[Principal] = field(default_factory=list)
    head_of_service: Principal | None = None
    clerk: Principal | None = None
    external: list[UUID] = field(default_factory=list)
    """Members of boards who work neither at a school nor for the authority."""


@dataclass
class Demonstration:
    """One authority while it is filled: its transaction, its people, and what earlier steps made."""

    session: AsyncSession
    staff: Staff
    schools: list[DemonstrationSchool] = field(default_factory=list)
    needs: list[Post] = field(default_factory=list)
    offers: list[Post] = field(default_factory=list)

    @property
    def product(self) -> Principal:
        """The system principal."""
        return system(self.staff.authority_id, self.staff.today)
