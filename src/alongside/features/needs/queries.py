"""Queries for support needs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alongside.errors import NotFound
from alongside.features.needs.models import Need
from alongside.features.people.models import Person
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.authorisation import may, require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.access.records import require_on

Addressed = aliased(School, name="addressed")
NEED_WITH_SCHOOL: Select[Any] = (
    select(
        *(column for column in Need.__table__.columns if column.name != "words"),
        School.name.label("school"),
        School.status.label("school_status"),
        Addressed.name.label("addressed"),
        Person.name.label("drafter"),
    )
    .join(School, (School.authority_id == Need.authority_id) & (School.urn == Need.school_urn))
    .outerjoin(
        Addressed,
        (Addressed.authority_id == Need.authority_id) & (Addressed.urn == Need.addressed_urn),
    )
    .outerjoin(Person, (Person.authority_id == Need.authority_id) & (Person.id == Need.drafted_by))
)
ONE_NEED = NEED_WITH_SCHOOL.where(
    Need.authority_id == bindparam("authority_id"), Need.id == bindparam("need_id")
)
OPEN_SCHOOL: Any = select(School.urn, School.name).where(
    School.authority_id == bindparam("authority_id"),
    School.urn == bindparam("urn"),
    School.status.in_(OPEN_STATUSES),
)
OPEN_ON_THEME = (
    select(Need.title)
    .where(
        Need.authority_id == bindparam("authority_id"),
        Need.school_urn == bindparam("urn"),
        Need.theme == bindparam("theme"),
        Need.state.in_(("open", "proposed", "agreed", "in_support")),
    )
    .order_by(Need.id)
    .limit(literal_column("5"))
)


async def get_need(
    session: AsyncSession, person: Principal, permission: Permission, need_id: UUID
) -> Row[Any]:
    """One need with its school. Raises NotFound unless the person has `permission` for it."""
    values = {"authority_id": person.authority_id, "need_id": need_id}
    need: Row[Any] | None = (await session.execute(ONE_NEED, values)).one_or_none()
    if need is None:
        raise NotFound
    if permission is Permission.VIEW_POST:
        see(person, need)
    else:
        require_on(person, permission, need)
    return need


def see(person: Principal, need: Row[Any]) -> None:
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


def never_posted(need: Row[Any]) -> bool:
    """Whether a need is a draft, or was withdrawn as a draft."""
    return need.state in ("draft", "to_confirm") or (need.state == "withdrawn" and need.posted_at is None)


def may_view_timeline(person: Principal, need: Row[Any]) -> bool:
    """Whether this person may read the timeline with its reasons: the school, its leads and the core team."""
    return may(person, Permission.DRAFT_NEED, need.school_urn)


async def open_on_theme(session: AsyncSession, authority_id: int, urn: int, theme: str) -> Sequence[str]:
    """The titles of a school's open needs on a theme."""
    values = {"authority_id": authority_id, "urn": urn, "theme": theme}
    return (await session.scalars(OPEN_ON_THEME, values)).all()


async def addressed_school(
    session: AsyncSession, person: Principal, urn: int | None, own: int
) -> Row[Any] | None:
    """The school that a need of school `own` is addressed to; None when `urn` is None.

    Raises NotFound for a school that does not exist in this authority, is not open, or is `own`.
    """
    if urn is None:
        return None
    values = {"authority_id": person.authority_id, "urn": urn}
    school: Row[Any] | None = (await session.execute(OPEN_SCHOOL, values)).one_or_none()
    if school is None or urn == own:
        raise NotFound
    return school
