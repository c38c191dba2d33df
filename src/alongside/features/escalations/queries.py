"""Queries of escalations: one, and lists. Row policies limit them to what the requester may see."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import EditConflict, NotFound
from alongside.features.consortia.models import Consortium
from alongside.features.escalations.access_log.models import NamedReader
from alongside.features.escalations.access_policy import escalation_filter, scope_of_escalation
from alongside.features.escalations.labels import STATES
from alongside.features.escalations.models import FINALS, Escalation
from alongside.features.escalations.requester import identify_requester, refuse_interest
from alongside.features.escalations.rows import (
    EscalationLine,
    EscalationRow,
    OpenEscalations,
    Part,
    PartRow,
    SchoolVisits,
)
from alongside.features.escalations.tasks.models import Criterion, Task
from alongside.features.escalations.visits.models import EscalationVisit
from alongside.features.people.models import Person
from alongside.features.schools.models import School
from alongside.platform.access.permissions import ROLE_PERMISSIONS, Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.base import one_of
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one, select_all
from alongside.platform.database.requester_context import INTERESTS, is_among

AUTHORITY: BindParameter[int] = bindparam("authority_id")
ESCALATION_ID: BindParameter[UUID] = bindparam("escalation_id")
PART_ID: BindParameter[UUID] = bindparam("part_id")
A_PAGE = 25

Handling = aliased(Consortium, name="handling")
Owner = aliased(Person, name="owner")
Raiser = aliased(Person, name="raiser")

NAMED = exists(
    select(literal_column("1"))
    .select_from(NamedReader)
    .where(
        NamedReader.authority_id == AUTHORITY,
        NamedReader.escalation_id == Escalation.id,
        NamedReader.person_id == bindparam("person_id"),
        NamedReader.ended_at.is_(None),
    )
)
OVER = text(one_of("escalation.state", FINALS))
NOT_OVER = text(f"NOT {OVER}")
OPEN_TASK = exists(
    select(Task.id).where(
        Task.authority_id == AUTHORITY,
        Task.escalation_id == Escalation.id,
        text("escalation_task.state = 'open'"),
    )
)
UNMET_CRITERION = exists(
    select(Criterion.id).where(
        Criterion.authority_id == AUTHORITY,
        Criterion.escalation_id == Escalation.id,
        Criterion.met_on.is_(None),
        Criterion.dropped_at.is_(None),
    )
)
OTHER_OPEN_ONE = literal_column(
    "EXISTS (SELECT FROM escalation other WHERE other.authority_id = escalation.authority_id"
    " AND other.school_urn = escalation.school_urn AND other.id <> escalation.id"
    f" AND NOT {one_of('other.state', FINALS)})",
    Boolean,
)
JOINED = {
    "school": School.name,
    "consortium": Consortium.name,
    "handling_consortium": Handling.name,
    "owner": Owner.name,
    "raiser": Raiser.name,
}
CALCULATED: Mapping[str, ColumnElement[bool]] = {
    "maintained": func.is_maintained(Escalation.authority_id, Escalation.school_urn, type_=Boolean),
    "named": NAMED,
    "interest": literal_column(is_among("escalation.school_urn", INTERESTS), Boolean),
    "open_task": OPEN_TASK,
    "unmet_criterion": UNMET_CRITERION,
    "other_open": OTHER_OPEN_ONE,
}


def _escalations(row: type[EscalationLine]) -> Select[*tuple[object, ...]]:
    """Return the SELECT of the escalations of an authority, with the columns of a type of row."""
    return (
        select(*columns_of(row, Escalation, **JOINED, **CALCULATED))
        .select_from(Escalation)
        .join(School, (School.authority_id == AUTHORITY) & (School.urn == Escalation.school_urn))
        .join(
            Consortium, (Consortium.authority_id == AUTHORITY) & (Consortium.id == Escalation.consortium_id)
        )
        .outerjoin(
            Handling,
            (Handling.authority_id == AUTHORITY) & (Handling.id == Escalation.handling_consortium_id),
        )
        .outerjoin(Owner, (Owner.authority_id == AUTHORITY) & (Owner.id == Escalation.owner_id))
        .outerjoin(Raiser, (Raiser.authority_id == AUTHORITY) & (Raiser.id == Escalation.raised_by))
        .where(Escalation.authority_id == AUTHORITY)
    )


LINES = _escalations(EscalationLine)
_ONE = _escalations(EscalationRow).where(Escalation.id == ESCALATION_ID)
ONE_ESCALATION = Read(_ONE, EscalationRow)
LOCKED_ESCALATION = Read(_ONE.with_for_update(key_share=True, of=Escalation), EscalationRow)
OTHERS_OF_SCHOOL = Read(
    LINES.where(Escalation.school_urn == bindparam("urn"), Escalation.id != ESCALATION_ID, NOT_OVER).order_by(
        Escalation.id
    ),
    EscalationLine,
)


def of_person(person: Principal, **more: object) -> dict[str, object]:
    """The values that every escalation query needs."""
    return {"authority_id": person.authority_id, "person_id": person.id, **more}


async def get_escalation(
    session: AsyncSession, person: Principal, permission: Permission, escalation_id: UUID
) -> EscalationRow:
    """Return an escalation if this person has this permission on it. Raises NotFound."""
    return await _read(session, person, permission, escalation_id, ONE_ESCALATION)


async def lock_escalation(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    escalation_id: UUID,
    *,
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> EscalationRow:
    """Return an escalation with a row lock until the transaction ends, so that actions on it run one after
    another.

    `version` is the one that the form was made from; `typed` the user's texts, as {column: (label, text)}, to
    show after a conflict. Raises NotFound, ActionRefused if the permission is only for people without an
    interest in the school and this person has one, or EditConflict if the escalation has changed since.
    """
    row = await _read(session, person, permission, escalation_id, LOCKED_ESCALATION)
    if (granted := ROLE_PERMISSIONS[permission].get(person.role)) is not None and granted.without_interest:
        await refuse_interest(session, person, row)
    if version is not None and row.version != version:
        differences = [
            (label, words, str(getattr(row, column, "") or ""))
            for column, (label, words) in (typed or {}).items()
        ]
        raise EditConflict(differences, row.version, now=f"The state is now: {STATES[row.state]}.")
    return row


async def _read(
    session: AsyncSession,
    person: Principal,
    permission: Permission,
    escalation_id: UUID,
    read: Read[EscalationRow],
) -> EscalationRow:
    await identify_requester(session, person)
    row = await fetch_one(session, read, of_person(person, escalation_id=escalation_id))
    if row is None:
        raise NotFound
    scope_of_escalation(person, permission, row)
    return row


async def get_part(
    session: AsyncSession, person: Principal, permission: Permission, read: Read[PartRow], part_id: UUID
) -> Part[PartRow]:
    """Return a part with its escalation, if this person has this permission. Raises NotFound."""
    await identify_requester(session, person)
    row = await _part(session, person, read, part_id)
    return Part(row, await get_escalation(session, person, permission, row.escalation_id))


async def lock_part(
    session: AsyncSession, person: Principal, permission: Permission, read: Read[PartRow], part_id: UUID
) -> Part[PartRow]:
    """Lock the escalation of a part, and return both as they are then. Raises NotFound."""
    await identify_requester(session, person)
    before = await _part(session, person, read, part_id)
    escalation = await lock_escalation(session, person, permission, before.escalation_id)
    return Part(await _part(session, person, read, part_id), escalation)


async def _part(session: AsyncSession, person: Principal, read: Read[PartRow], part_id: UUID) -> PartRow:
    row = await fetch_one(session, read, {"authority_id": person.authority_id, "part_id": part_id})
    if row is None:
        raise NotFound
    return row


async def escalations_of(
    session: AsyncSession, person: Principal, *, over: bool = False, page: int = 1
) -> tuple[Sequence[EscalationLine], bool]:
    """One page of the escalations this person can see, earliest due date first, and whether there are more
    pages.
    """
    await identify_requester(session, person)
    order = Escalation.closed_at.desc().nulls_last() if over else Escalation.due_at.asc().nulls_last()
    statement = (
        LINES.where(OVER if over else NOT_OVER, escalation_filter(person, Escalation, NAMED))
        .order_by(order, Escalation.id.desc())
        .limit(A_PAGE + 1)
        .offset((page - 1) * A_PAGE)
    )
    found = await select_all(session, statement, EscalationLine, of_person(person))
    return found[:A_PAGE], len(found) > A_PAGE


async def escalations_by_id(
    session: AsyncSession, person: Principal, ids: Sequence[UUID]
) -> Sequence[EscalationRow]:
    """Those of these escalations that this person can see, by school."""
    if not ids:
        return []
    await identify_requester(session, person)
    statement = (
        _escalations(EscalationRow)
        .where(Escalation.id.in_(ids), escalation_filter(person, Escalation, NAMED))
        .order_by(School.name, Escalation.id)
    )
    return await select_all(session, statement, EscalationRow, of_person(person))


async def all_escalations_of(session: AsyncSession, person: Principal) -> Sequence[EscalationLine]:
    """All escalations this person can see, at most 2,000, for the CSV export."""
    await identify_requester(session, person)
    statement = (
        LINES.where(escalation_filter(person, Escalation, NAMED)).order_by(Escalation.id.desc()).limit(2000)
    )
    return await select_all(session, statement, EscalationLine, of_person(person))


async def open_escalations_by_school(
    session: AsyncSession, person: Principal
) -> Mapping[int, OpenEscalations]:
    """The escalations that are not over and that this person can see, by the URN of their school."""
    await identify_requester(session, person)
    statement = (
        select(Escalation.school_urn, func.count(), func.min(Escalation.due_at))
        .where(
            Escalation.authority_id == bindparam("authority_id"),
            NOT_OVER,
            escalation_filter(person, Escalation, NAMED),
        )
        .group_by(Escalation.school_urn)
    )
    found = await select_all(session, statement, OpenEscalations, of_person(person))
    return {row.urn: row for row in found}


async def visits_by_school(session: AsyncSession, person: Principal, since: date) -> Mapping[int, int]:
    """Return how often the schools of this person's escalations were visited since a day, by their URN."""
    await identify_requester(session, person)
    statement = (
        select(Escalation.school_urn, func.count())
        .join(
            EscalationVisit,
            and_(
                EscalationVisit.authority_id == bindparam("authority_id"),
                EscalationVisit.escalation_id == Escalation.id,
            ),
        )
        .where(
            Escalation.authority_id == bindparam("authority_id"),
            EscalationVisit.visit_on.between(since, person.today),
            escalation_filter(person, Escalation, NAMED),
        )
        .group_by(Escalation.school_urn)
    )
    found = await select_all(session, statement, SchoolVisits, of_person(person))
    return {row.urn: row.visits for row in found}


async def others_of_school(
    session: AsyncSession, person: Principal, row: EscalationRow
) -> Sequence[EscalationLine]:
    """The school's other escalations that are not over and that this person can see."""
    return await fetch_all(
        session, OTHERS_OF_SCHOOL, of_person(person, escalation_id=row.id, urn=row.school_urn)
    )
