"""Query of the committed amounts of each fund."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.funding.models import FundBalance


async def procured_from(session: AsyncSession, authority_id: int) -> dict[str, int]:
    """Pence that escalations have committed, by fund key."""
    statement = select(FundBalance.fund, FundBalance.procured_pence).where(
        FundBalance.authority_id == authority_id
    )
    return {row.fund: row.procured_pence for row in await session.execute(statement)}
