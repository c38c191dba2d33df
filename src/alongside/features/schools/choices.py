"""A form field for choosing an open school of the authority."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.forms.fields import Choice

AT_WORK: Any = (
    select(School.urn, School.name, School.town)
    .where(School.authority_id == bindparam("authority_id"), School.status.in_(OPEN_STATUSES))
    .order_by(School.name, School.urn)
)


async def schools_at_work(session: AsyncSession, authority_id: int) -> list[Row[Any]]:
    """The open schools of an authority, by name."""
    return list((await session.execute(AT_WORK, {"authority_id": authority_id})).all())


def school_choice(label: str) -> Choice:
    """A field for one school."""
    return Choice(label, "Choose a school from the list", render_kw={"select": True})


def offer_schools(field: Any, schools: Iterable[Any], but: int | None = None) -> None:
    """Set the choices of a field to these schools, without the person's own school (`but`)."""
    field.choices = [
        ("", "Choose a school"),
        *((str(one.urn), f"{one.name} ({one.urn})") for one in schools if one.urn != but),
    ]


async def require_school(session: AsyncSession, authority_id: int, urn: int) -> Row[Any]:
    """Check that this URN is a school of the authority. Raises NotFound."""
    statement: Any = select(School.urn, School.name).where(
        School.authority_id == authority_id, School.urn == urn
    )
    found: Row[Any] | None = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found
