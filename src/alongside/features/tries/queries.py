"""Queries for tries."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, Integer, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.agreements.visit import Visit
from alongside.features.directory.models import DirectoryEntry
from alongside.features.people.models import Person
from alongside.features.tries.models import PracticeTry
from alongside.features.tries.rows import TryRow
from alongside.features.visit_requests.models import VisitRequest
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one

ON_A_PAGE = 25
AUTHORITY = bindparam("authority_id", type_=Integer)
TRY = (
    select(
        *columns_of(
            TryRow,
            PracticeTry,
            writer=Person.name,
            writer_left_on=Person.left_on,
            entry_title=DirectoryEntry.title,
            agreement_id=Visit.agreement_id,
            visit_on=func.coalesce(Visit.visit_on, VisitRequest.visit_on),
        )
    )
    .select_from(PracticeTry)
    .join(Person, (Person.authority_id == AUTHORITY) & (Person.id == PracticeTry.written_by))
    .outerjoin(
        DirectoryEntry,
        (DirectoryEntry.authority_id == AUTHORITY) & (DirectoryEntry.id == PracticeTry.entry_id),
    )
    .outerjoin(Visit, (Visit.authority_id == AUTHORITY) & (Visit.id == PracticeTry.visit_id))
    .outerjoin(
        VisitRequest,
        (VisitRequest.authority_id == AUTHORITY) & (VisitRequest.id == PracticeTry.visit_request_id),
    )
    .where(PracticeTry.authority_id == AUTHORITY)
)
ONE_TRY = Read(TRY.where(PracticeTry.id == bindparam("try_id")), TryRow)
LOCKED_TRY = Read(
    TRY.where(PracticeTry.id == bindparam("try_id")).with_for_update(key_share=True, of=PracticeTry), TryRow
)
OF_SCHOOL = TRY.where(
    PracticeTry.school_urn == bindparam("urn", type_=Integer), PracticeTry.state != "withdrawn"
).order_by((PracticeTry.state == "intended").desc(), PracticeTry.ask_on.desc(), PracticeTry.id.desc())
LATEST_OF_SCHOOL = Read(OF_SCHOOL.limit(literal_column("5")), TryRow)
PAGE_OF_SCHOOL = Read(
    OF_SCHOOL.limit(literal_column(str(ON_A_PAGE + 1))).offset(bindparam("skipped", type_=Integer)), TryRow
)
TO_ASK = Read(
    TRY.where(
        PracticeTry.state == "intended",
        PracticeTry.asked_on.is_(None),
        PracticeTry.ask_on <= bindparam("today", type_=Date),
    )
    .order_by(PracticeTry.id)
    .limit(literal_column("200")),
    TryRow,
)


async def tries_of_school(
    session: AsyncSession, person: Principal, page: int
) -> tuple[Sequence[TryRow], bool]:
    """One page of the tries of this person's school, open ones first, and whether there are more."""
    values = {
        "authority_id": person.authority_id,
        "urn": person.school_urn or 0,
        "skipped": (page - 1) * ON_A_PAGE,
    }
    found = await fetch_all(session, PAGE_OF_SCHOOL, values)
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


async def get_try(session: AsyncSession, person: Principal, permission: Permission, try_id: UUID) -> TryRow:
    """One try. Raises NotFound unless it is of this person's school."""
    return await _one(session, person, permission, try_id, ONE_TRY)


async def lock_try(session: AsyncSession, person: Principal, permission: Permission, try_id: UUID) -> TryRow:
    """The same try, locked until the transaction ends."""
    return await _one(session, person, permission, try_id, LOCKED_TRY)


async def tries_to_ask_about(session: AsyncSession, authority_id: int, today: date) -> list[TryRow]:
    """Tries whose school was not asked yet how it went, 200 at most."""
    return await fetch_all(session, TO_ASK, {"authority_id": authority_id, "today": today})


async def _one(
    session: AsyncSession, person: Principal, permission: Permission, try_id: UUID, read: Read[TryRow]
) -> TryRow:
    row = await fetch_one(session, read, {"authority_id": person.authority_id, "try_id": try_id})
    if row is None:
        raise NotFound
    require_on(person, permission, row)
    return row
