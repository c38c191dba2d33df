"""Reading cases: one, those of a list, and who has a part in them. PostgreSQL shows only what the asker may see."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.consortia.model import Consortium
from alongside.errors import NotThere, Stale
from alongside.escalations.asking import ask
from alongside.escalations.model import FINALS, Case
from alongside.escalations.raising.model import Untold
from alongside.escalations.reading.model import Reader
from alongside.escalations.seats import case_clause, reach_case
from alongside.escalations.story import Event
from alongside.escalations.waiting import Wait
from alongside.people.model import PersonRow
from alongside.schools.model import School

AUTHORITY: Any = bindparam("authority_id")
A_PAGE = 25

Handling = aliased(Consortium, name="handling")
Owner = aliased(PersonRow, name="owner")
Raiser = aliased(PersonRow, name="raiser")

NAMED: Any = exists(
    select(literal_column("1"))
    .select_from(Reader)
    .where(
        Reader.authority_id == AUTHORITY,
        Reader.case_id == Case.id,
        Reader.person_id == bindparam("person_id"),
        Reader.ended_at.is_(None),
    )
)
CASE: Any = (
    select(
        *Case.__table__.columns,
        School.name.label("school"),
        School.phase.label("phase"),
        Consortium.name.label("consortium"),
        Handling.name.label("handling_consortium"),
        Owner.name.label("owner"),
        Raiser.name.label("raiser"),
        func.is_maintained(Case.authority_id, Case.school_urn).label("maintained"),
        NAMED.label("named"),
    )
    .join(School, (School.authority_id == AUTHORITY) & (School.urn == Case.school_urn))
    .join(Consortium, (Consortium.authority_id == AUTHORITY) & (Consortium.id == Case.consortium_id))
    .outerjoin(Handling, (Handling.authority_id == AUTHORITY) & (Handling.id == Case.handling_consortium_id))
    .outerjoin(Owner, (Owner.authority_id == AUTHORITY) & (Owner.id == Case.owner_id))
    .outerjoin(Raiser, (Raiser.authority_id == AUTHORITY) & (Raiser.id == Case.raised_by))
    .where(Case.authority_id == AUTHORITY)
)
ONE_CASE: Any = CASE.where(Case.id == bindparam("case_id"))
HELD_CASE: Any = ONE_CASE.with_for_update(key_share=True, of=Case)
WAITS: Any = (
    select(Wait.waiting_on, Wait.why, Wait.since_at, Wait.until_at)
    .where(Wait.authority_id == AUTHORITY, Wait.case_id == bindparam("case_id"))
    .order_by(Wait.since_at)
)
EVENTS: Any = (
    select(Event.at, Event.verb, Event.note, Event.person_name, Event.role)
    .where(Event.authority_id == AUTHORITY, Event.case_id == bindparam("case_id"))
    .order_by(Event.id.desc())
    .limit(literal_column("200"))
)
UNTOLD: Any = select(Untold.why, Untold.decided_at).where(
    Untold.authority_id == AUTHORITY, Untold.case_id == bindparam("case_id")
)
LEADS = text(
    """
    SELECT DISTINCT p.id FROM appointment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.consortium_id = ANY(:consortium_ids)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
       AND (p.id = :raised_by OR :school_urn NOT IN (SELECT interests_of(:authority_id, p.id, :today)))
    """
)
OFFICERS = text(
    """
    SELECT DISTINCT p.id, p.name, a.role FROM appointment a
      JOIN person p ON p.authority_id = a.authority_id AND p.id = a.person_id
     WHERE a.authority_id = :authority_id AND a.role = ANY(:roles)
       AND a.starts_on <= :today AND (a.ends_on IS NULL OR a.ends_on > :today)
       AND (p.left_on IS NULL OR p.left_on > :today)
     ORDER BY p.name, p.id
    """
)


def of_person(person: Person, **more: Any) -> Mapping[str, Any]:
    """The values that every query of a case is asked with."""
    return {"authority_id": person.authority_id, "person_id": person.id, **more}


async def case_to(session: AsyncSession, person: Person, permission: Permission, case_id: UUID) -> Row[Any]:
    """A case, if this person may do this to it. Raises NotThere."""
    await ask(session, person)
    found: Row[Any] | None = (
        await session.execute(ONE_CASE, of_person(person, case_id=case_id))
    ).one_or_none()
    if found is None:
        raise NotThere
    reach_case(person, permission, found)
    return found


async def held_case(
    session: AsyncSession,
    person: Person,
    permission: Permission,
    case_id: UUID,
    *,
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> Row[Any]:
    """A case as it is now, held until the transaction ends: every act holds it first, so acts wait in a row.

    `version` is the one that was shown; `typed` what was written over it, as {column: (label, text)}. Raises NotThere,
    or Stale when somebody acted since.
    """
    await case_to(session, person, permission, case_id)
    row: Row[Any] | None = (
        await session.execute(HELD_CASE, of_person(person, case_id=case_id))
    ).one_or_none()
    if row is None:
        raise NotThere
    if version is not None and row.version != version:
        differences = [
            (label, words, str(getattr(row, column, "") or ""))
            for column, (label, words) in (typed or {}).items()
        ]
        raise Stale(differences, row.version)
    return row


async def cases_of(
    session: AsyncSession, person: Person, *, over: bool = False, page: int = 1
) -> tuple[Sequence[Row[Any]], bool]:
    """A page of the cases in which somebody has a part, what is due first at the top; whether more follow."""
    await ask(session, person)
    statement = CASE.where(Case.state.in_(FINALS) if over else Case.state.not_in(FINALS))
    statement = statement.where(case_clause(person, Case, NAMED))
    order = (Case.closed_at.desc().nulls_last(),) if over else (Case.due_at.asc().nulls_last(),)
    statement = statement.order_by(*order, Case.id.desc()).limit(A_PAGE + 1).offset((page - 1) * A_PAGE)
    found = (await session.execute(statement, of_person(person))).all()
    return found[:A_PAGE], len(found) > A_PAGE


async def all_cases_of(session: AsyncSession, person: Person) -> Sequence[Row[Any]]:
    """Every case in which somebody has a part, for a spreadsheet; 2,000 at most."""
    await ask(session, person)
    statement = CASE.where(case_clause(person, Case, NAMED)).order_by(Case.id.desc()).limit(2000)
    return (await session.execute(statement, of_person(person))).all()


async def others_of_school(session: AsyncSession, person: Person, row: Any) -> Sequence[Row[Any]]:
    """The other cases of a case's school that are not over, as far as this person sees them."""
    statement = CASE.where(
        Case.school_urn == row.school_urn, Case.id != row.id, Case.state.not_in(FINALS)
    ).order_by(Case.id)
    return (await session.execute(statement, of_person(person))).all()


async def of_case(session: AsyncSession, person: Person, statement: Any, case_id: UUID) -> Sequence[Row[Any]]:
    """The rows of a part of a case; the case must have been asked for."""
    found: Sequence[Row[Any]] = (
        await session.execute(statement, {"authority_id": person.authority_id, "case_id": case_id})
    ).all()
    return found


async def leads_with_a_seat(session: AsyncSession, person: Person, row: Any) -> list[UUID]:
    """The leads and deputies of the consortia in a case, without those who have an interest in its school."""
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
    session: AsyncSession, person: Person, roles: Sequence[str] = ("core_officer", "head_of_service")
) -> Sequence[Row[Any]]:
    """The people of the core team now: id, name and role."""
    values = {"authority_id": person.authority_id, "roles": list(roles), "today": person.today}
    return (await session.execute(OFFICERS, values)).all()


async def named_readers(session: AsyncSession, person: Person, case_id: UUID) -> list[UUID]:
    """The people who were named to read a case; only the core team is told all of them."""
    statement = select(Reader.person_id).where(
        Reader.authority_id == person.authority_id, Reader.case_id == case_id, Reader.ended_at.is_(None)
    )
    return list((await session.scalars(statement)).all())
