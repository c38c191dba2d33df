"""Support that the tracked schools are entitled to, that is agreed and that they received, in this school year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.entitlements import Entitlement, entitlement_of
from alongside.features.dashboards.consortium.queries import TrackedSchool
from alongside.features.escalations.queries import visits_by_school
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import academic_year_began


@dataclass(frozen=True, slots=True)
class SchoolSupport:
    """What a school is entitled to by the categories that the person can read, beside what is agreed and done.

    `visits_made` are those of escalations that the person can read.
    """

    entitled: Entitlement
    days_agreed: Decimal
    days_received: Decimal
    visits_made: int

    @property
    def is_short(self) -> bool:
        """Whether fewer days are agreed than the category gives."""
        return self.entitled.days > self.days_agreed


async def support_of(
    session: AsyncSession, person: Principal, schools: Sequence[TrackedSchool]
) -> Mapping[int, SchoolSupport]:
    """Return the support of each of these schools by URN."""
    settings = settings_of(person.authority_id)
    visits = await visits_by_school(session, person, academic_year_began(person.today))
    return {
        one.urn: SchoolSupport(
            entitlement_of(settings, (one.category or "").split(",")),
            one.days_agreed,
            one.days_in,
            visits.get(one.urn, 0),
        )
        for one in schools
    }
