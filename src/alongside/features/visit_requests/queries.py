"""Queries for visit requests."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.directory.models import DirectoryEntry
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.features.visit_requests.models import OPEN, VisitRequest
from alongside.features.visit_requests.request import RequestedVisit
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import record_filter
from alongside.platform.database.reads import columns_of, select_all, select_one

ON_A_PAGE = 25
A_BATCH = 200

Asking = aliased(School, name="asking")
Asked = aliased(School, name="asked")
Suggested = aliased(School, name="suggested")
AskedBy = aliased(Person, name="asked_by_name")
AnsweredBy = aliased(Person, name="answered_by_name")
OF_AUTHORITY = VisitRequest.authority_id == bindparam("authority_id")
REQUEST = (
    select(
        *columns_of(
            RequestedVisit,
            VisitRequest,
            requesting_name=Asking.name,
            supporting_name=Asked.name,
            suggested_name=Suggested.name,
            entry_title=DirectoryEntry.title,
            asked_by_name=AskedBy.name,
            answered_by_name=AnsweredBy.name,
        )
    )
    .join(
        Asking,
        (Asking.authority_id == VisitRequest.authority_id) & (Asking.urn == VisitRequest.requesting_urn),
    )
    .join(
        Asked, (Asked.authority_id == VisitRequest.authority_id) & (Asked.urn == VisitRequest.supporting_urn)
    )
    .join(
        AskedBy, (AskedBy.authority_id == VisitRequest.authority_id) & (AskedBy.id == VisitRequest.asked_by)
    )
    .outerjoin(
        Suggested,
        (Suggested.authority_id == VisitRequest.authority_id) & (Suggested.urn == VisitRequest.suggested_urn),
    )
    .outerjoin(
        DirectoryEntry,
        (DirectoryEntry.authority_id == VisitRequest.authority_id)
        & (DirectoryEntry.id == VisitRequest.entry_id),
    )
    .outerjoin(
        AnsweredBy,
        (AnsweredBy.authority_id == VisitRequest.authority_id) & (AnsweredBy.id == VisitRequest.answered_by),
    )
    .where(OF_AUTHORITY)
)


async def get_visit_request(
    session: AsyncSession, person: Principal, permission: Permission, visit_request_id: UUID
) -> RequestedVisit:
    """One visit request. Raises NotFound unless the person has `permission` for it."""
    return await _one(session, person, permission, visit_request_id, REQUEST)


async def lock_visit_request(
    session: AsyncSession, person: Principal, permission: Permission, visit_request_id: UUID
) -> RequestedVisit:
    """The same visit request, locked until the transaction ends."""
    locked = REQUEST.with_for_update(key_share=True, of=VisitRequest)
    return await _one(session, person, permission, visit_request_id, locked)


async def _one(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    visit_request_id: UUID,
    statement: Select[tuple[object, ...]],
) -> RequestedVisit:
    mine = statement.where(
        VisitRequest.id == visit_request_id, record_filter(person, permission, VisitRequest)
    )
    found = await select_one(session, mine, RequestedVisit, {"authority_id": person.authority_id})
    if found is None:
        raise NotFound
    return found


def _is_open(today: date) -> ColumnElement[bool]:
    """SQL condition: one of the schools can still answer."""
    return and_(VisitRequest.state.in_(OPEN), VisitRequest.respond_by >= today)


def _shown(person: Principal, show: str) -> ColumnElement[bool]:
    """SQL condition for one filter of the list: “mine” to answer, “others” to answer, “agreed” or “ended”."""
    waits_for_me = or_(
        and_(VisitRequest.state == "asked", VisitRequest.supporting_urn == person.school_urn),
        and_(VisitRequest.state == "dates_offered", VisitRequest.requesting_urn == person.school_urn),
    )
    match show:
        case "mine":
            return and_(_is_open(person.today), waits_for_me)
        case "others":
            return and_(_is_open(person.today), ~waits_for_me)
        case "agreed":
            return VisitRequest.state == "agreed"
        case _:
            return and_(~_is_open(person.today), VisitRequest.state != "agreed")


async def visit_requests_of(
    session: AsyncSession, person: Principal, show: str, page: int
) -> tuple[Sequence[RequestedVisit], bool]:
    """One page of the visit requests of the person's school, and whether there are more."""
    order = {
        "agreed": (VisitRequest.visit_on, VisitRequest.id),
        "ended": (VisitRequest.asked_at.desc(), VisitRequest.id.desc()),
    }.get(show, (VisitRequest.respond_by, VisitRequest.id))
    statement = (
        REQUEST.where(
            record_filter(person, Permission.VIEW_VISIT_REQUEST, VisitRequest), _shown(person, show)
        )
        .order_by(*order)
        .limit(literal_column(str(ON_A_PAGE + 1)))
        .offset(bindparam("skip"))
    )
    values = {"authority_id": person.authority_id, "skip": (page - 1) * ON_A_PAGE}
    rows = await select_all(session, statement, RequestedVisit, values)
    return rows[:ON_A_PAGE], len(rows) > ON_A_PAGE


