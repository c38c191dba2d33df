"""A need that is addressed to one school: begun from what that school offers or has written, and put on its desk."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import Principal
from alongside.platform.forms.fields import LONG_TEXT, TITLE
from alongside.platform.web.form_data import FormData

PREFILLED = {"theme": 40, "title": TITLE, "wanted": LONG_TEXT, "form_of_support": 40}
"""What an address may bring into an empty form, and how many characters of it."""

ADDRESSED: Any = select(School.urn, School.name).where(
    School.authority_id == bindparam("authority_id"),
    School.urn == bindparam("urn"),
    School.status.in_(OPEN_STATUSES),
)


def prefilled(question: FormData) -> dict[str, str]:
    """What is known of a need already, from the address that led to its form; the form checks it like all else."""
    return {name: question.one(name)[:most] for name, most in PREFILLED.items() if question.one(name)}


async def addressed_school(
    session: AsyncSession, person: Principal, urn: int | None, own: int
) -> Row[Any] | None:
    """The open school of this authority that a need of the school `own` is addressed to; None for nobody.

    Raises NotThere for a school that is not there, not open, or the own one.
    """
    if urn is None:
        return None
    values = {"authority_id": person.authority_id, "urn": urn}
    school: Row[Any] | None = (await session.execute(ADDRESSED, values)).one_or_none()
    if school is None or urn == own:
        raise NotFound
    return school
