"""The people who take part in an escalation: leads and deputies, the core team, and named readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.models import NamedReader
from alongside.features.escalations.rows import Parties, PersonInRole
from alongside.platform.access.principal import Principal
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import Read, fetch_all, fetch_one


def _itself(person_id: UUID) -> UUID:
    return person_id


LEADS = Read(
    text(
        """
        SELECT DISTINCT p.id FROM role_assignment a
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
         WHERE a.authority_id = :authority_id AND a.consortium_id = ANY(:consortium_ids)
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
           AND (p.id = :raised_by OR :school_urn NOT IN (SELECT interests_of(:authority_id, p.id, :today)))
        """
    ),
    _itself,
)
OFFICERS = Read(
    text(
        """
        SELECT DISTINCT p.id, p.name, a.role FROM role_assignment a
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
         WHERE a.authority_id = :authority_id AND a.role IN ('core_officer', 'head_of_service')
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
         ORDER BY p.name, p.id
        """
    ),
    PersonInRole,
)
HEADS = Read(
    text(
        """
        SELECT DISTINCT p.id FROM role_assignment a
          JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
         WHERE a.authority_id = :authority_id AND a.role = 'headteacher' AND a.school_urn = :school_urn
           AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
           AND (p.left_on IS NULL OR p.left_on > :today)
        """
    ),
    _itself,
)
_READER = NamedReader.__table__.c
NAMED_READERS = Read(
    select(_READER.person_id).where(
        _READER.authority_id == bindparam("authority_id"),
        _READER.escalation_id == bindparam("escalation_id"),
        _READER.ended_at.is_(None),
    ),
    _itself,
)


EVERYONE = CombinedRead(LEADS, NAMED_READERS, OFFICERS, HEADS)


@dataclass(frozen=True, slots=True)
class Participants:
    """The people who take part in an escalation; `readers` are all named ones only where the core team asks."""

    leads: Sequence[UUID]
    readers: Sequence[UUID]
    officers: Sequence[UUID]
    heads: Sequence[UUID]


async def participants_of(
    session: AsyncSession, person: Principal, escalation_id: UUID, row: Parties
) -> Participants:
    """The people who take part in an escalation; delegates do not."""
    values = _values(person, row) | {"escalation_id": escalation_id}
    found = await fetch_one(session, EVERYONE, values)
    assert found is not None
    team = list(dict.fromkeys(one.id for one in found.of(OFFICERS)))
    return Participants(found.of(LEADS), found.of(NAMED_READERS), team, found.of(HEADS))


async def leads_with_a_seat(session: AsyncSession, person: Principal, row: Parties) -> list[UUID]:
    """The leads and deputies of the escalation's consortia, without those with an interest in the school."""
    return await fetch_all(session, LEADS, _values(person, row))


async def heads_of(session: AsyncSession, person: Principal, urn: int) -> list[UUID]:
    """The headteacher of a school."""
    values = {"authority_id": person.authority_id, "school_urn": urn, "today": person.today}
    return await fetch_all(session, HEADS, values)


async def officers(session: AsyncSession, person: Principal) -> list[PersonInRole]:
    """The present members of the core team: id, name and role."""
    return await fetch_all(session, OFFICERS, {"authority_id": person.authority_id, "today": person.today})


def _values(person: Principal, row: Parties) -> dict[str, object]:
    return {
        "authority_id": person.authority_id,
        "consortium_ids": [one for one in (row.consortium_id, row.handling_consortium_id) if one is not None],
        "school_urn": row.school_urn,
        "raised_by": row.raised_by,
        "today": person.today,
    }
