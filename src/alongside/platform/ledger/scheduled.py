"""The daily job that gives back commitments after their last day."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.ledger.actions import expire_commitments


async def give_back_expired(session: AsyncSession, person: Principal) -> int:
    """Give back what is still reserved after its last day. Returns how many commitments expired."""
    return await expire_commitments(session, person.authority_id, person.today)


JOBS = (ScheduledJob(6, give_back_expired),)
