"""The two parties of an agreement, the requesting and the supporting school, and notifications to them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, Role
from alongside.platform.access.records import require_on
from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.notifications.actions import NOTHING_TO_DO, Message, notify_each

REQUESTING = "requesting"
SUPPORTING = "supporting"
LEADER = "leader"
OTHER_SIDE = {REQUESTING: SUPPORTING, SUPPORTING: REQUESTING}


class Sides(msgspec.Struct, frozen=True):
    """A row between two schools: the one that asks for support and the one that gives it."""

    requesting_urn: int
    supporting_urn: int


class NamedSides(Sides, frozen=True):
    """The same with the names of both schools."""

    requesting_name: str
    supporting_name: str


def party_of(person: Principal, row: Sides) -> str | None:
    """The side that a person acts for; None for a lead or the core team."""
    if person.school_urn is None:
        return None
    return {row.requesting_urn: REQUESTING, row.supporting_urn: SUPPORTING}.get(person.school_urn)


def own_side(person: Principal, permission: Permission, row: Sides) -> str:
    """The side that a person may answer for. Raises NotFound when there is none."""
    require_on(person, permission, row)
    side = party_of(person, row)
    if side is None:
        raise NotFound
    return side


async def identify_requester(session: AsyncSession, person: Principal) -> None:
    """Set this person as the requester of the transaction, whom PostgreSQL asks for when a visit is written."""
    await set_requester(
        session, RequesterContext(person.authority_id, person.role.value, person.id, person.school_urn)
    )


def school_on(side: str, row: NamedSides) -> str:
    """The name of the school on one side."""
    return row.requesting_name if side == REQUESTING else row.supporting_name


def urn_on(side: str, row: Sides) -> int:
    """The URN of the school on one side."""
    return row.requesting_urn if side == REQUESTING else row.supporting_urn


def is_head(person: Principal) -> bool:
    """Whether the person acts as a headteacher."""
    return person.role is Role.HEADTEACHER


class NotificationText(NamedTuple):
    """A notification: its kind, one sentence, the path it links to, and its idempotency key.

    With `asks` the sentence names what the recipient must do and by when. `not_before` is when they are told, if that
    is later than now.
    """

    kind: str
    text: str
    path: str
    once: str
    asks: bool = False
    not_before: datetime | None = None


async def notify_schools(
    session: AsyncSession, person: Principal, urns: Iterable[int], word: NotificationText
) -> None:
    """Notify the headteachers and delegates of schools."""
    people = await people_of_schools(session, person.authority_id, person.today, list(urns))
    await _notify(session, person, ids(people), word)


async def notify_schools_and_leads(
    session: AsyncSession, person: Principal, row: Sides, word: NotificationText
) -> None:
    """Notify schools and the leads of their consortia."""
    urns = [row.requesting_urn, row.supporting_urn]
    schools = await people_of_schools(session, person.authority_id, person.today, urns)
    leaders = await leaders_of_schools(session, person.authority_id, person.today, urns)
    recipients = ids([*schools, *leaders])
    await _notify(session, person, recipients, word)


async def notify_with_bad_news(
    session: AsyncSession,
    person: Principal,
    row: Sides,
    side: str,
    word: NotificationText,
    held: datetime | None,
) -> None:
    """Notify the school of one side at `held` (None: at once), and the other school and the leads at once."""
    await notify_schools(session, person, [urn_on(side, row)], word._replace(not_before=held))
    await notify_schools_and_leads(session, person, row, word)


async def _notify(
    session: AsyncSession, person: Principal, recipients: Iterable[UUID], word: NotificationText
) -> None:
    body = word.text if word.asks else f"{word.text} {NOTHING_TO_DO}"
    messages = [Message(one, word.text, word.text, body) for one in recipients]
    await notify_each(
        session, person, messages, word.kind, word.path, once=word.once, not_before=word.not_before
    )
