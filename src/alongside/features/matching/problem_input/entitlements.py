"""Which schools have fewer days of support agreed in this school year than their category gives."""

from decimal import Decimal

import msgspec
from sqlalchemy import Date, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.entitlements import entitlement_of
from alongside.features.categories.queries import categories_in_force
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.school_calendar.calendar import academic_year_began


class AgreedDays(msgspec.Struct, frozen=True):
    """The days of support that a school received this year, with those of agreements that are still to come."""

    urn: int
    days: Decimal


AGREED = Read(
    text(
        """
    SELECT urn, sum(days) AS days FROM (
        SELECT requesting_urn AS urn, days - days_used AS days FROM support_agreement
         WHERE authority_id = :authority_id AND state IN ('preparing', 'active')
        UNION ALL
        SELECT a.requesting_urn, v.days FROM visit v
          JOIN support_agreement a ON a.authority_id = :authority_id AND a.id = v.agreement_id
         WHERE v.authority_id = :authority_id AND v.state = 'recorded'
           AND v.visit_on BETWEEN :year_began AND :today
    ) agreed GROUP BY urn
    """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("year_began", type_=Date),
        bindparam("today", type_=Date),
    ),
    AgreedDays,
)


async def schools_short_of_support(session: AsyncSession, person: Principal) -> frozenset[int]:
    """Return the URNs of these schools, of those whose category this person can read."""
    settings = settings_of(person.authority_id)
    if not settings.categorisation.used:
        return frozenset()
    values = {
        "authority_id": person.authority_id,
        "year_began": academic_year_began(person.today),
        "today": person.today,
    }
    agreed = {one.urn: one.days for one in await fetch_all(session, AGREED, values)}
    in_force = await categories_in_force(session, person)
    return frozenset(
        urn
        for urn, categories in in_force.items()
        if entitlement_of(settings, categories).days > agreed.get(urn, Decimal(0))
    )
