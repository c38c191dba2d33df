"""What a lead sees before raising a case: their schools, what was tried, and what the product would suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import require, within_reach
from alongside.authorities import calendar_of, settings_of
from alongside.authorities.calendar import Calendar, counts
from alongside.errors import NotThere
from alongside.escalations.asking import ask
from alongside.escalations.model import FINALS, Case
from alongside.schools.model import OPEN_STATUSES, School

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
    (SELECT 'partnership', p.id, g.name, p.state, p.starts_on
       FROM partnership p JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.giving_urn
      WHERE p.authority_id = :authority_id AND p.asking_urn = :urn ORDER BY p.starts_on DESC LIMIT 8)
    UNION ALL
    (SELECT 'review', r.id, g.name, r.kind, r.given_at::date
       FROM review r
       JOIN partnership p ON p.authority_id = r.authority_id AND p.id = r.partnership_id
       JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.giving_urn
      WHERE r.authority_id = :authority_id AND p.asking_urn = :urn ORDER BY r.given_at DESC LIMIT 8)
    """
)
RED_REVIEWS = text(
    """
    SELECT school_urn, max(given_on) AS since_on FROM (
        SELECT p.asking_urn AS school_urn, r.given_at::date AS given_on,
               row_number() OVER (PARTITION BY p.asking_urn ORDER BY r.given_at) AS place
          FROM review r JOIN partnership p ON p.authority_id = r.authority_id AND p.id = r.partnership_id
         WHERE r.authority_id = :authority_id AND p.asking_urn = ANY(:urns) AND r.given_at::date > :year_ago
           AND EXISTS (SELECT FROM review_rating t WHERE t.authority_id = r.authority_id
                        AND t.review_id = r.id AND t.rating = 'red')) red
     WHERE place <= :enough GROUP BY school_urn HAVING count(*) >= :enough
    """
)
LATE_VISITS = text(
    """
    SELECT p.asking_urn AS school_urn, min(v.visit_on) AS late_on
      FROM visit v JOIN partnership p ON p.authority_id = v.authority_id AND p.id = v.partnership_id
     WHERE v.authority_id = :authority_id AND p.asking_urn = ANY(:urns) AND p.state = 'active'
       AND v.state = 'planned' AND v.visit_on <= :late_before
     GROUP BY p.asking_urn
    """
)
LATE_REVIEWS = text(
    """
    SELECT p.asking_urn AS school_urn, min(p.ends_on) AS late_on
      FROM partnership p
     WHERE p.authority_id = :authority_id AND p.asking_urn = ANY(:urns) AND p.state = 'active'
       AND p.ends_on <= :late_before
       AND NOT EXISTS (SELECT FROM review r WHERE r.authority_id = p.authority_id AND r.partnership_id = p.id
                        AND r.kind = 'closing' AND r.side = 'asker')
     GROUP BY p.asking_urn
    """
)
UNMET_NEEDS = text(
    """
    SELECT n.school_urn, min(coalesce(n.shown_to_all_from, n.confirmed_on)) AS since_on
      FROM need n
     WHERE n.authority_id = :authority_id AND n.school_urn = ANY(:urns) AND n.state = 'unmet'
       AND n.urgency = ANY(:urgent)
     GROUP BY n.school_urn
    """
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """That a case might be raised for a school, why, and since when that is so."""

    urn: int
    school: str
    why: str
    since_on: date | None


async def schools_to_raise_for(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """The open schools for which this person may raise a case, by name."""
    statement = within_reach(SCHOOLS, person, Permission.RAISE_CASE, School.urn)
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def school_to_raise_for(session: AsyncSession, person: Person, urn: int) -> Row[Any]:
    """One school for which this person may raise a case. Raises NotThere."""
    require(person, Permission.RAISE_CASE, urn)
    found: Row[Any] | None = (
        await session.execute(SCHOOLS.where(School.urn == urn), {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotThere
    return found


async def tried_with(session: AsyncSession, person: Person, urn: int) -> Sequence[Row[Any]]:
    """What the product knows of support for a school: needs, partnerships and reviews, eight of each at most."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return (await session.execute(TRIED_WITH, values)).all()


async def open_cases_of(session: AsyncSession, person: Person, urns: Sequence[int]) -> dict[int, UUID]:
    """The cases of some schools that are not over, as far as this person sees them: one a school."""
    await ask(session, person)
    statement = (
        select(Case.school_urn, Case.id)
        .where(Case.authority_id == person.authority_id, Case.school_urn.in_(urns), Case.state.not_in(FINALS))
        .order_by(Case.id)
        .limit(literal_column("500"))
    )
    return {row.school_urn: row.id for row in await session.execute(statement)}


async def suggestions(session: AsyncSession, person: Person) -> list[Suggestion]:
    """For which schools of this person a case might be raised; those with an open one are left out."""
    schools = {row.urn: row.name for row in await schools_to_raise_for(session, person)}
    if not schools:
        return []
    standing = await open_cases_of(session, person, sorted(schools))
    found = [one for one in await _signs(session, person, schools) if one.urn not in standing]
    return sorted(found, key=lambda one: (one.school, one.why))


async def _signs(session: AsyncSession, person: Person, schools: dict[int, str]) -> list[Suggestion]:
    settings, calendar = settings_of(person.authority_id), calendar_of(person.authority_id)
    rule, inside = settings.case_suggestions, {"authority_id": person.authority_id, "urns": sorted(schools)}
    year_ago = person.today - timedelta(days=365)
    red = await session.execute(RED_REVIEWS, {**inside, "enough": rule.red_reviews, "year_ago": year_ago})
    late_before = days_before(calendar, person.today, rule.action_late)
    late = await session.execute(LATE_VISITS, {**inside, "late_before": late_before})
    overdue = await session.execute(LATE_REVIEWS, {**inside, "late_before": late_before})
    urgent = [key for key, entry in settings.urgencies.items() if entry.order == 1]
    unmet = await session.execute(UNMET_NEEDS, {**inside, "urgent": urgent})
    return [
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"{rule.red_reviews} reviews have an aim in red",
                row.since_on,
            )
            for row in red
        ),
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"An agreed visit has been late for {rule.action_late} school days",
                row.late_on,
            )
            for row in late
        ),
        *(
            Suggestion(
                row.school_urn,
                schools[row.school_urn],
                f"Its closing review has been due for {rule.action_late} school days",
                row.late_on,
            )
            for row in overdue
        ),
        *(
            Suggestion(
                row.school_urn, schools[row.school_urn], "Nobody was found for an urgent need", row.since_on
            )
            for row in unmet
        ),
    ]


def days_before(calendar: Calendar, day: date, days: int) -> date:
    """The day from which the clock has run so many days by another day."""
    while days > 0:
        days -= counts(calendar, day)
        day -= ONE_DAY
    return day
