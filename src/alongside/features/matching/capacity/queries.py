"""Query for school names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.schools.models import School

NAMES: Any = select(School.urn, School.name).where(
    School.authority_id == bindparam("authority_id"), School.urn.in_(bindparam("urns", expanding=True))
)


async def names_of_schools(session: AsyncSession, authority_id: int, urns: Sequence[int]) -> dict[int, str]:
    """The names of schools by URN."""
    if not urns:
        return {}
    values = {"authority_id": authority_id, "urns": list(urns)}
    return {row.urn: row.name for row in await session.execute(NAMES, values)}
