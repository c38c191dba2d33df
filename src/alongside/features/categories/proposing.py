"""What a proposal depends on: the school's phases, whether it has a category, and its consortium."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Date, Integer, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.authorities import settings_of
from alongside.features.authorities.phases import KINDS_BEFORE_PHASE, consortium_phases
from alongside.features.schools.models import OPEN_STATUSES
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all

ACADEMIES = ("Academies", "Free Schools")
"""GIAS's groups of schools that the authority does not maintain: their category is advisory."""


class SchoolFacts(msgspec.Struct, frozen=True):
    """What decides how a school takes part: its register entry, and its consortium of one phase today."""

    urn: int
    name: str
    status: str
    kind: str
    phase: str
    type_group: str | None
    consortium_id: UUID | None


FACTS = Read(
    text(
        """
        SELECT s.urn, s.name, s.status, s.kind, s.phase, s.type_group, m.consortium_id
          FROM school s
          LEFT JOIN consortium_membership m ON m.authority_id = s.authority_id AND m.school_urn = s.urn
           AND m.phase = :phase AND m.starts_on <= :today AND (m.ends_on IS NULL OR m.ends_on > :today)
         WHERE s.authority_id = :authority_id AND s.urn = ANY (:urns)
        """
    ).bindparams(
        bindparam("authority_id", type_=Integer),
        bindparam("urns", type_=ARRAY(Integer)),
        bindparam("phase", type_=Text),
        bindparam("today", type_=Date),
    ),
    SchoolFacts,
)


@dataclass(frozen=True, slots=True)
class Participation:
    """How a school takes part in a year: its phase, consortium, and whether it has a category and that is advisory.

    `refusal` is the sentence why it does not take part, or None.
    """

    phase: str
    consortium_id: UUID | None
    advisory: bool
    narrative: bool
    refusal: tuple[str, str] | None = None


async def participation(
    session: AsyncSession, person: Principal, urn: int, phase: str | None
) -> Participation:
    """Return how a school takes part; `phase` is needed only for a school of both. Raises NotFound.

    A refusal names the field of the form.
    """
    facts = (await facts_of(session, person, [urn], phase or "")).get(urn)
    if facts is None:
        raise NotFound
    first = None if phase else participation_of(person.authority_id, facts, None).phase
    if first:
        facts = (await facts_of(session, person, [urn], first))[urn]
    return participation_of(person.authority_id, facts, phase)


async def facts_of(
    session: AsyncSession, person: Principal, urns: Collection[int], phase: str
) -> dict[int, SchoolFacts]:
    """Return the register entries of schools by URN, with their consortium of one phase today."""
    values = {
        "authority_id": person.authority_id,
        "urns": sorted(urns),
        "phase": phase,
        "today": person.today,
    }
    return {one.urn: one for one in await fetch_all(session, FACTS, values)}


def participation_of(authority_id: int, facts: SchoolFacts, phase: str | None) -> Participation:
    """Return how a school takes part; `facts` name its consortium of the phase."""
    settings = settings_of(authority_id)
    deciding = facts.kind if facts.kind in KINDS_BEFORE_PHASE else facts.phase
    narrative = deciding in settings.categorisation.narrative
    phases = consortium_phases(settings, facts.phase, facts.kind)
    wanted = phase or (phases[0] if phases else "")
    refusal = None
    if facts.status not in OPEN_STATUSES:
        refusal = ("school", f"{facts.name} is closed, so it gets no category")
    elif not phases:
        refusal = ("school", "Schools of this kind get no category")
    elif wanted not in phases:
        refusal = ("phase", f"{facts.name} has no {wanted} phase")
    elif phase is None and len(phases) > 1 and not narrative:
        refusal = ("phase", "Select the phase, because this school has both")
    return Participation(wanted, facts.consortium_id, facts.type_group in ACADEMIES, narrative, refusal)
