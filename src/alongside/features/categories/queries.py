"""Queries for support categories: one, lists of a year, what waits, and the one in force of each school."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.categories.access_policy import identify_requester
from alongside.features.categories.labels import require_used
from alongside.features.categories.models import SupportCategory, SupportCategoryChange
from alongside.features.categories.row import CategoryRow
from alongside.features.consortia.models import Consortium
from alongside.features.schools.models import School
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, columns_of, fetch_all, fetch_one

A_PAGE, ALL = 25, 2_000
AUTHORITY = bindparam("authority_id", type_=Integer)
TODAY = bindparam("today", type_=Date)
ID = bindparam("support_category_id", type_=Uuid)
MOST, SKIPPED = bindparam("most", type_=Integer), bindparam("skipped", type_=Integer)
Handling = aliased(Consortium, name="handling")
_ROW = SupportCategory.__table__.c
_SHOWN: Select[tuple[object, ...]] = (
    select(
        *columns_of(
            CategoryRow,
            SupportCategory,
            school=School.name,
            consortium=Consortium.name,
            handling_consortium=Handling.name,
        )
    )
    .select_from(SupportCategory)
    .join(School, and_(School.authority_id == AUTHORITY, School.urn == _ROW.school_urn))
    .outerjoin(Consortium, and_(Consortium.authority_id == AUTHORITY, Consortium.id == _ROW.consortium_id))
    .outerjoin(Handling, and_(Handling.authority_id == AUTHORITY, Handling.id == _ROW.handling_consortium_id))
    .where(_ROW.authority_id == AUTHORITY)
)
ONE = Read(_SHOWN.where(_ROW.id == ID), CategoryRow)
OF_SCHOOLS = Read(
    _SHOWN.where(_ROW.school_urn == any_(bindparam("urns", type_=ARRAY(Integer))), _ROW.state != "withdrawn")
    .order_by(_ROW.academic_year.desc(), School.name, _ROW.phase, _ROW.id)
    .limit(MOST)
    .offset(SKIPPED),
    CategoryRow,
)


def _optional(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    wanted = bindparam(name, type_=Text)
    return or_(wanted.is_(None), column == wanted)


_LATEST = func.coalesce(
    _ROW.category, _ROW.category_heard, _ROW.category_agreed, _ROW.category_moderated, _ROW.category_proposed
)
_DIFFERS = or_(
    and_(_ROW.moderated_on.is_not(None), _ROW.category_moderated.is_distinct_from(_ROW.category_proposed)),
    and_(_ROW.agreed_on.is_not(None), _ROW.category_agreed.is_distinct_from(_ROW.category_moderated)),
    and_(_ROW.heard_on.is_not(None), _ROW.category_heard.is_distinct_from(_ROW.category_agreed)),
)
_CONSORTIUM = bindparam("consortium_id", type_=Uuid)
LIST = Read(
    _SHOWN.where(
        _ROW.academic_year == bindparam("year", type_=Text),
        _optional(_ROW.phase, "phase"),
        _optional(_ROW.state, "state"),
        _optional(_LATEST, "category"),
        or_(_CONSORTIUM.is_(None), _ROW.consortium_id == _CONSORTIUM),
        or_(bindparam("all", type_=Boolean), _DIFFERS),
        _ROW.state != "withdrawn",
    )
    .order_by(School.name, _ROW.phase, _ROW.id)
    .limit(MOST)
    .offset(SKIPPED),
    CategoryRow,
)
PANEL = Read(
    _SHOWN.where(
        _ROW.state == "discussed",
        func.coalesce(_ROW.handling_consortium_id, _ROW.consortium_id)
        == any_(bindparam("consortia", type_=ARRAY(Uuid))),
        _optional(_ROW.phase, "phase"),
    )
    .order_by(_ROW.academic_year, School.name, _ROW.id)
    .limit(MOST),
    CategoryRow,
)
IN_STATE = Read(
    _SHOWN.where(_ROW.state == bindparam("state", type_=Text), _optional(_ROW.phase, "phase"))
    .order_by(School.name, _ROW.id)
    .limit(MOST),
    CategoryRow,
)
OVERDUE = Read(
    _SHOWN.where(
        or_(_ROW.state == "heard", and_(_ROW.state == "notified", _ROW.appeal_by < TODAY)),
        _ROW.academic_year <= bindparam("year", type_=Text),
    )
    .order_by(_ROW.academic_year, _ROW.id)
    .limit(MOST),
    CategoryRow,
)
EARLIER = Read(
    _SHOWN.where(
        _ROW.school_urn == bindparam("urn", type_=Integer),
        _ROW.phase == bindparam("phase", type_=Text),
        _ROW.state == "in_force",
    ),
    CategoryRow,
)
YEARS = Read(
    select(_ROW.academic_year)
    .where(_ROW.authority_id == AUTHORITY)
    .group_by(_ROW.academic_year)
    .order_by(_ROW.academic_year.desc())
    .limit(20),
    str,
)


class StateCount(msgspec.Struct, frozen=True):
    """How many categories that a person can read are in one state; `mine` of them wait for their panel."""

    state: str
    rows: int
    mine: int


COUNTS = Read(
    select(
        _ROW.state,
        func.count(),
        func.count().filter(
            func.coalesce(_ROW.handling_consortium_id, _ROW.consortium_id)
            == any_(bindparam("consortia", type_=ARRAY(Uuid)))
        ),
    )
    .where(
        _ROW.authority_id == AUTHORITY,
        _ROW.state == any_(bindparam("states", type_=ARRAY(Text))),
    )
    .group_by(_ROW.state),
    StateCount,
)


class ChangeRow(msgspec.Struct, frozen=True):
    """A change of a category within its year."""

    category_before: str
    category_after: str
    reasons: str
    decided_on: date
    decision_reference: str


_CHANGE = SupportCategoryChange.__table__.c
CHANGES = Read(
    select(*columns_of(ChangeRow, SupportCategoryChange))
    .where(_CHANGE.authority_id == AUTHORITY, _CHANGE.support_category_id == ID)
    .order_by(_CHANGE.id)
    .limit(50),
    ChangeRow,
)


class InForce(msgspec.Struct, frozen=True):
    """The category in force of a school; an all-through school may have two."""

    school_urn: int
    category: str | None


IN_FORCE = Read(
    select(_ROW.school_urn, _ROW.category)
    .where(_ROW.authority_id == AUTHORITY, _ROW.state == "in_force")
    .order_by(_ROW.school_urn, _ROW.phase),
    InForce,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of categories is limited to; None is no limit."""

    year: str
    phase: str | None = None
    state: str | None = None
    category: str | None = None
    consortium_id: UUID | None = None
    differing: bool = False

    def values(self) -> Mapping[str, object]:
        """The parameters of the list."""
        return {
            "year": self.year,
            "phase": self.phase,
            "state": self.state,
            "category": self.category,
            "consortium_id": self.consortium_id,
            "all": not self.differing,
        }


