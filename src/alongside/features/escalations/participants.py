"""The people who take part in an escalation: leads and deputies, the core team, and named readers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.models import NamedReader
from alongside.platform.access.principal import Principal

LEADS = text(
    """
    SELECT DISTINCT p.id FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.consortium_id = ANY(:consortium_ids)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND (p.id = :raised_by OR :school_urn NOT IN (SELECT interests_of(:authority_id, p.id, :today)))
    """
)
OFFICERS = text(
    """
    SELECT DISTINCT p.id, p.name, a.role FROM role_assignment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.role = ANY(:roles)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
     ORDER BY p.name, p.id
    """
)


async def leads_with_a_seat(session: AsyncSession, person: Principal, row: Any) -> list[UUID]:
    """The leads and deputies of the escalation's consortia, without those with an interest in the school."""
    consortia = [one for one in (row.consortium_id, row.handling_consortium_id) if one is not None]
    values = {
        "authority_id": person.authority_id,
        "consortium_ids": consortia,
        "school_urn": row.school_urn,
        "raised_by": row.raised_by,
        "today": person.today,
    }
    return list((await session.scalars(LEADS, values)).all())


async def officers(
    session: AsyncSession, person: Principal, roles: Sequence[str] = ("core_officer", "head_of_service")
) -> Sequence[Row[Any]]:
    """The present members of the core team: id, name and role."""
    values = {"authority_id": person.authority_id, "roles": list(roles), "today": person.today}
    return (await session.execute(OFFICERS, values)).all()


async def named_readers(session: AsyncSession, person: Principal, escalation_id: UUID) -> list[UUID]:
    """The named readers of an escalation; the row policy shows all of them to the core team only."""
    statement = select(NamedReader.person_id).where(
        NamedReader.authority_id == person.authority_id,
        NamedReader.escalation_id == escalation_id,
        NamedReader.ended_at.is_(None),
    )
    return list((await session.scalars(statement)).all())
