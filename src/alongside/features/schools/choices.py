"""A form field for choosing an open school of the authority."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import SelectField

from alongside.errors import NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.database.reads import Read, fetch_all, fetch_one
from alongside.platform.forms.fields import Choice


class SchoolName(msgspec.Struct, frozen=True):
    """A school as a list names it."""

    urn: int
    name: str


AT_WORK = Read(
    select(School.urn, School.name)
    .where(
        School.authority_id == bindparam("authority_id"),
        School.status == any_(bindparam("open", list(OPEN_STATUSES), type_=ARRAY(Text))),
    )
    .order_by(School.name, School.urn),
    SchoolName,
)
ONE = Read(
    select(School.urn, School.name).where(
        School.authority_id == bindparam("authority_id"), School.urn == bindparam("urn")
    ),
    SchoolName,
)


async def schools_at_work(session: AsyncSession, authority_id: int) -> list[SchoolName]:
    """The open schools of an authority, by name."""
    return await fetch_all(session, AT_WORK, {"authority_id": authority_id})


def school_choice(label: str) -> Choice:
    """A field for one school."""
    return Choice(label, "Choose a school from the list", render_kw={"select": True})


def offer_schools(field: SelectField, schools: Iterable[SchoolName], but: int | None = None) -> None:
    """Set the choices of a field to these schools, without the person's own school (`but`)."""
    field.choices = [
        ("", "Choose a school"),
        *((str(one.urn), f"{one.name} ({one.urn})") for one in schools if one.urn != but),
    ]


async def require_school(session: AsyncSession, authority_id: int, urn: int) -> SchoolName:
    """Check that this URN is a school of the authority. Raises NotFound."""
    found = await fetch_one(session, ONE, {"authority_id": authority_id, "urn": urn})
    if found is None:
        raise NotFound
    return found
