"""The school for which a need, an offer or an entry is posted: its phase, and whether it may still post."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

ONE_SCHOOL: Any = select(School.urn, School.name, School.phase, School.kind, School.status).where(
    School.authority_id == bindparam("authority_id"), School.urn == bindparam("urn")
)


async def get_school(session: AsyncSession, person: Principal, permission: Permission, urn: int) -> Row[Any]:
    """One school with its phase. Raises NotFound unless the person has `permission` for it."""
    require(person, permission, urn)
    values = {"authority_id": person.authority_id, "urn": urn}
    school: Row[Any] | None = (await session.execute(ONE_SCHOOL, values)).one_or_none()
    if school is None:
        raise NotFound
    return school


def phase_of(school: Any) -> str:
    """The phase of a school's needs: its kind if it is not a mainstream school, else its phase."""
    phase: str = school.phase if school.kind == "mainstream" else school.kind
    return phase


def refuse_closed(school: str, status: str | None) -> None:
    """Refuse when the school is not open in the register. Raises ActionRefused."""
    if status not in OPEN_STATUSES:
        raise ActionRefused(
            f"{school} is not open in the register of schools, so nothing can be posted for it."
        )
