"""The audience of a consultation: its choices and labels, and the schools that would be asked now."""

import msgspec
from sqlalchemy import ARRAY, Date, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import KINDS_BEFORE_PHASE, consortium_phases
from alongside.features.consortia.models import PHASES
from alongside.features.schools.phases import PHASES as SCHOOL_PHASES
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

EVERYBODY = "all"
AUDIENCES = {EVERYBODY: "All headteachers"} | {phase: f"Headteachers of {phase} schools" for phase in PHASES}
"""The choices of the form, by key."""


def label_of(phase: str | None) -> str:
    """Return the name of an audience."""
    return AUDIENCES[phase or EVERYBODY]


def school_phases(authority_id: int, phase: str | None) -> list[str]:
    """Return the phases and kinds of school that the authority counts to a phase of consortia; all without one."""
    settings = settings_of(authority_id)
    return [one for one in SCHOOL_PHASES if phase is None or phase in consortium_phases(settings, one, one)]


class AskedUrn(msgspec.Struct, frozen=True):
    """A school that would be asked now."""

    urn: int


SCHOOLS = Read(
    text(
        f"""
        SELECT s.urn FROM school s
         WHERE s.authority_id = :authority_id AND s.status IN ('open', 'closing')
           AND (s.type_group IS DISTINCT FROM 'Independent schools' OR EXISTS (
                SELECT FROM consortium_membership m WHERE m.authority_id = :authority_id AND m.school_urn = s.urn
                   AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today)))
           AND CASE WHEN s.kind IN {KINDS_BEFORE_PHASE} THEN s.kind ELSE s.phase END = ANY (:school_phases)
         ORDER BY s.urn
        """  # noqa: S608  (only our own constants are put in)
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("today", type_=Date),
        bindparam("school_phases", type_=ARRAY(Text)),
    ),
    AskedUrn,
)


async def schools_to_ask(session: AsyncSession, person: Principal, phase: str | None) -> list[int]:
    """Return the URNs of the open schools in an audience; independent schools only as members of a consortium."""
    values = {
        "authority_id": person.authority_id,
        "today": person.today,
        "school_phases": school_phases(person.authority_id, phase),
    }
    return [one.urn for one in await fetch_all(session, SCHOOLS, values)]
