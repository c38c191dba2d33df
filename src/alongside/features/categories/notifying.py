"""Notifies people of support categories: headteachers, panels, and those who hear an appeal."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.categories.row import CategoryRow
from alongside.features.people.queries import ids, people_of_schools
from alongside.platform.access.principal import Principal, Role
from alongside.platform.notifications import notify


def path_of(row: CategoryRow) -> str:
    """Return the address of a category."""
    return f"/categories/{row.id}"


async def notify_head(
    session: AsyncSession, person: Principal, row: CategoryRow, kind: str, text: str, path: str | None = None
) -> None:
    """Notify the headteacher of the school."""
    people = await people_of_schools(session, person.authority_id, person.today, [row.school_urn])
    heads = [one for one in people if one.role == Role.HEADTEACHER]
    once = f"{kind}:{row.id}:{row.version}"
    await notify(session, person, ids(heads), kind, text, path or path_of(row), once=once)
