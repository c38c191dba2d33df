"""Queries of a school's home page, one statement per list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal

GIVEN_AND_GOT = text(
    """
    SELECT coalesce(sum(visited.days) FILTER (WHERE p.supporting_urn = :urn), 0) AS given,
           coalesce(sum(visited.days) FILTER (WHERE p.requesting_urn = :urn), 0) AS got,
           count(*) FILTER (WHERE p.state IN ('preparing', 'active')) AS running,
           (SELECT count(*) FROM need n WHERE n.authority_id = :authority_id AND n.school_urn = :urn
             AND n.state IN ('open', 'proposed', 'paused')) AS open_needs,
           (SELECT coalesce(sum(o.days_total - o.days_taken), 0) FROM offer o
             WHERE o.authority_id = :authority_id AND o.school_urn = :urn AND o.state = 'live') AS days_left
      FROM support_agreement p
      LEFT JOIN LATERAL (
          SELECT sum(v.days) AS days FROM visit v
           WHERE v.authority_id = :authority_id AND v.agreement_id = p.id AND v.state = 'recorded'
             AND v.visit_on >= :year_began AND v.visit_on <= :today) visited ON true
     WHERE p.authority_id = :authority_id AND (p.supporting_urn = :urn OR p.requesting_urn = :urn)
    """
)

RUNNING = text(
    """
    SELECT p.id, p.state, p.days, p.days_used, p.ends_on, n.title, other.name AS school,
           p.supporting_urn = :urn AS giving
      FROM support_agreement p
      JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
      JOIN school other ON other.authority_id = :authority_id
       AND other.urn = CASE WHEN p.requesting_urn = :urn THEN p.supporting_urn ELSE p.requesting_urn END
     WHERE p.authority_id = :authority_id AND (p.supporting_urn = :urn OR p.requesting_urn = :urn)
       AND p.state IN ('preparing', 'active')
     ORDER BY p.ends_on, p.id LIMIT 20
    """
)


async def given_and_got(session: AsyncSession, person: Principal, year_began: date) -> Row[Any]:
    """Days of visits given and received since a day, running agreements, open needs, and days still offered."""
    return (await session.execute(GIVEN_AND_GOT, _own(person) | {"year_began": year_began})).one()


async def running_agreements(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """This school's agreements that are in preparation or running."""
    return (await session.execute(RUNNING, _own(person))).all()


def _own(person: Principal) -> dict[str, Any]:
    return {"authority_id": person.authority_id, "urn": person.school_urn, "today": person.today}
