"""SELECTs for agreements that met their need and have no entry yet."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.models import SupportAgreement
from alongside.features.agreements.queries import AGREEMENT, AUTHORITY
from alongside.features.agreements.review import Review
from alongside.features.agreements.visit import Visit
from alongside.features.directory.models import DirectoryEntry
from alongside.features.needs.models import Need
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import filter_records
from alongside.platform.database.rows import one_row, rows_of

NOT_YET = ~exists().where(
    DirectoryEntry.authority_id == AUTHORITY, DirectoryEntry.agreement_id == SupportAgreement.id
)
GONE_WELL: Any = AGREEMENT.where(
    SupportAgreement.state == "closed", SupportAgreement.outcome == "met", NOT_YET
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
NEED_OF: Any = select(Need.title, Need.theme, Need.phase, Need.key_stage, Need.wanted).where(
    Need.authority_id == AUTHORITY, Need.id == bindparam("need_id")
)
VISITS: Any = (
    select(Visit.visit_on, Visit.focus, Visit.done)
    .where(
        Visit.authority_id == AUTHORITY,
        Visit.agreement_id == bindparam("agreement_id"),
        Visit.state == "recorded",
    )
    .order_by(Visit.visit_on, Visit.id)
    .limit(literal_column("30"))
)


async def agreements_to_suggest_from(session: AsyncSession, person: Principal) -> Sequence[Row[Any]]:
    """Agreements from which this person's schools could create an entry, latest first, 25 at most."""
    statement = filter_records(GONE_WELL, person, Permission.REVIEW_AGREEMENT, SupportAgreement)
    latest = statement.order_by(SupportAgreement.agreed_at.desc(), SupportAgreement.id).limit(
        literal_column("25")
    )
    return await rows_of(session, latest, authority_id=person.authority_id)


async def agreement_to_suggest_from(session: AsyncSession, person: Principal, agreement_id: UUID) -> Row[Any]:
    """One of those agreements. Raises NotFound, also when it already has an entry."""
    statement = filter_records(GONE_WELL, person, Permission.REVIEW_AGREEMENT, SupportAgreement)
    return await one_row(
        session, statement.where(SupportAgreement.id == agreement_id), authority_id=person.authority_id
    )


async def closed_lately(session: AsyncSession, authority_id: int, days: int) -> Sequence[Row[Any]]:
    """Agreements that met their need within this number of days and have no entry."""
    statement = GONE_WELL.where(
        func.now() - func.make_interval(0, 0, 0, bindparam("days")) <= CLOSED_AT
    ).order_by(SupportAgreement.id)
    return await rows_of(session, statement, authority_id=authority_id, days=days)
