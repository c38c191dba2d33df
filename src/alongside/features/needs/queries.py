"""Queries for support needs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.needs.models import Need
from alongside.features.needs.rows import AddressedSchool, NeedColumns, NeedRow
from alongside.features.people.models import Person
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import may, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on
from alongside.platform.database.reads import Read, fetch_all, fetch_one

COLUMNS = [Need.__table__.c[name] for name in NeedColumns.__struct_fields__]
Addressed = aliased(School, name="addressed")
AskedBy = aliased(Person, name="asked_by")
NEED_WITH_SCHOOL = (
    select(*COLUMNS, School.name, School.status, Addressed.name, Person.name, AskedBy.name)
    .select_from(Need)
    .join(School, (School.authority_id == Need.authority_id) & (School.urn == Need.school_urn))
    .outerjoin(
        Addressed,
        (Addressed.authority_id == Need.authority_id) & (Addressed.urn == Need.addressed_urn),
    )
    .outerjoin(Person, (Person.authority_id == Need.authority_id) & (Person.id == Need.drafted_by))
    .outerjoin(AskedBy, (AskedBy.authority_id == Need.authority_id) & (AskedBy.id == Need.wider_asked_by))
)
ONE_NEED = Read(
    NEED_WITH_SCHOOL.where(Need.authority_id == bindparam("authority_id"), Need.id == bindparam("need_id")),
    NeedRow,
)
OPEN_SCHOOL = Read(
    select(School.urn, School.name).where(
        School.authority_id == bindparam("authority_id"),
        School.urn == bindparam("urn"),
        or_(*(School.status == one for one in OPEN_STATUSES)),
    ),
    AddressedSchool,
)
OPEN_ON_THEME = Read(
    select(Need.title)
    .where(
        Need.authority_id == bindparam("authority_id"),
        Need.school_urn == bindparam("urn"),
        Need.theme == bindparam("theme"),
        or_(*(Need.state == one for one in ("open", "proposed", "agreed", "in_support"))),
    )
    .order_by(Need.id)
    .limit(literal_column("5")),
    str,
)


async def get_need(
    session: AsyncSession, person: Principal, permission: Permission, need_id: UUID
) -> NeedRow:
    """One need with its school. Raises NotFound unless the person has `permission` for it."""
    values = {"authority_id": person.authority_id, "need_id": need_id}
    need = await fetch_one(session, ONE_NEED, values)
    if need is None:
        raise NotFound
    if permission is Permission.VIEW_POST:
        see(person, need)
    else:
        require_on(person, permission, need)
    return need


def see(person: Principal, need: NeedRow) -> None:
    """Require that this person may see this need. A need that was never posted is visible to those who may draft it.

    The school that a need is addressed to always sees it. Raises NotFound.
    """
    if never_posted(need):
        require(person, Permission.DRAFT_NEED, need.school_urn)
    elif need.addressed_urn is None or need.addressed_urn != person.school_urn:
        require(
            person,
            Permission.VIEW_POST,
            need.school_urn,
            visible_to_authority_from=need.visible_to_authority_from,
        )


def never_posted(need: NeedRow) -> bool:
    """Whether a need is a draft, or was withdrawn as a draft."""
    return need.state in ("draft", "to_confirm") or (need.state == "withdrawn" and need.posted_at is None)


def may_view_timeline(person: Principal, need: NeedRow) -> bool:
    """Whether this person may read the timeline with its reasons: the school, its leads and the core team."""
    return may(person, Permission.DRAFT_NEED, need.school_urn)


async def open_on_theme(session: AsyncSession, authority_id: int, urn: int, theme: str) -> Sequence[str]:
    """The titles of a school's open needs on a theme."""
    values = {"authority_id": authority_id, "urn": urn, "theme": theme}
    return await fetch_all(session, OPEN_ON_THEME, values)


async def addressed_school(
    session: AsyncSession, person: Principal, urn: int | None, own: int
) -> AddressedSchool | None:
    """The school that a need of school `own` is addressed to; None when `urn` is None.

    Raises NotFound for a school that does not exist in this authority, is not open, or is `own`.
    """
    if urn is None:
        return None
    values = {"authority_id": person.authority_id, "urn": urn}
    school = await fetch_one(session, OPEN_SCHOOL, values)
    if school is None or urn == own:
        raise NotFound
    return school
