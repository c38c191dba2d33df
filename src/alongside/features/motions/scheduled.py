"""Scheduled job of motions: closes written motions at the end of their last day."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.motions.api import close_motion
from alongside.features.motions.queries import past_closing
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import ScheduledJob


async def close_written_motions(session: AsyncSession, person: Principal) -> int:
    """Close the written motions whose closing time is over; members who did not vote count as nothing.

    `person` is the system.
    """
    over = await past_closing(session, person)
    for motion in over:
        await close_motion(session, person, motion.id)
    return len(over)


JOBS = (ScheduledJob(0, close_written_motions),)
