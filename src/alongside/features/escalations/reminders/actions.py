"""Schedule and cancel reminders, in the transaction of the action that changes what is due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.escalations.deadlines import STATUTORY, ladder
from alongside.platform.access.principal import Principal
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
    await schedule(session, person, escalation_id, deadline_kind, due_at, calendar)


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
    await schedule(session, person, escalation_id, deadline_kind, due_at, calendar)


async def schedule(
    session: AsyncSession,
    person: Principal,
    escalation_id: UUID,
    deadline_kind: str,
    due_at: datetime,
    calendar: Calendar,
) -> None:
    """Schedule the reminders of a deadline that are to come."""
    await session.execute(ARM, reminders_due(person, escalation_id, deadline_kind, due_at, calendar))


def reminders_due(
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
