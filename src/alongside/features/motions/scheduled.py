"""Scheduled job of motions: closes written motions at the end of their last day."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.motions.api import close_motion
from alongside.features.motions.queries import past_closing
from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import ScheduledJob

log = structlog.get_logger("alongside.worker")


async def close_written_motions(session: AsyncSession, person: Principal) -> int:
    """Close the written motions whose closing time is over; members who did not vote count as nothing.

    One that cannot do what it decides stays open, and the clerk finds it on the page of boards. `person` is the system.
    """
    over = await past_closing(session, person)
    for motion in over:
        try:
            async with session.begin_nested():
                await close_motion(session, person, motion.id)
        except ActionRefused as problem:
            log.warning("motion not closed", motion=str(motion.id), problem=str(problem))
    return 0


JOBS = (ScheduledJob(6, close_written_motions),)
