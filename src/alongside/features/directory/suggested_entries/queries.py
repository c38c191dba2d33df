"""SELECTs for agreements that met their need and have no entry yet."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import Select, bindparam, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.models import Aim, SupportAgreement
from alongside.features.agreements.queries import AUTHORITY, Asking, Giving
from alongside.features.agreements.review import Review
from alongside.features.agreements.visit import Visit
from alongside.features.directory.models import DirectoryEntry
from alongside.features.needs.models import Need
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.reads import Read, select_all, select_one

NOT_YET = ~exists().where(
    DirectoryEntry.authority_id == AUTHORITY, DirectoryEntry.agreement_id == SupportAgreement.id
)


class ClosedAgreement(msgspec.Struct, frozen=True):
    """An agreement that met its need, with the names of its schools and the days of support that were used."""

    id: UUID
    need_id: UUID
    need_title: str
    requesting_urn: int
    supporting_urn: int
    requesting_name: str
    supporting_name: str
    days_used: Decimal


class NeedText(msgspec.Struct, frozen=True):
    """What a need says of itself."""

    title: str
    theme: str | None
    phase: str | None
    key_stage: str | None
    wanted: str


class AimText(msgspec.Struct, frozen=True):
    """An aim of an agreement, its measure, and the values before and intended."""

    id: UUID
    aim: str
    measure: str
    baseline: str
    target: str


class VisitRecord(msgspec.Struct, frozen=True):
    """The record of a visit."""

    visit_on: date
    focus: str
    done: str


GONE_WELL = (
    select(
        SupportAgreement.id,
        SupportAgreement.need_id,
        Need.title,
        SupportAgreement.requesting_urn,
        SupportAgreement.supporting_urn,
        Asking.name,
        Giving.name,
        SupportAgreement.days_used,
    )
    .join(Asking, (Asking.authority_id == AUTHORITY) & (Asking.urn == SupportAgreement.requesting_urn))
    .join(Giving, (Giving.authority_id == AUTHORITY) & (Giving.urn == SupportAgreement.supporting_urn))
    .join(Need, (Need.authority_id == AUTHORITY) & (Need.id == SupportAgreement.need_id))
    .where(
        SupportAgreement.authority_id == AUTHORITY,
        SupportAgreement.state == "closed",
        SupportAgreement.outcome == "met",
        NOT_YET,
    )
)
CLOSED_AT = (
    select(func.max(Review.given_at))
    .where(
        Review.authority_id == AUTHORITY,
        Review.agreement_id == SupportAgreement.id,
        Review.kind == "closing",
    )
    .correlate(SupportAgreement)
    .scalar_subquery()
)
NEED_OF = Read(
    select(Need.title, Need.theme, Need.phase, Need.key_stage, Need.wanted).where(
        Need.authority_id == AUTHORITY, Need.id == bindparam("need_id")
    ),
    NeedText,
)
AIMS = Read(
    select(Aim.id, Aim.aim, Aim.measure, Aim.baseline, Aim.target)
    .where(Aim.authority_id == AUTHORITY, Aim.agreement_id == bindparam("agreement_id"))
    .order_by(Aim.id),
    AimText,
)
CLOSING_REVIEWS = Read(
    select(Review.changed)
    .where(
        Review.authority_id == AUTHORITY,
        Review.agreement_id == bindparam("agreement_id"),
        Review.kind == "closing",
    )
    .order_by(Review.given_at, Review.id),
    str,
)
VISITS = Read(
    select(Visit.visit_on, Visit.focus, Visit.done)
    .where(
        Visit.authority_id == AUTHORITY,
        Visit.agreement_id == bindparam("agreement_id"),
        Visit.state == "recorded",
    )
    .order_by(Visit.visit_on, Visit.id)
    .limit(literal_column("30")),
    VisitRecord,
)


async def agreements_to_suggest_from(session: AsyncSession, person: Principal) -> list[ClosedAgreement]:
    """Agreements from which this person's schools could create an entry, latest first, 25 at most."""
    latest = (
        _within(person)
        .order_by(SupportAgreement.agreed_at.desc(), SupportAgreement.id)
        .limit(literal_column("25"))
    )
    return await select_all(session, latest, ClosedAgreement, {"authority_id": person.authority_id})


async def agreement_to_suggest_from(
    session: AsyncSession, person: Principal, agreement_id: UUID
) -> ClosedAgreement:
    """One of those agreements. Raises NotFound, also when it already has an entry."""
    statement = _within(person).where(SupportAgreement.id == agreement_id)
    values = {"authority_id": person.authority_id}
    found = await select_one(session, statement, ClosedAgreement, values)
    if found is None:
        raise NotFound
    return found


async def closed_lately(session: AsyncSession, authority_id: int, days: int) -> list[ClosedAgreement]:
    """Agreements that met their need within this number of days and have no entry."""
    statement = GONE_WELL.where(
        func.now() - func.make_interval(0, 0, 0, bindparam("days")) <= CLOSED_AT
    ).order_by(SupportAgreement.id)
    values = {"authority_id": authority_id, "days": days}
    return await select_all(session, statement, ClosedAgreement, values)


def _within(person: Principal) -> Select[UUID, UUID, str, int, int, str, str, Decimal]:
    return GONE_WELL.where(record_filter(person, Permission.REVIEW_AGREEMENT, SupportAgreement))
