"""Notifies the audience of a notice: one text for each kind of recipient."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.notices.audience import all_readers_of
from alongside.features.notices.queries import NoticeRow
from alongside.platform.access.principal import Principal, Role
from alongside.platform.notifications import notify
from alongside.platform.web.formatting import format_date

TO = {
    Role.HEADTEACHER: "headteachers",
    Role.DELEGATE: "headteachers and their delegates",
    Role.CONSORTIUM_LEAD: "consortium leads",
    Role.CONSORTIUM_DEPUTY: "consortium leads and their deputies",
}
"""How a notice is described to each kind of recipient."""

THEN = {
    "sent": "Read it by {day}, and ask there if something is not clear",
    "corrected": "Read what has changed",
    "withdrew": "It no longer applies",
}
"""What the recipient does next, by what was done to the notice."""


async def notify_audience(
    session: AsyncSession, person: Principal, notice: NoticeRow, did: str, once: str
) -> None:
    """Notify everybody in the audience now that a notice was sent, corrected or withdrawn."""
    people: dict[Role, list[UUID]] = defaultdict(list)
    for reader in await all_readers_of(session, person, notice.id):
        people[Role(reader.role)].append(reader.id)
    then = THEN[did].format(day=format_date(notice.event_on or notice.ends_on))
    for role, to in people.items():
        text = f"{notice.sender} {did} a notice to {TO[role]}: {notice.title.rstrip('.')}. {then}."
        await notify(session, person, to, "notice", text, f"/notices/{notice.id}", once=once, asks=True)
