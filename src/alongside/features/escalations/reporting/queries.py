"""Queries of the report: escalations with phase and consortium, and when the audit log says each stage ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import calendar_of, settings_of
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.school_calendar.calendar import LONDON, Calendar, school_days_between

REACHED = {
    "raise_escalation": "raised",
    "acknowledge_escalation": "acknowledged",
    "triage_escalation": "decided",
    "agree_plan": "planned",
    "close_escalation": "closed",
    "take_back": "closed",
}
"""The stage that each audited action ends."""

STAGES = {
    "acknowledged": "Raised to acknowledged",
    "decided": "Acknowledged to decided",
    "planned": "Decided to planned",
    "closed": "Planned to closed",
}


class ReportedRow(msgspec.Struct, frozen=True):
    """An escalation, and an action that ended a stage of it; one row for each such action."""

    id: UUID
    school_urn: int
    reason: str
    outcome: str | None
    result: str | None
    raised_at: datetime
    suggested_since_on: date | None
    consortium: str
    phase: str
    verb: str | None
    at: datetime | None


REPORTED = Read(
    text(
        """
    SELECT e.id, e.school_urn, e.reason, e.outcome, e.result, e.raised_at, e.suggested_since_on, c.name AS consortium,
           s.phase, j.verb, j.at
      FROM escalation e
      JOIN consortium c ON c.authority_id = :authority_id AND c.id = e.consortium_id
      JOIN school s ON s.authority_id = :authority_id AND s.urn = e.school_urn
      LEFT JOIN LATERAL (
           SELECT verb, min(at) AS at FROM audit_entry
            WHERE authority_id = :authority_id AND subject_kind = 'escalation' AND subject_id = e.id::text
              AND verb = ANY(:verbs) GROUP BY verb) j ON true
     WHERE e.authority_id = :authority_id AND e.raised_at >= :since AND e.raised_at < :until
       AND e.state <> 'merged'
     ORDER BY e.id LIMIT 20000
    """
    ).bindparams(
        bindparam("since", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True))
    ),
    ReportedRow,
)


@dataclass
class ReportedEscalation:
    """One escalation as the report uses it, without school or person."""

    consortium: str
    phase: str
    reason: str
    outcome: str | None
    result: str | None
    late: bool | None
    calendar: Calendar
    reached: dict[str, datetime] = field(default_factory=dict)


async def escalations_between(
    session: AsyncSession, person: Principal, since: date, until: date
) -> list[ReportedEscalation]:
    """The escalations raised from `since` to the day before `until`; merged ones count with their target.

    Runs as the system role, because the report names nobody. The caller must have checked the permission.
    """
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    values = {
        "authority_id": person.authority_id,
        "verbs": list(REACHED),
        "since": _start_of(since),
        "until": _start_of(until),
    }
    found: dict[UUID, ReportedEscalation] = {}
    rows = await fetch_all(session, REPORTED, values)
    urns = {row.school_urn for row in rows}
    calendars = await calendars_of_schools(session, person.authority_id, urns)
    for row in rows:
        past = found.setdefault(
            row.id,
            ReportedEscalation(
                row.consortium,
                row.phase,
                row.reason,
                row.outcome,
                row.result,
                _is_late(person.authority_id, row),
                calendars[row.school_urn],
            ),
        )
        if row.verb and row.at:
            stage = REACHED[row.verb]
            past.reached[stage] = min(row.at, past.reached.get(stage, row.at))
    return list(found.values())


def school_days_until(escalations: Sequence[ReportedEscalation], stage: str) -> list[int]:
    """School days that each escalation took from the stage before to this stage, for those that reached it.

    They are days of the school's own calendar, by which the deadlines of the escalation were set.
    """
    order = ["raised", *STAGES]
    before = order[order.index(stage) - 1]
    return [
        school_days_between(one.calendar, _day(one.reached[before]), _day(one.reached[stage]))
        for one in escalations
        if before in one.reached and stage in one.reached
    ]


def _is_late(authority_id: int, row: ReportedRow) -> bool | None:
    """Whether the consortium raised it late, in the authority's school days; None if it was not suggested."""
    if row.suggested_since_on is None:
        return None
    waited = school_days_between(calendar_of(authority_id), row.suggested_since_on, _day(row.raised_at))
    return waited > settings_of(authority_id).escalation_reminders.flag_late_after


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)
