"""Recalculates deadlines as soon as a calendar changes, by the jobs that also do it each morning."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities.settings_cache import version_of
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.session import Database
from alongside.platform.jobs.scheduler import Schedule

OWN_DAYS = text(
    """
    SELECT (SELECT md5(string_agg(t::text, ' ' ORDER BY t)) FROM school_term t WHERE t.authority_id = :authority_id),
           (SELECT md5(string_agg(d::text, ' ' ORDER BY d)) FROM school_training_day d
             WHERE d.authority_id = :authority_id)
    """
)
ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:authority_id, hashtext('recalculate_deadlines'))")


async def recalculate_deadlines(session: AsyncSession, person: Principal, schedule: Schedule) -> int:
    """Recalculate every deadline with today's calendars; returns how many moved."""
    jobs = [job for job in schedule.jobs if job.on_calendar_change]
    return sum([await job.run(session, person) or 0 for job in jobs])


@dataclass
class CalendarWatch:
    """Recalculates the deadlines of an authority when its settings or its schools' term dates have changed."""

    database: Database
    schedule: Schedule
    seen: dict[int, tuple[object, ...]] = field(default_factory=dict)

    async def run(self, authority_id: int, today: date) -> int | None:
        """Return how many deadlines moved; None if no calendar has changed since the last call."""
        async with self.database.transaction(authority_id, read_only=True) as session:
            own = (await session.execute(OWN_DAYS, {"authority_id": authority_id})).one()
        present = (version_of(authority_id), *own)
        if self.seen.get(authority_id) == present:
            return None
        async with self.database.transaction(authority_id) as session:
            if not await session.scalar(ONE_AT_A_TIME, {"authority_id": authority_id}):
                return None
            moved = await recalculate_deadlines(session, system(authority_id, today), self.schedule)
        self.seen[authority_id] = present
        return moved
