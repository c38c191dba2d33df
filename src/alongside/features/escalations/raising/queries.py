"""Queries for raising: the lead's schools, attempted support, and suggestions to raise an escalation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.platform.access.authorisation import filter_by_scope, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import Calendar, counts

ONE_DAY = timedelta(days=1)
SCHOOLS: Any = (
    select(School.urn, School.name)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.name, School.urn)
)
TRIED_WITH = text(
    """
    (SELECT 'need' AS kind, n.id, n.title AS words, n.state, n.posted_at::date AS at_on
       FROM need n WHERE n.authority_id = :authority_id AND n.school_urn = :urn AND n.posted_at IS NOT NULL
      ORDER BY n.posted_at DESC LIMIT 8)
    UNION ALL
    (SELECT 'agreement', p.id, g.name, p.state, p.starts_on
       FROM support_agreement p JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.supporting_urn
      WHERE p.authority_id = :authority_id AND p.requesting_urn = :urn ORDER BY p.starts_on DESC LIMIT 8)
    UNION ALL
    (SELECT 'review', r.id, g.name, r.kind, r.given_at::date
       FROM review r
       JOIN support_agreement p ON p.authority_id = r.authority_id AND p.id = r.agreement_id
       JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.supporting_urn
      WHERE r.authority_id = :authority_id AND p.requesting_urn = :urn ORDER BY r.given_at DESC LIMIT 8)
    """
)
RED_REVIEWS = text(
    """
    SELECT school_urn, max(given_on) AS since_on FROM (
        SELECT p.requesting_urn AS school_urn, r.given_at::date AS given_on,
               row_number() OVER (PARTITION BY p.requesting_urn ORDER BY r.given_at) AS place
          FROM review r JOIN support_agreement p ON p.authority_id = r.authority_id AND p.id = r.agreement_id
         WHERE r.authority_id = :authority_id AND p.requesting_urn = ANY(:urns) AND r.given_at::date > :year_ago
           AND EXISTS (SELECT FROM review_rating t WHERE t.authority_id = r.authority_id
                        AND t.review_id = r.id AND t.rating = 'red')) red
     WHERE place <= :enough GROUP BY school_urn HAVING count(*) >= :enough
    """
)
LATE_BEFORE = (
    "coalesce((SELECT own.day FROM unnest(CAST(:own_urns AS integer[]), CAST(:own_days AS date[])) AS own (urn, day)"
    " WHERE own.urn = p.requesting_urn), :day)"
)
"""The day up to which something of a school counts as late, by the school's own calendar (`DayBySchool`)."""

LATE_VISITS = text(
    """
    SELECT p.requesting_urn AS school_urn, min(v.visit_on) AS late_on
      FROM visit v JOIN support_agreement p ON p.authority_id = v.authority_id AND p.id = v.agreement_id
     WHERE v.authority_id = :authority_id AND p.requesting_urn = ANY(:urns) AND p.state = 'active'
       AND v.state = 'planned' AND v.visit_on <= $late_before
     GROUP BY p.requesting_urn
    """.replace("$late_before", LATE_BEFORE)
)
LATE_REVIEWS = text(
    """
    SELECT p.requesting_urn AS school_urn, min(p.ends_on) AS late_on
      FROM support_agreement p
     WHERE p.authority_id = :authority_id AND p.requesting_urn = ANY(:urns) AND p.state = 'active'
       AND p.ends_on <= $late_before
       AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = p.authority_id AND r.agreement_id = p.id
                        AND r.kind = 'closing' AND r.side = 'requesting')
     GROUP BY p.requesting_urn
    """.replace("$late_before", LATE_BEFORE)
)
UNMET_NEEDS = text(
    """
    SELECT n.school_urn, min(coalesce(n.visible_to_authority_from, n.confirmed_on)) AS since_on
      FROM need n
     WHERE n.authority_id = :authority_id AND n.school_urn = ANY(:urns) AND n.state = 'unmet'
       AND n.urgency = ANY(:urgent)
     GROUP BY n.school_urn
    """
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A school for which an escalation is suggested, the reason, and since when it applies."""

    urn: int
    school: str
    why: str
    since_on: date | None


async def schools_to_raise_for(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """The open schools for which this person may raise an escalation, by name."""
    statement = filter_by_scope(SCHOOLS, person, Permission.RAISE_ESCALATION, School.urn)
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def school_to_raise_for(session: AsyncSession, person: Principal, urn: int) -> Row[Any]:
    """One school for which this person may raise an escalation. Raises NotFound."""
    require(person, Permission.RAISE_ESCALATION, urn)
    found: Row[Any] | None = (
        await session.execute(SCHOOLS.where(School.urn == urn), {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


async def tried_with(session: AsyncSession, person: Principal, urn: int) -> Sequence[Row[Any]]:
    """The support recorded for a school: needs, support agreements and reviews, at most eight of each."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return (await session.execute(TRIED_WITH, values)).all()


async def open_escalations_of(
    session: AsyncSession, person: Principal, urns: Sequence[int]
) -> dict[int, UUID]:
    """The open escalations of these schools that this person can see, one per school."""
    await identify_requester(session, person)
    statement = (
        select(Escalation.school_urn, Escalation.id)
        .where(
            Escalation.authority_id == person.authority_id,
            Escalation.school_urn.in_(urns),
            Escalation.state.not_in(FINALS),
        )
        .order_by(Escalation.id)
        .limit(literal_column("500"))
    )
    return {row.school_urn: row.id for row in await session.execute(statement)}


async def suggestions(session: AsyncSession, person: Principal) -> list[Suggestion]:
    """The schools of this person for which an escalation is suggested, without those that have an open one."""
    schools = {row.urn: row.name for row in await schools_to_raise_for(session, person)}
    if not schools:
        return []
    standing = await open_escalations_of(session, person, sorted(schools))
    found = [one for one in await _signs(session, person, schools) if one.urn not in standing]
    return sorted(found, key=lambda one: (one.school, one.why))


async def _signs(session: AsyncSession, person: Principal, schools: dict[int, str]) -> list[Suggestion]:
    settings = settings_of(person.authority_id)
    rule, inside = (
        settings.escalation_suggestions,
        {"authority_id": person.authority_id, "urns": sorted(schools)},
    )
    year_ago = person.today - timedelta(days=365)
    red = await session.execute(RED_REVIEWS, {**inside, "enough": rule.red_reviews, "year_ago": year_ago})
    late_before = await days_by_school(
        session, person.authority_id, lambda one: days_before(one, person.today, rule.action_late)
    )
    late = await session.execute(LATE_VISITS, inside | late_before.parameters())
    overdue = await session.execute(LATE_REVIEWS, inside | late_before.parameters())
    urgent = [key for key, entry in settings.urgencies.items() if entry.order == 1]
    unmet = await session.execute(UNMET_NEEDS, {**inside, "urgent": urgent})
    return [
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"{rule.red_reviews} reviews rated an aim red",
                row.since_on,
            )
            for row in red
        ),
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"An agreed visit is {rule.action_late} school days overdue",
                row.late_on,
            )
            for row in late
        ),
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"Its closing review is {rule.action_late} school days overdue",
                row.late_on,
            )
            for row in overdue
        ),
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                "No school was found for an urgent need",
                row.since_on,
            )
            for row in unmet
        ),
    ]


def days_before(calendar: Calendar, day: date, days: int) -> date:
    """The date that lies this many school days before `day`."""
    while days > 0:
        days -= counts(calendar, day)
        day -= ONE_DAY
    return day
