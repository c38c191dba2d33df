"""Needs addressed to one school: prefilled form values and the recipient school."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.schools.models import OPEN_STATUSES, School
from alongside.platform.access.principal import Principal
from alongside.platform.forms.fields import LONG_TEXT, TITLE
from alongside.platform.web.form_data import FormData

PREFILLED = {"theme": 40, "title": TITLE, "wanted": LONG_TEXT, "form_of_support": 40}
"""Form fields that the query string may prefill, and the maximum length of each."""

ADDRESSED: Any = select(School.urn, School.name).where(
    School.authority_id == bindparam("authority_id"),
    School.urn == bindparam("urn"),
    School.status.in_(OPEN_STATUSES),
)


def prefilled(question: FormData) -> dict[str, str]:
    """Values from the query string that prefill the form. The form validates them like typed values."""
    return {name: question.one(name)[:most] for name, most in PREFILLED.items() if question.one(name)}


async def addressed_school(
    session: AsyncSession, person: Principal, urn: int | None, own: int
) -> Row[Any] | None:
    """The school that a need of school `own` is addressed to; None when `urn` is None.

    Raises NotFound for a school that does not exist in this authority, is not open, or is `own`.
    """
    if urn is None:
        return None
    values = {"authority_id": person.authority_id, "urn": urn}
    school: Row[Any] | None = (await session.execute(ADDRESSED, values)).one_or_none()
    if school is None or urn == own:
        raise NotFound
    return school
