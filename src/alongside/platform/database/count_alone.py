"""Counting against a limit: two transactions must not both count what the other has not stored yet."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:authority_id, hashtext(:counted))")


async def count_alone(session: AsyncSession, authority_id: int, counted: str) -> None:
    """Wait until no other transaction of the authority counts the same, and keep others waiting until the commit.

    `counted` names what is limited, such as “messages of 100123”. Call it before the query that counts: a query sees
    only what was committed when it began. Who counts twice in a transaction takes the locks in the same order.
    """
    await session.execute(ONE_AT_A_TIME, {"authority_id": authority_id, "counted": counted})
