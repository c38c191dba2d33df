"""Suggestions to raise an escalation: signs that a consortium cannot challenge a school effectively."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations.requester import identify_requester
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.platform.access.authorisation import schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.school_calendar.calendar import ONE_DAY, Calendar, counts


class Sign(msgspec.Struct, frozen=True):
    """A sign of a school without an open escalation, and since when it applies."""

    sign: str
    urn: int
    school: str
    since_on: date | None


SIGNS = Read(
    text(
        """
    WITH late AS MATERIALIZED (
        SELECT s.urn, coalesce(own.day, :day) AS before
          FROM unnest(CAST(:urns AS integer[])) AS s (urn)
          LEFT JOIN unnest(CAST(:own_urns AS integer[]), CAST(:own_days AS date[])) AS own (urn, day)
                    ON own.urn = s.urn
    )
    SELECT found.sign, found.school_urn, school.name, found.since_on FROM (
    SELECT 'red_reviews' AS sign, school_urn, max(given_on) AS since_on FROM (
        SELECT p.requesting_urn AS school_urn, r.given_at::date AS given_on,
               row_number() OVER (PARTITION BY p.requesting_urn ORDER BY r.given_at) AS place
          FROM review r JOIN support_agreement p ON p.authority_id = r.authority_id AND p.id = r.agreement_id
         WHERE r.authority_id = :authority_id AND p.requesting_urn = ANY(:urns) AND r.given_at::date > :year_ago
           AND EXISTS (SELECT FROM review_rating t WHERE t.authority_id = r.authority_id
                        AND t.review_id = r.id AND t.rating = 'red')) red
     WHERE place <= :enough GROUP BY school_urn HAVING count(*) >= :enough
    UNION ALL
    SELECT 'late_visit', p.requesting_urn, min(v.visit_on)
      FROM late JOIN support_agreement p ON p.requesting_urn = late.urn
      JOIN visit v ON v.authority_id = p.authority_id AND v.agreement_id = p.id
     WHERE p.authority_id = :authority_id AND p.state = 'active' AND v.state = 'planned' AND v.visit_on <= late.before
     GROUP BY p.requesting_urn
    UNION ALL
    SELECT 'late_review', p.requesting_urn, min(p.ends_on)
      FROM late JOIN support_agreement p ON p.requesting_urn = late.urn
     WHERE p.authority_id = :authority_id AND p.state = 'active' AND p.ends_on <= late.before
       AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = p.authority_id AND r.agreement_id = p.id
                        AND r.kind = 'closing' AND r.side = 'requesting')
     GROUP BY p.requesting_urn
    UNION ALL
    SELECT 'unmet_need', n.school_urn, min(coalesce(n.visible_to_authority_from, n.confirmed_on))
      FROM need n
     WHERE n.authority_id = :authority_id AND n.school_urn = ANY(:urns) AND n.state = 'unmet'
       AND n.urgency = ANY(:urgent)
     GROUP BY n.school_urn
    ) found
      JOIN school ON school.authority_id = :authority_id AND school.urn = found.school_urn
       AND school.status IN ('open', 'closing')
     WHERE NOT EXISTS (SELECT FROM escalation e WHERE e.authority_id = :authority_id
                        AND e.school_urn = found.school_urn AND e.state NOT IN ('closed', 'withdrawn', 'merged'))
     ORDER BY school.name
    """
    ),
    Sign,
)
"""Each sign of each school, and since when it applies. Late is counted in the school's own school days."""

SENTENCES = {
    "red_reviews": "{reviews} reviews rated an aim red",
    "late_visit": "An agreed visit is {late} school days overdue",
    "late_review": "Its closing review is {late} school days overdue",
    "unmet_need": "No school was found for an urgent need",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A school for which an escalation is suggested, the reason, and since when it applies."""

    urn: int
    school: str
    why: str
    since_on: date | None


async def suggestions(session: AsyncSession, person: Principal) -> list[Suggestion]:
    """The schools of this person for which an escalation is suggested, without those that have an open one."""
    return await suggestions_for(session, person, schools_within(person, Permission.RAISE_ESCALATION) or ())


async def suggestions_for(
    session: AsyncSession, person: Principal, urns: Collection[int]
) -> list[Suggestion]:
    """The same for some open schools."""
    if not urns:
        return []
    settings = settings_of(person.authority_id)
    rule = settings.escalation_suggestions
    late_before = await days_by_school(
        session, person.authority_id, lambda one: days_before(one, person.today, rule.action_late)
    )
    values = {
        "authority_id": person.authority_id,
        "urns": sorted(urns),
        "enough": rule.red_reviews,
        "year_ago": person.today - timedelta(days=365),
        "urgent": [key for key, entry in settings.urgencies.items() if entry.order == 1],
        **late_before.parameters(),
    }
    await identify_requester(session, person)
    words = {"reviews": rule.red_reviews, "late": rule.action_late}
    found = [
        Suggestion(row.urn, row.school, SENTENCES[row.sign].format(**words), row.since_on)
        for row in await fetch_all(session, SIGNS, values)
    ]
    return sorted(found, key=lambda one: (one.school, one.why))


def days_before(calendar: Calendar, day: date, days: int) -> date:
    """The date that lies this many school days before `day`."""
    while days > 0:
        days -= counts(calendar, day)
        day -= ONE_DAY
    return day
