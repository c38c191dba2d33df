"""Schedule and cancel reminders, in the transaction of the action that changes what is due."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations.deadlines import STATUTORY, ladder
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.school_calendar.calendar import Calendar

CANCEL = text(
    """
    UPDATE escalation_timer SET state = 'cancelled', generation = generation + 1
     WHERE authority_id = :authority_id AND escalation_id = :escalation_id AND state IN ('armed', 'claimed')
       AND (deadline_kind = ANY(:stages) OR :stages IS NULL AND deadline_kind <> ALL(:statutory))
    """
).bindparams(bindparam("stages", type_=ARRAY(Text)), bindparam("statutory", type_=ARRAY(Text)))
ARM = text(
    """
    INSERT INTO escalation_timer AS timer (authority_id, escalation_id, deadline_kind, step, due_at, run_at)
    SELECT :authority_id, :escalation_id, :deadline_kind, rung.step, :due_at, rung.at
      FROM unnest(:steps, :moments) AS rung (step, at) WHERE rung.at > now()
    ON CONFLICT (authority_id, escalation_id, deadline_kind, step) DO UPDATE
       SET due_at = excluded.due_at, run_at = excluded.run_at, state = 'armed',
           generation = timer.generation + 1, lease_until = NULL, fired_attempt = NULL, fired_at = NULL,
           max_attempts = timer.attempt + excluded.max_attempts, last_error = NULL
     WHERE NOT (timer.state = 'fired' AND timer.due_at = excluded.due_at)
    """
).bindparams(
    bindparam("steps", type_=ARRAY(Text)),
    bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
    bindparam("due_at", type_=DateTime(timezone=True)),
)


class ArmedDeadline(msgspec.Struct, frozen=True):
    """A deadline with reminders to come."""

    escalation_id: UUID
    deadline_kind: str
    due_at: datetime
    school_urn: int


ARMED = Read(
    text(
        """
        SELECT t.escalation_id, t.deadline_kind, t.due_at, c.school_urn
          FROM escalation_timer t JOIN escalation c ON c.authority_id = t.authority_id AND c.id = t.escalation_id
         WHERE t.authority_id = :authority_id AND t.state = 'armed' AND t.run_at > now()
         GROUP BY t.escalation_id, t.deadline_kind, t.due_at, c.school_urn
         ORDER BY t.escalation_id, t.deadline_kind LIMIT 10000
        """
    ),
    ArmedDeadline,
)
MOVE = text(
    """
    UPDATE escalation_timer timer SET run_at = greatest(rung.at, now()), generation = timer.generation + 1
      FROM unnest(:steps, :moments) AS rung (step, at)
     WHERE timer.authority_id = :authority_id AND timer.escalation_id = :escalation_id
       AND timer.deadline_kind = :deadline_kind
       AND timer.due_at = :due_at AND timer.step = rung.step AND timer.state = 'armed'
       AND timer.run_at > now() AND timer.run_at <> rung.at
    RETURNING timer.step
    """
).bindparams(
    bindparam("steps", type_=ARRAY(Text)),
    bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
    bindparam("due_at", type_=DateTime(timezone=True)),
)


async def arm(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    deadline_kind: str,
    due_at: datetime,
    calendar: Calendar,
) -> None:
    """Schedule the reminders of what is due now, and cancel earlier ones.

    The levels are the authority's, in the school's own `calendar`. Reminders that would lie in the past by the
    database's clock are left out, and nobody is reminded twice of the same deadline.
    """
    await cancel(session, person, escalation_id)
    await _arm(session, person, escalation_id, deadline_kind, due_at, calendar)


async def arm_statutory(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    deadline_kind: str,
    due_at: datetime,
    calendar: Calendar,
) -> None:
    """Schedule the reminders of a statutory date, in addition to the deadline that is next."""
    await _cancel(session, person, escalation_id, [deadline_kind])
    await _arm(session, person, escalation_id, deadline_kind, due_at, calendar)


async def _arm(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    deadline_kind: str,
    due_at: datetime,
    calendar: Calendar,
) -> None:
    await session.execute(ARM, _rungs(person, escalation_id, deadline_kind, due_at, calendar))


async def move_reminders(session: AsyncSession, person: Principal) -> int:
    """Move the coming reminders that the schools' current calendars put on another day; return for how many deadlines.

    A training day after a deadline moves the reminders that follow it, although the deadline stays.
    """
    rows = await fetch_all(session, ARMED, {"authority_id": person.authority_id})
    calendars = await calendars_of_schools(session, person.authority_id, {row.school_urn for row in rows})
    moved = 0
    for row in rows:
        rungs = _rungs(person, row.escalation_id, row.deadline_kind, row.due_at, calendars[row.school_urn])
        moved += bool((await session.execute(MOVE, rungs)).all())
    return moved


def _rungs(
    person: Principal, escalation_id: UUID, deadline_kind: str, due_at: datetime, calendar: Calendar
) -> dict[str, object]:
    """The reminders of a deadline by the authority's levels, as parameters of ARM and MOVE."""
    settings = settings_of(person.authority_id)
    rungs = ladder(calendar, settings.escalation_reminders, due_at, settings.mail.window_opens)
    return {
        "authority_id": person.authority_id,
        "escalation_id": escalation_id,
        "deadline_kind": deadline_kind,
        "due_at": due_at,
        "steps": [rung.step for rung in rungs],
        "moments": [rung.at for rung in rungs],
    }


async def cancel(session: AsyncSession, person: Principal, escalation_id: UUID) -> None:
    """Cancel reminders because the escalation waits, has nothing due or is over. Statutory dates stay."""
    await _cancel(session, person, escalation_id, None)


async def cancel_statutory(session: AsyncSession, person: Principal, escalation_id: UUID) -> None:
    """Cancel statutory reminders: the notice was complied with, powers were used, or the escalation is over."""
    await _cancel(session, person, escalation_id, list(STATUTORY))


async def _cancel(
    session: AsyncSession, person: Principal, escalation_id: UUID, stages: list[str] | None
) -> None:
    values = {"authority_id": person.authority_id, "escalation_id": escalation_id, "stages": stages}
    await session.execute(CANCEL, values | {"statutory": list(STATUTORY)})
