"""The school for which a need, an offer or an entry is posted: its phase, and whether it may still post."""

from typing import Protocol

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_one


class PostingSchool(msgspec.Struct, frozen=True):
    """A school for which something is posted."""

    urn: int
    name: str
    phase: str
    kind: str
    status: str


class HasPhase(Protocol):
    """A school with its phase and kind."""

    @property
    def phase(self) -> str:
        """The phase in the register."""

    @property
    def kind(self) -> str:
        """Mainstream, or a kind of special provision."""


ONE_SCHOOL = Read(
    select(*(School.__table__.c[name] for name in PostingSchool.__struct_fields__)).where(
        School.authority_id == bindparam("authority_id"), School.urn == bindparam("urn")
    ),
    PostingSchool,
)


async def get_school(
    session: AsyncSession, person: Principal, permission: Permission, urn: int
) -> PostingSchool:
    """One school with its phase. Raises NotFound unless the person has `permission` for it."""
    require(person, permission, urn)
    school = await fetch_one(session, ONE_SCHOOL, {"authority_id": person.authority_id, "urn": urn})
    if school is None:
        raise NotFound
    return school


def phase_of(school: HasPhase) -> str:
    """The phase of a school's needs: its kind if it is not a mainstream school, else its phase."""
    return school.phase if school.kind == "mainstream" else school.kind


def refuse_closed(school: str, status: str | None) -> None:
    """Refuse when the school is not open in the register. Raises ActionRefused."""
    if status not in OPEN_STATUSES:
        raise ActionRefused(
            f"{school} is not open in the register of schools, so nothing can be posted for it."
        )
