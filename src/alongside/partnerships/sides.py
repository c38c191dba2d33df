"""The two sides of an agreement: the school that asks and the school that gives."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person, Role
from alongside.access.policy import require
from alongside.errors import NotThere
from alongside.notifications.actions import tell
from alongside.people.queries import ids, leaders_of_schools, people_of_schools

ASKER = "asker"
GIVER = "giver"
LEADER = "leader"
OTHER_SIDE = {ASKER: GIVER, GIVER: ASKER}


def side_of(person: Person, row: Any) -> str | None:
    """Which side of an agreement somebody acts for; None for a lead or the core team."""
    if person.school_urn is None:
        return None
    return {row.asking_urn: ASKER, row.giving_urn: GIVER}.get(person.school_urn)


def own_side(person: Person, permission: Permission, row: Any) -> str:
    """The side that somebody answers for. Raises NotThere where they may not answer for either."""
    require(person, permission, row.asking_urn, row.giving_urn)
    side = side_of(person, row)
    if side is None:
        raise NotThere
    return side


def school_on(side: str, row: Any) -> str:
    """The name of the school on one side."""
    name: str = row.asking_name if side == ASKER else row.giving_name
    return name


def urn_on(side: str, row: Any) -> int:
    """The URN of the school on one side."""
    urn: int = row.asking_urn if side == ASKER else row.giving_urn
    return urn


def is_head(person: Person) -> bool:
    """Whether somebody acts as the headteacher in person."""
    return person.role is Role.HEADTEACHER


def days_in_words(days: Any) -> str:
    """“half a day”, “1 day”, “2.5 days”."""
    if days == 0.5:
        return "half a day"
    figure = f"{days:f}".removesuffix(".0")
    return f"{figure} day" if figure == "1" else f"{figure} days"


class Word(NamedTuple):
    """What people are told: its kind, one plain sentence, where it leads, the key that keeps it single."""

    kind: str
    text: str
    path: str
    once: str


async def tell_schools(session: AsyncSession, person: Person, urns: Iterable[int], word: Word) -> None:
    """Tell the headteachers and delegates of some schools."""
    people = await people_of_schools(session, person.authority_id, person.today, list(urns))
    await tell(session, person, ids(people), word.kind, word.text, word.path, once=word.once)


async def tell_both_and_leaders(session: AsyncSession, person: Person, row: Any, word: Word) -> None:
    """Tell both schools, and the leads of the consortia that they belong to."""
    urns = [row.asking_urn, row.giving_urn]
    schools = await people_of_schools(session, person.authority_id, person.today, urns)
    leaders = await leaders_of_schools(session, person.authority_id, person.today, urns)
    told = ids([*schools, *leaders])
    await tell(session, person, told, word.kind, word.text, word.path, once=word.once)
