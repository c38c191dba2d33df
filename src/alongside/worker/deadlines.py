"""Recalculates deadlines each morning, and as soon as a calendar changes."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposals.deadlines import recalculate_answer_days
from alongside.features.agreements.visits.deadlines import recalculate_record_days
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import version_of
from alongside.features.escalations.reminders.recalculate import recalculate_escalation_deadlines
from alongside.features.offers.widening import recalculate_widening
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.session import Database

OWN_DAYS = text(
    """
    SELECT (SELECT md5(string_agg(t::text, ' ' ORDER BY t)) FROM school_term t WHERE t.authority_id = :authority_id),
           (SELECT md5(string_agg(d::text, ' ' ORDER BY d)) FROM school_training_day d
             WHERE d.authority_id = :authority_id)
    """
)
ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:authority_id, hashtext('recalculate_deadlines'))")


async def recalculate_deadlines(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> int:
    """Recalculate every deadline with today's calendars; returns how many moved."""
    return (
        await recalculate_answer_days(session, person)
        + await recalculate_record_days(session, person)
        + await recalculate_widening(session, person)
        + await recalculate_escalation_deadlines(session, person, settings)
    )


@dataclass
class CalendarWatch:
    """Recalculates the deadlines of an authority when its settings or its schools' term dates have changed."""

    database: Database
    seen: dict[int, tuple[object, ...]] = field(default_factory=dict)

    async def run(self, settings: AuthoritySettings, today: date) -> int | None:
        """Return how many deadlines moved; None if no calendar has changed since the last call."""
        authority_id = settings.dfe_code
        async with self.database.transaction(authority_id, read_only=True) as session:
            own = (await session.execute(OWN_DAYS, {"authority_id": authority_id})).one()
        present = (version_of(authority_id), *own)
        if self.seen.get(authority_id) == present:
            return None
        async with self.database.transaction(authority_id) as session:
            if not await session.scalar(ONE_AT_A_TIME, {"authority_id": authority_id}):
                return None
            moved = await recalculate_deadlines(session, system(authority_id, today), settings)
        self.seen[authority_id] = present
        return moved
