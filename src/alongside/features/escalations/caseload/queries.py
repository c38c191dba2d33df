"""Queries of the core team's caseload: lists, counts, hours committed and leave cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, DateTime, bindparam, literal_column, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.queries import A_PAGE, LINES, of_person
from alongside.features.escalations.requester import identify_requester
from alongside.features.escalations.rows import EscalationLine
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import one_of
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.school_calendar.calendar import LONDON

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
CONDITIONS = {
    "mine": (
        "(escalation.owner_id = :person_id OR escalation.owner_id IN (SELECT away_id FROM leave_cover"
        " WHERE authority_id = :authority_id AND cover_id = :person_id"
        " AND starts_on <= :today AND ends_on >= :today))"
    ),
    "unassigned": "escalation.owner_id IS NULL",
    "due": "escalation.due_at >= now() AND escalation.due_at < :week_ends",
    "overdue": "escalation.due_at < now()",
    "waiting": one_of("escalation.state", WAITING_STATES),
    "not_told": "escalation.notified_at IS NULL",
    "all": "true",
}
"""The open escalations of each list; “mine” includes those of officers whom this person covers."""


class Workload(msgspec.Struct, frozen=True):
    """The open escalations of an officer, the hours committed and spent on visits, and who covers for them today."""

    id: UUID
    name: str
    role: str
    escalations: int
    hours: Decimal
    spent: Decimal
    covered_by: str | None


class CoverRow(msgspec.Struct, frozen=True):
    """Present or future cover, with the names of both officers."""

    id: UUID
    starts_on: date
    ends_on: date
    away: str
    cover: str


WORKLOADS = Read(
    text(
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
    ),
    Workload,
)
COVERS = Read(
    text(
        """
        SELECT k.id, k.starts_on, k.ends_on, away.name AS away, cover.name AS cover
          FROM leave_cover k
          JOIN person away ON away.authority_id = k.authority_id AND away.id = k.away_id
          JOIN person cover ON cover.authority_id = k.authority_id AND cover.id = k.cover_id
         WHERE k.authority_id = :authority_id AND k.ends_on >= :today ORDER BY k.starts_on, k.id LIMIT 50
        """
    ),
    CoverRow,
)


def _listed(group: str) -> str:
    return f"NOT {one_of('escalation.state', FINALS)} AND {CONDITIONS[group]}"


_WEEK_ENDS = bindparam("week_ends", type_=DateTime(timezone=True))
_LISTS = {
    group: Read(
        LINES.where(
            text(_listed(group)).bindparams(*([_WEEK_ENDS] if ":week_ends" in CONDITIONS[group] else []))
        )
        .order_by(Escalation.due_at.asc().nulls_last(), Escalation.id)
        .limit(literal_column(str(A_PAGE + 1)))
        .offset(bindparam("skipped", type_=BigInteger)),
        EscalationLine,
    )
    for group in GROUPS
}
_COUNTS = Read(
    text(
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {_listed(group)})' for group in GROUPS)}"  # noqa: S608
        " FROM escalation WHERE authority_id = :authority_id"
    ).bindparams(_WEEK_ENDS),
    lambda *counts: dict(zip(GROUPS, counts, strict=True)),
)
_DESKS = {group: CombinedRead(_LISTS[group], _COUNTS, WORKLOADS) for group in GROUPS}


@dataclass(frozen=True, slots=True)
class Desk:
    """One page of a list of the caseload, whether there are more, and the counts of all lists and officers."""

    escalations: Sequence[EscalationLine]
    more: bool
    counts: Mapping[str, int]
    officers: Sequence[Workload]


def end_of_week(person: Principal) -> datetime:
    """The end of this week in London time; anything due before it is due this week."""
    sunday = person.today + timedelta(days=7 - person.today.weekday())
    return datetime(sunday.year, sunday.month, sunday.day, tzinfo=LONDON)


async def desk_of(session: AsyncSession, person: Principal, group: str, page: int) -> Desk:
    """Return a page of a list of the caseload, earliest due date first, with the counts beside it."""
    await identify_requester(session, person)
    found = await fetch_one(session, _DESKS[group], _values(person, skipped=(page - 1) * A_PAGE))
    assert found is not None
    rows, [counts] = found.of(_LISTS[group]), found.of(_COUNTS)
    return Desk(rows[:A_PAGE], len(rows) > A_PAGE, counts, found.of(WORKLOADS))


async def desk_counts(session: AsyncSession, person: Principal) -> Mapping[str, int]:
    """The number of escalations on each list."""
    await identify_requester(session, person)
    [counts] = await fetch_all(session, _COUNTS, _values(person))
    return counts


async def covers(session: AsyncSession, person: Principal) -> list[CoverRow]:
    """Current and future leave cover."""
    return await fetch_all(session, COVERS, {"authority_id": person.authority_id, "today": person.today})


def _values(person: Principal, **more: object) -> dict[str, object]:
    return of_person(person, today=person.today, week_ends=end_of_week(person), **more)
