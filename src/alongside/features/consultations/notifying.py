"""Notifies people of consultations: the headteachers who are asked, and the officer who asks."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.principal import Principal, Role
from alongside.platform.notifications import notify


def path_of(consultation_id: UUID) -> str:
    """Return the address of a consultation."""
    return f"/consultations/{consultation_id}"


async def notify_heads(
    session: AsyncSession,
    person: Principal,
    consultation_id: UUID,
    urns: Iterable[int],
    kind: str,
    text: str,
    once: str,
) -> None:
    """Notify the headteachers of these schools."""
    people = await people_of_schools(session, person.authority_id, person.today, urns)
    heads = [one for one in people if one.role == Role.HEADTEACHER]
    await notify(session, person, ids(heads), kind, text, path_of(consultation_id), once=once)
