"""The two sides of an agreement: the school that asks and the school that gives."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.platform.access.authorisation import require
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.notifications.actions import notify

REQUESTING = "requesting"
SUPPORTING = "supporting"
LEADER = "leader"
OTHER_SIDE = {REQUESTING: SUPPORTING, SUPPORTING: REQUESTING}


def party_of(person: Principal, row: Any) -> str | None:
    """Which side of an agreement somebody acts for; None for a lead or the core team."""
    if person.school_urn is None:
        return None
    return {row.requesting_urn: REQUESTING, row.supporting_urn: SUPPORTING}.get(person.school_urn)


def own_side(person: Principal, permission: Permission, row: Any) -> str:
    """The side that somebody answers for. Raises NotFound where they may not answer for either."""
    require(person, permission, row.requesting_urn, row.supporting_urn)
    side = party_of(person, row)
    if side is None:
        raise NotFound
    return side


def school_on(side: str, row: Any) -> str:
    """The name of the school on one side."""
    name: str = row.requesting_name if side == REQUESTING else row.supporting_name
    return name


def urn_on(side: str, row: Any) -> int:
    """The URN of the school on one side."""
    urn: int = row.requesting_urn if side == REQUESTING else row.supporting_urn
    return urn


def is_head(person: Principal) -> bool:
    """Whether somebody acts as the headteacher in person."""
    return person.role is Role.HEADTEACHER


def days_in_words(days: Any) -> str:
    """“half a day”, “1 day”, “2.5 days”."""
    if days == 0.5:
        return "half a day"
    figure = f"{days:f}".removesuffix(".0")
    return f"{figure} day" if figure == "1" else f"{figure} days"


class NotificationText(NamedTuple):
    """What people are told: its kind, one plain sentence, where it leads, the key that keeps it single."""

    kind: str
    text: str
    path: str
    once: str


async def notify_schools(
    session: AsyncSession, person: Principal, urns: Iterable[int], word: NotificationText
) -> None:
    """Tell the headteachers and delegates of some schools."""
    people = await people_of_schools(session, person.authority_id, person.today, list(urns))
    await notify(session, person, ids(people), word.kind, word.text, word.path, once=word.once)


async def notify_schools_and_leads(
    session: AsyncSession, person: Principal, row: Any, word: NotificationText
) -> None:
    """Tell both schools, and the leads of the consortia that they belong to."""
    urns = [row.requesting_urn, row.supporting_urn]
    schools = await people_of_schools(session, person.authority_id, person.today, urns)
    leaders = await leaders_of_schools(session, person.authority_id, person.today, urns)
    told = ids([*schools, *leaders])
    await notify(session, person, told, word.kind, word.text, word.path, once=word.once)