async def get_category(
    session: AsyncSession, person: Principal, permission: Permission, support_category_id: UUID
) -> CategoryRow:
    """Return a category on which this person has a permission. Raises NotFound; PostgreSQL decides who reads it.

    Interests are checked by the actions, which say so in a sentence.
    """
    require_used(person)
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "support_category_id": support_category_id}
    found = await fetch_one(session, ONE, values)
    if found is None:
        raise NotFound
    require_on(person, permission, found)
    return found


async def categories_of_year(
    session: AsyncSession, person: Principal, filters: Filters, page: int = 1, size: int = A_PAGE
) -> tuple[list[CategoryRow], bool]:
    """Return a page of the categories of a year that this person can read, and whether there are more."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "most": size + 1, "skipped": (page - 1) * size}
    found = await fetch_all(session, LIST, {**values, **filters.values()})
    return found[:size], len(found) > size


async def categories_of_schools(
    session: AsyncSession, person: Principal, urns: Collection[int], page: int = 1
) -> tuple[list[CategoryRow], bool]:
    """Return a page of the categories of schools that this person can read, newest first; and whether more follow."""
    await identify_requester(session, person)
    found = await fetch_all(
        session,
        OF_SCHOOLS,
        {
            "authority_id": person.authority_id,
            "urns": sorted(urns),
            "most": A_PAGE + 1,
            "skipped": (page - 1) * A_PAGE,
        },
    )
    return found[:A_PAGE], len(found) > A_PAGE


class CategoryToSign(msgspec.Struct, frozen=True):
    """A category letter that its reader has not signed in its latest version."""

    id: UUID
    school: str
    academic_year: str
    appeal_by: date | None


TO_SIGN = Read(
    text(
        """
    SELECT c.id, s.name, c.academic_year, CASE WHEN c.state = 'notified' THEN c.appeal_by END
      FROM support_category c
      JOIN school s ON s.authority_id = :authority_id AND s.urn = c.school_urn
     WHERE c.authority_id = :authority_id AND c.notified_on IS NOT NULL
       AND c.state NOT IN ('superseded', 'withdrawn')
       AND NOT EXISTS (SELECT FROM document_reading r WHERE r.authority_id = :authority_id AND r.document_id = c.id
                          AND r.number = c.decision_number AND r.person_id = :person_id AND r.role = :role
                          AND r.act = 'signed')
     ORDER BY 4 NULLS LAST, s.name, c.phase LIMIT 200
    """
    ).bindparams(AUTHORITY, bindparam("person_id", type_=Uuid)),
    CategoryToSign,
)


async def categories_to_sign(session: AsyncSession, person: Principal) -> list[CategoryToSign]:
    """Return the current category letters that this chair or officer has not signed."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "person_id": person.id, "role": person.role.value}
    return await fetch_all(session, TO_SIGN, values)


