"""Queries for raising: the lead's schools, the support already tried, and escalations that are open."""

from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, any_, bindparam, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.raising.forms import ChosenSchool, RecordedSupport
from alongside.features.escalations.raising.models import DeferredNotification
from alongside.features.escalations.requester import identify_requester
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import require, schools_within
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import one_of
from alongside.platform.database.combined_reads import CombinedRead
from alongside.platform.database.reads import Read, fetch_all, fetch_one


class SchoolName(msgspec.Struct, frozen=True):
    """A school for which an escalation can be raised."""

    urn: int
    name: str


class OpenEscalation(msgspec.Struct, frozen=True):
    """An open escalation of a school that the person who asks can see."""

    school_urn: int
    id: UUID


_SCHOOL, _ROW, _DEFERRED = School.__table__.c, Escalation.__table__.c, DeferredNotification.__table__.c
SCHOOLS = Read(
    select(_SCHOOL.urn, _SCHOOL.name)
    .where(
        _SCHOOL.authority_id == bindparam("authority_id"),
        _SCHOOL.urn == any_(bindparam("urns", type_=ARRAY(Integer))),
        text(one_of("school.status", OPEN_STATUSES)),
    )
    .order_by(_SCHOOL.name, _SCHOOL.urn),
    SchoolName,
)
RECORDED_SUPPORT = Read(
    text(
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
    ),
    RecordedSupport,
)
OPEN_ESCALATIONS = Read(
    select(_ROW.school_urn, _ROW.id)
    .where(
        _ROW.authority_id == bindparam("authority_id"),
        _ROW.school_urn == any_(bindparam("urns", type_=ARRAY(Integer))),
        text(f"NOT {one_of('escalation.state', FINALS)}"),
    )
    .order_by(_ROW.id)
    .limit(literal_column("500")),
    OpenEscalation,
)
CHOSEN_SCHOOL = CombinedRead(SCHOOLS, RECORDED_SUPPORT, OPEN_ESCALATIONS)
DEFERRED = Read(
    select(_DEFERRED.why).where(
        _DEFERRED.authority_id == bindparam("authority_id"),
        _DEFERRED.escalation_id == bindparam("escalation_id"),
    ),
    str,
)
"""Why the headteacher was not told of an escalation when it was raised."""


async def schools_to_raise_for(session: AsyncSession, person: Principal) -> list[SchoolName]:
    """The open schools for which this person may raise an escalation, by name."""
    urns = sorted(schools_within(person, Permission.RAISE_ESCALATION) or ())
    return await fetch_all(session, SCHOOLS, {"authority_id": person.authority_id, "urns": urns})


async def school_to_raise_for(session: AsyncSession, person: Principal, urn: int) -> ChosenSchool:
    """One school for which this person may raise an escalation. Raises NotFound."""
    require(person, Permission.RAISE_ESCALATION, urn)
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "urn": urn, "urns": [urn]}
    found = await fetch_one(session, CHOSEN_SCHOOL, values)
    assert found is not None
    if not (schools := found.of(SCHOOLS)):
        raise NotFound
    open_one = next((one.id for one in found.of(OPEN_ESCALATIONS)), None)
    return ChosenSchool(urn, schools[0].name, found.of(RECORDED_SUPPORT), open_one)
