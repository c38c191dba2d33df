"""Queries for raising: the lead's schools, the support already tried, and escalations that are open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.requester import identify_requester
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import filter_by_scope, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal

SCHOOLS: Any = (
    select(School.urn, School.name)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.name, School.urn)
)
TRIED_WITH = text(
    """
    (SELECT 'need' AS kind, n.id, n.title AS words, n.state, n.posted_at::date AS at_on
       FROM need n WHERE n.authority_id = :authority_id AND n.school_urn = :urn AND n.posted_at IS NOT NULL
      ORDER BY n.posted_at DESC LIMIT 8)
    UNION ALL
    (SELECT 'agreement', p.id, g.name, p.state, p.starts_on
       FROM support_agreement p JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.supporting_urn
      WHERE p.authority_id = :authority_id AND p.requesting_urn = :urn ORDER BY p.starts_on DESC LIMIT 8)
    UNION ALL
    (SELECT 'review', r.id, g.name, r.kind, r.given_at::date
       FROM review r
       JOIN support_agreement p ON p.authority_id = r.authority_id AND p.id = r.agreement_id
       JOIN school g ON g.authority_id = p.authority_id AND g.urn = p.supporting_urn
      WHERE r.authority_id = :authority_id AND p.requesting_urn = :urn ORDER BY r.given_at DESC LIMIT 8)
    """
)


async def schools_to_raise_for(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """The open schools for which this person may raise an escalation, by name."""
    statement = filter_by_scope(SCHOOLS, person, Permission.RAISE_ESCALATION, School.urn)
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id})
    ).all()
    return found


async def school_to_raise_for(session: AsyncSession, person: Principal, urn: int) -> Row[Any]:
    """One school for which this person may raise an escalation. Raises NotFound."""
    require(person, Permission.RAISE_ESCALATION, urn)
    found: Row[Any] | None = (
        await session.execute(SCHOOLS.where(School.urn == urn), {"authority_id": person.authority_id})
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


async def tried_with(session: AsyncSession, person: Principal, urn: int) -> Sequence[Row[Any]]:
    """The support recorded for a school: needs, support agreements and reviews, at most eight of each."""
    values = {"authority_id": person.authority_id, "urn": urn}
    return (await session.execute(TRIED_WITH, values)).all()


async def open_escalations_of(
    session: AsyncSession, person: Principal, urns: Sequence[int]
) -> dict[int, UUID]:
    """The open escalations of these schools that this person can see, one per school."""
    await identify_requester(session, person)
    statement = (
        select(Escalation.school_urn, Escalation.id)
        .where(
            Escalation.authority_id == person.authority_id,
            Escalation.school_urn.in_(urns),
            Escalation.state.not_in(FINALS),
        )
        .order_by(Escalation.id)
        .limit(literal_column("500"))
    )
    return {row.school_urn: row.id for row in await session.execute(statement)}
