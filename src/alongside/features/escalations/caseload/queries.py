"""Queries of the core team's caseload: lists, counts, hours committed and leave cover."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, literal_column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.caseload.models import LeaveCover
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.queries import CASE, of_person
from alongside.features.escalations.requester import identify_requester
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import LONDON

A_PAGE = 25
GROUPS = {
    "mine": "Mine",
    "unassigned": "Unassigned",
    "due": "Due this week",
    "overdue": "Overdue",
    "waiting": "Waiting",
    "not_told": "Headteacher not told",
    "all": "All",
}
"""The lists of the caseload page, in order."""

WAITING_STATES = ("waiting_on_consortium", "waiting_on_school", "waiting_on_provider", "returning")
COMMITTED = text(
    """
    SELECT p.id, p.name, a.role, count(c.id) AS escalations, coalesce(sum(c.hours), 0) AS hours,
           coalesce(sum(c.spent), 0) AS spent, min(v.name) AS covered_by
      FROM person p
      JOIN role_assignment a ON a.authority_id = p.authority_id AND a.person_id = p.id
       AND a.role IN ('core_officer', 'head_of_service')
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
      LEFT JOIN LATERAL (
          SELECT e.id, e.hours, (SELECT sum(hours) FROM escalation_visit
                                  WHERE authority_id = :authority_id AND escalation_id = e.id) AS spent
            FROM escalation e WHERE e.authority_id = :authority_id AND e.owner_id = p.id
             AND e.state NOT IN ('closed', 'withdrawn', 'merged')) c ON true
      LEFT JOIN LATERAL (
          SELECT q.name FROM leave_cover k
            JOIN person q ON q.authority_id = k.authority_id AND q.id = k.cover_id
           WHERE k.authority_id = :authority_id AND k.away_id = p.id
             AND k.starts_on <= :today AND k.ends_on >= :today) v ON true
     WHERE p.authority_id = :authority_id AND (p.left_on IS NULL OR p.left_on > :today)
     GROUP BY p.id, p.name, a.role ORDER BY p.name, p.id
    """
)
COVERS = text(
    """
    SELECT k.id, k.starts_on, k.ends_on, away.name AS away, cover.name AS cover, k.away_id, k.cover_id
      FROM leave_cover k
      JOIN person away ON away.authority_id = k.authority_id AND away.id = k.away_id
      JOIN person cover ON cover.authority_id = k.authority_id AND cover.id = k.cover_id
     WHERE k.authority_id = :authority_id AND k.ends_on >= :today ORDER BY k.starts_on, k.id LIMIT 50
    """
)


def end_of_week(person: Principal) -> datetime:
    """The end of this week in London time; anything due before it is due this week."""
    sunday = person.today + timedelta(days=7 - person.today.weekday())
    return datetime(sunday.year, sunday.month, sunday.day, tzinfo=LONDON)


def _mine(person: Principal) -> Any:
    covered = select(LeaveCover.away_id).where(
        LeaveCover.authority_id == person.authority_id,
        LeaveCover.cover_id == person.id,
        LeaveCover.starts_on <= person.today,
        LeaveCover.ends_on >= person.today,
    )
    return or_(Escalation.owner_id == person.id, Escalation.owner_id.in_(covered))


def group_clause(person: Principal, group: str) -> Any:
    """SQL condition for one list; “mine” includes the escalations of officers whom this person covers."""
    open_ones = Escalation.state.not_in(FINALS)
    match group:
        case "mine":
            return and_(open_ones, _mine(person))
        case "unassigned":
            return and_(open_ones, Escalation.owner_id.is_(None))
        case "due":
            return and_(open_ones, Escalation.due_at >= func.now(), Escalation.due_at < end_of_week(person))
        case "overdue":
            return and_(open_ones, Escalation.due_at < func.now())
        case "waiting":
            return and_(open_ones, Escalation.state.in_(WAITING_STATES))
        case "not_told":
            return and_(open_ones, Escalation.notified_at.is_(None))
        case _:
            return open_ones


async def escalations_on_desk(
    session: AsyncSession, person: Principal, group: str, page: int
) -> tuple[Sequence[Row[Any]], bool]:
    """One page of a list, earliest due date first, and whether there are more pages."""
    await identify_requester(session, person)
    statement = (
        CASE.where(group_clause(person, group))
        .order_by(Escalation.due_at.asc().nulls_last(), Escalation.id)
        .limit(literal_column(str(A_PAGE + 1)))
        .offset(bindparam("skipped"))
    )
    found = (await session.execute(statement, of_person(person, skipped=(page - 1) * A_PAGE))).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def desk_counts(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of escalations on each list."""
    await identify_requester(session, person)
    counted: Any = select(
        *(func.count().filter(group_clause(person, group)).label(group) for group in GROUPS)
    ).where(Escalation.authority_id == person.authority_id)
    return dict((await session.execute(counted)).mappings().one())


async def committed(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """For each officer: escalations, hours committed, hours spent on visits, and who covers for them today."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "today": person.today}
    return (await session.execute(COMMITTED, values)).all()


async def covers(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Current and future leave cover."""
    values = {"authority_id": person.authority_id, "today": person.today}
    return (await session.execute(COVERS, values)).all()
