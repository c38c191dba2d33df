"""Notifies people of support categories: the headteacher, the chair of governors, the trust and the diocese."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.categories.row import CategoryRow
from alongside.features.people.queries import Recipient, governors_of_school, ids, people_of_schools
from alongside.platform.access.principal import Principal, Role
from alongside.platform.notifications.actions import NOTHING_TO_DO, Message, notify_each


def path_of(row: CategoryRow) -> str:
    """Return the address of a category."""
    return f"/categories/{row.id}"


async def notify_head(
    session: AsyncSession,
    person: Principal,
    row: CategoryRow,
    kind: str,
    text: str,
    path: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Notify the headteacher of the school, not before a time if one is given."""
    people = await people_of_schools(session, person.authority_id, person.today, [row.school_urn])
    heads = [one for one in people if one.role == Role.HEADTEACHER]
    once = f"{kind}:{row.id}:{row.version}"
    await _notify(session, person, ids(heads), kind, text, path or path_of(row), once, not_before)


async def _notify(
    session: AsyncSession,
    person: Principal,
    to: list[UUID],
    kind: str,
    text: str,
    path: str,
    once: str,
    not_before: datetime | None,
) -> None:
    messages = [Message(one, text, text, f"{text} {NOTHING_TO_DO}") for one in to]
    await notify_each(session, person, messages, kind, path, once=once, not_before=not_before)


async def notify_governors(
    session: AsyncSession,
    person: Principal,
    row: CategoryRow,
    number: int,
    not_before: datetime | None = None,
) -> None:
    """Notify the chair of governors, and send the trust and the diocese a copy, of this version of the letter."""
    about = f"The support for {row.school} in {row.academic_year} is {'agreed' if number == 1 else 'decided again'}."
    by_role: dict[bool, list[Recipient]] = {}
    for one in await governors_of_school(session, person, row.school_urn):
        by_role.setdefault(one.role == Role.CHAIR_OF_GOVERNORS, []).append(one)
    for is_chair, people in by_role.items():
        kind = "category_to_sign" if is_chair else "category_copied"
        asked = (
            "Please read and sign the letter."
            if is_chair
            else "This is your copy. Please read and sign the letter."
        )
        once = f"{kind}:{row.id}:{number}"
        text = f"{about} {asked}"
        await _notify(session, person, ids(people), kind, text, path_of(row), once, not_before)
