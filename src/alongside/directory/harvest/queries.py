"""Partnerships that met their need and of which nobody has made an entry yet."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.directory.model import DirectoryEntry
from alongside.needs.model import Need
from alongside.partnerships.model import Partnership
from alongside.partnerships.queries import AUTHORITY, PARTNERSHIP, one_row, reached, rows_of
from alongside.partnerships.review import Review
from alongside.partnerships.visit import Visit

NOT_YET = ~exists().where(
    DirectoryEntry.authority_id == AUTHORITY, DirectoryEntry.partnership_id == Partnership.id
)
GONE_WELL: Any = PARTNERSHIP.where(Partnership.state == "closed", Partnership.outcome == "met", NOT_YET)
CLOSED_AT = (
    select(func.max(Review.given_at))
    .where(
        Review.authority_id == AUTHORITY,
        Review.partnership_id == Partnership.id,
        Review.kind == "closing",
    )
    .correlate(Partnership)
    .scalar_subquery()
)
NEED_OF: Any = select(Need.title, Need.theme, Need.phase, Need.key_stage, Need.wanted).where(
    Need.authority_id == AUTHORITY, Need.id == bindparam("need_id")
)
VISITS: Any = (
    select(Visit.visit_on, Visit.focus, Visit.done)
    .where(
        Visit.authority_id == AUTHORITY,
        Visit.partnership_id == bindparam("partnership_id"),
        Visit.state == "recorded",
    )
    .order_by(Visit.visit_on, Visit.id)
    .limit(literal_column("30"))
)


async def partnerships_to_harvest(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """What the schools that this person writes for could make an entry of, the latest first, 25 at most."""
    statement = reached(GONE_WELL, person, Permission.WRITE_ENTRY, Partnership)
    latest = statement.order_by(Partnership.agreed_at.desc(), Partnership.id).limit(literal_column("25"))
    return await rows_of(session, latest, authority_id=person.authority_id)


async def partnership_to_harvest(session: AsyncSession, person: Person, partnership_id: UUID) -> Row[Any]:
    """One of them. Raises NotThere, also when an entry was made of it already."""
    statement = reached(GONE_WELL, person, Permission.WRITE_ENTRY, Partnership)
    return await one_row(
        session, statement.where(Partnership.id == partnership_id), authority_id=person.authority_id
    )


async def closed_lately(session: AsyncSession, authority_id: int, days: int) -> Sequence[Row[Any]]:
    """Partnerships that met their need within so many days and have no entry: whom to ask for one."""
    statement = GONE_WELL.where(
        func.now() - func.make_interval(0, 0, 0, bindparam("days")) <= CLOSED_AT
    ).order_by(Partnership.id)
    return await rows_of(session, statement, authority_id=authority_id, days=days)