async def years(session: AsyncSession, person: Principal) -> list[str]:
    """Return the academic years of the categories that this person can read, newest first."""
    await identify_requester(session, person)
    return await fetch_all(session, YEARS, {"authority_id": person.authority_id})


async def to_moderate(session: AsyncSession, person: Principal, phase: str | None) -> list[CategoryRow]:
    """Return what this person's panel moderates, by school; schools of an interest are left out by PostgreSQL."""
    await identify_requester(session, person)
    values = {
        "authority_id": person.authority_id,
        "consortia": list(person.consortium_ids),
        "phase": phase,
        "most": ALL,
    }
    return await fetch_all(session, PANEL, values)


async def in_state(
    session: AsyncSession, person: Principal, state: str, phase: str | None = None
) -> list[CategoryRow]:
    """Return the categories in a state, by school."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "state": state, "phase": phase, "most": ALL}
    return await fetch_all(session, IN_STATE, values)


async def ready_to_take_effect(
    session: AsyncSession, person: Principal, year: str, most: int
) -> list[CategoryRow]:
    """Return the categories of this year or earlier whose appeal was heard, or whose time for an appeal is over."""
    await identify_requester(session, person)
    values = {"authority_id": person.authority_id, "today": person.today, "year": year, "most": most}
    return await fetch_all(session, OVERDUE, values)


async def in_force_of(session: AsyncSession, row: CategoryRow) -> CategoryRow | None:
    """Return the category in force of the same school and phase."""
    values = {"authority_id": row.authority_id, "urn": row.school_urn, "phase": row.phase}
    return await fetch_one(session, EARLIER, values)


async def counts_by_state(
    session: AsyncSession, person: Principal, states: Sequence[str]
) -> dict[str, StateCount]:
    """Return how many categories wait in each of these states."""
    await identify_requester(session, person)
    values = {
        "authority_id": person.authority_id,
        "consortia": list(person.consortium_ids),
        "states": list(states),
    }
    return {one.state: one for one in await fetch_all(session, COUNTS, values)}


async def changes_of(session: AsyncSession, row: CategoryRow) -> list[ChangeRow]:
    """Return the changes of a category within its year, oldest first."""
    values = {"authority_id": row.authority_id, "support_category_id": row.id}
    return await fetch_all(session, CHANGES, values)


async def categories_in_force(session: AsyncSession, person: Principal) -> dict[int, list[str | None]]:
    """Return the categories in force by URN, of the schools whose category this person can read."""
    await identify_requester(session, person)
    found: dict[int, list[str | None]] = {}
    for one in await fetch_all(session, IN_FORCE, {"authority_id": person.authority_id}):
        found.setdefault(one.school_urn, []).append(one.category)
    return found