async def visit_request_counts(session: AsyncSession, person: Principal) -> dict[str, int]:
    """The number of visit requests behind each filter of the list."""
    parts = [
        func.count().filter(_shown(person, part)).label(part)
        for part in ("mine", "others", "agreed", "ended")
    ]
    statement = (
        select(*parts)
        .select_from(VisitRequest)
        .where(OF_AUTHORITY, record_filter(person, Permission.VIEW_VISIT_REQUEST, VisitRequest))
    )
    found = (await session.execute(statement, {"authority_id": person.authority_id})).mappings().one()
    return dict(found)


LOCKED_OPEN = (
    REQUEST.where(VisitRequest.state.in_(OPEN))
    .order_by(VisitRequest.respond_by, VisitRequest.id)
    .limit(literal_column(str(A_BATCH)))
    .with_for_update(key_share=True, skip_locked=True, of=VisitRequest)
)
LATE = VisitRequest.respond_by < bindparam("today", type_=Date)


OPEN_BY_ID = (
    REQUEST.where(VisitRequest.state.in_(OPEN), VisitRequest.id > bindparam("after", type_=Uuid))
    .order_by(VisitRequest.id)
    .limit(literal_column(str(A_BATCH)))
    .with_for_update(key_share=True, skip_locked=True, of=VisitRequest)
)


async def open_visit_requests(
    session: AsyncSession, person: Principal
) -> AsyncIterator[Sequence[RequestedVisit]]:
    """All open visit requests of the authority, locked, 200 at a time."""
    last = UUID(int=0)
    while rows := await select_all(
        session, OPEN_BY_ID, RequestedVisit, {"authority_id": person.authority_id, "after": last}
    ):
        yield rows
        last = rows[-1].id


async def late_visit_requests(session: AsyncSession, person: Principal) -> Sequence[RequestedVisit]:
    """Those that were not answered in time, oldest first, 200 at most."""
    values = {"authority_id": person.authority_id, "today": person.today}
    return await select_all(session, LOCKED_OPEN.where(LATE), RequestedVisit, values)


async def late_requests(session: AsyncSession, person: Principal, urn: int) -> Sequence[RequestedVisit]:
    """The late requests of the person's school to one other school, locked."""
    own = LOCKED_OPEN.where(
        LATE, VisitRequest.requesting_urn == person.school_urn, VisitRequest.supporting_urn == urn
    )
    values = {"authority_id": person.authority_id, "today": person.today}
    return await select_all(session, own, RequestedVisit, values)


class EarlierRequest(msgspec.Struct, frozen=True):
    """An open request for the same visit, or the one after which a school asked to wait until `not_before`."""

    id: UUID
    not_before: date | None


class AskedLately(msgspec.Struct, frozen=True):
    """Requests of one person in the last hour, and of their school to another one in the last day."""

    by_person: int
    to_school: int


async def requests_lately(session: AsyncSession, person: Principal, urn: int) -> AskedLately:
    """How many requests the person and their school have sent lately."""
    statement = select(
        func.count()
        .filter(
            VisitRequest.asked_by == bindparam("person_id", type_=Uuid),
            VisitRequest.asked_at > func.now() - text("interval '1 hour'"),
        )
        .label("by_person"),
        func.count().filter(VisitRequest.supporting_urn == bindparam("urn")).label("to_school"),
    ).where(
        OF_AUTHORITY,
        VisitRequest.requesting_urn == bindparam("own"),
        VisitRequest.asked_at > func.now() - text("interval '1 day'"),
    )
    values = {
        "authority_id": person.authority_id,
        "person_id": person.id,
        "own": person.school_urn,
        "urn": urn,
    }
    (found,) = await select_all(session, statement, AskedLately, values)
    return found


async def earlier_request(
    session: AsyncSession, person: Principal, urn: int, entry_id: UUID | None
) -> EarlierRequest | None:
    """What keeps the person's school from asking this school now, if anything: an open request for the same visit, or
    an answer “not now”, which holds for every entry of the school.
    """
    same = VisitRequest.entry_id.is_(None) if entry_id is None else VisitRequest.entry_id == entry_id
    statement = (
        select(VisitRequest.id, VisitRequest.not_before)
        .where(
            OF_AUTHORITY,
            VisitRequest.requesting_urn == person.school_urn,
            VisitRequest.supporting_urn == urn,
            or_(
                and_(_is_open(person.today), same),
                and_(VisitRequest.state == "not_now", VisitRequest.not_before > person.today),
            ),
        )
        .order_by(VisitRequest.not_before.desc().nulls_first())
        .limit(literal_column("1"))
    )
    return await select_one(session, statement, EarlierRequest, {"authority_id": person.authority_id})
