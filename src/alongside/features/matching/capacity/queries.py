"""Query for school names."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Integer, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.schools.choices import SchoolName
from alongside.features.schools.models import School
from alongside.platform.database.reads import Read, fetch_all

NAMES = Read(
    select(School.urn, School.name).where(
        School.authority_id == bindparam("authority_id"),
        School.urn == any_(bindparam("urns", type_=ARRAY(Integer))),
    ),
    SchoolName,
)


async def names_of_schools(session: AsyncSession, authority_id: int, urns: Sequence[int]) -> dict[int, str]:
    """The names of schools by URN."""
    if not urns:
        return {}
    values = {"authority_id": authority_id, "urns": list(urns)}
    return {row.urn: row.name for row in await fetch_all(session, NAMES, values)}
