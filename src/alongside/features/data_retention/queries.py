"""Queries of data retention: the forecast, legal holds, and the choices of the forms."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import BindParameter, Date, bindparam, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.data_retention.models import LegalHold, SubjectRequest
from alongside.features.data_retention.retention_rules import retention_rules
from alongside.features.data_retention.rows import Hold, PersonChoice, RequestRow
from alongside.features.people.models import Person
from alongside.features.schools.choices import SchoolName
from alongside.features.schools.models import School
from alongside.platform.access.principal import Principal, Role
from alongside.platform.database.reads import Read, fetch_all, fetch_one, select_all
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.retention import RetentionRule

Placer = aliased(Person, name="placer")
AUTHORITY: BindParameter[int] = bindparam("authority_id")


HOLDS = Read(
    select(
        LegalHold.id,
        LegalHold.kind,
        LegalHold.why,
        LegalHold.until_on,
        LegalHold.placed_at,
        LegalHold.lifted_at,
        School.name.label("school"),
        Person.name.label("person"),
        Placer.name.label("placer"),
    )
    .outerjoin(School, (School.authority_id == LegalHold.authority_id) & (School.urn == LegalHold.school_urn))
    .outerjoin(Person, (Person.authority_id == LegalHold.authority_id) & (Person.id == LegalHold.person_id))
    .join(Placer, (Placer.authority_id == LegalHold.authority_id) & (Placer.id == LegalHold.placed_by))
    .where(LegalHold.authority_id == AUTHORITY)
    .order_by(LegalHold.lifted_at.is_not(None), LegalHold.placed_at.desc())
    .limit(literal_column("200")),
    Hold,
)
SCHOOLS = Read(
    select(School.urn, School.name)
    .where(School.authority_id == AUTHORITY)
    .order_by(School.name, School.urn)
    .limit(literal_column("5000")),
    SchoolName,
)
REQUEST = Read(
    select(
        SubjectRequest.id,
        SubjectRequest.person_id,
        SubjectRequest.asked_at,
        SubjectRequest.why,
        Person.name,
    )
    .join(
        Person,
        (Person.authority_id == SubjectRequest.authority_id) & (Person.id == SubjectRequest.person_id),
    )
    .where(SubjectRequest.authority_id == AUTHORITY, SubjectRequest.id == bindparam("request_id")),
    RequestRow,
)
OLD_ENTRIES = """
     WHERE authority_id = :authority_id AND at < now() - make_interval(days => :days)
       AND NOT EXISTS (SELECT FROM legal_hold WHERE authority_id = :authority_id AND lifted_at IS NULL
                       AND (until_on IS NULL OR until_on >= :today))
"""
BEFORE = re.compile(r":before\b")


@dataclass(frozen=True, slots=True)
class RetentionForecast:
    """Forecast of one class: its label, days kept, and the number of expired rows."""

    words: str
    days: int
    due: int


async def outlook(
    session: AsyncSession, person: Principal, settings: AuthoritySettings
) -> list[RetentionForecast]:
    """The forecast of the next run for each class; it uses the query that chooses what to delete.

    Runs as the system role, because it returns counts only. The caller must have checked the permission.
    """
    await set_requester(session, RequesterContext(person.authority_id, Role.SYSTEM.value))
    rules, kept = retention_rules(), settings.retention.audit_log
    days = [*(days_of(settings, one) for one in rules), kept]
    values: dict[str, object] = {"authority_id": person.authority_id, "days": kept, "today": person.today}
    values |= {f"before_{at}": person.today - timedelta(days=days[at]) for at in range(len(rules))}
    due = await fetch_all(session, _forecast(), values)
    words = [*(one.label for one in rules), "The journal, from its oldest entries on"]
    return [RetentionForecast(*one) for one in zip(words, days, due, strict=True)]


@lru_cache(maxsize=1)
def _forecast() -> Read[int]:
    """One statement that counts the expired rows of each class, and then the entries of the audit log."""
    expired = [
        f"SELECT {at} AS place, count(*) AS due FROM ({BEFORE.sub(f':before_{at}', one.expired.text)}) AS class_{at}"  # noqa: S608  (our own statements)
        for at, one in enumerate(retention_rules())
    ]
    log = f"SELECT {len(expired)}, count(*) FROM audit_entry {OLD_ENTRIES}"  # noqa: S608  (constants)
    counted = text(f"SELECT due FROM ({' UNION ALL '.join([*expired, log])}) AS forecast ORDER BY place")  # noqa: S608
    dates = (bindparam(f"before_{at}", type_=Date) for at in range(len(expired)))
    return Read(counted.bindparams(bindparam("today", type_=Date), *dates), int)


async def expired_rows(
    session: AsyncSession,
    person: Principal,
    settings: AuthoritySettings,
    rule: RetentionRule,
    most: int | None = None,
) -> Sequence[UUID]:
    """The ids of a class's expired rows that are not on hold, oldest first."""
    values = {
        "authority_id": person.authority_id,
        "before": person.today - timedelta(days=days_of(settings, rule)),
        "today": person.today,
    }
    found = (await session.scalars(rule.expired, values)).all()
    return found[:most]


def days_of(settings: AuthoritySettings, rule: RetentionRule) -> int:
    """Days for which a class is kept after its end."""
    days: int = getattr(settings.retention, rule.key)
    return days


async def holds_of(session: AsyncSession, authority_id: int) -> list[Hold]:
    """The legal holds, active ones first."""
    return await fetch_all(session, HOLDS, {"authority_id": authority_id})


async def active_holds(session: AsyncSession, person: Principal) -> int:
    """The number of legal holds that are active today."""
    count = select(func.count()).where(
        LegalHold.authority_id == person.authority_id,
        LegalHold.lifted_at.is_(None),
        LegalHold.until_on.is_(None) | (LegalHold.until_on >= person.today),
    )
    return await session.scalar(count) or 0


async def people_of(
    session: AsyncSession, authority_id: int, wanted: str = "", chosen: Iterable[UUID] = ()
) -> list[PersonChoice]:
    """Up to 100 people whose name or email contains `wanted`, also those who left, and the people in `chosen`."""
    fits = Person.name.icontains(wanted, autoescape=True) | Person.email.icontains(wanted, autoescape=True)
    ids = list(chosen)
    statement = (
        select(Person.id, Person.name)
        .where(Person.authority_id == authority_id, fits | Person.id.in_(ids))
        .order_by(Person.id.in_(ids).desc(), Person.name, Person.id)
        .limit(literal_column("100"))
    )
    return await select_all(session, statement, PersonChoice, {})


async def schools_of(session: AsyncSession, authority_id: int) -> list[SchoolName]:
    """Every school of the authority, by name."""
    return await fetch_all(session, SCHOOLS, {"authority_id": authority_id})


async def request_of(session: AsyncSession, authority_id: int, request_id: UUID) -> RequestRow:
    """A subject access request with the person's name. Raises NotFound."""
    found = await fetch_one(session, REQUEST, {"authority_id": authority_id, "request_id": request_id})
    if found is None:
        raise NotFound
    return found
