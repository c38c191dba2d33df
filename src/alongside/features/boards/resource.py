"""A body and a seat as resources: what their actions share."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.boards.queries import BodyRecord, SeatRow, get_body, get_seat
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Resource


class SeatOfBody(NamedTuple):
    """A seat with its body."""

    body: BodyRecord
    row: SeatRow

    @property
    def state(self) -> str:
        """Whether somebody holds the seat: “filled” or “vacant”."""
        return "vacant" if self.row.appointment_id is None else "filled"

    @property
    def label(self) -> str:
        """The seat in words: “Primary schools, seat 2”."""
        constituency = self.body.settings.constituencies.get(self.row.constituency)
        name = constituency.label if constituency else self.row.constituency
        return f"{name}, seat {self.row.number}"


async def _seat(
    session: AsyncSession, person: Principal, permission: Permission, key: str, seat_id: UUID
) -> SeatOfBody:
    body = await get_body(session, person, permission, key)
    return SeatOfBody(body, await get_seat(session, person, body.id, seat_id))


def path_of(key: str) -> str:
    """Return the address of a body."""
    return f"/boards/{key}"


BODY: Resource[BodyRecord] = Resource(
    name="body",
    path="/boards/{body_key:str}",
    load=get_body,
    url=lambda one: path_of(one.key),
    caption=lambda _, one: one.settings.name,
    may=lambda person, permission, _: has_permission(person, permission),
)
SEAT: Resource[SeatOfBody] = Resource(
    name="seat",
    path="/boards/{body_key:str}/seats/{seat_id:uuid}",
    load=_seat,
    url=lambda one: f"{path_of(one.body.key)}/seats/{one.row.id}",
    page=lambda one: path_of(one.body.key),
    caption=lambda _, one: f"{one.body.settings.name}: {one.label}",
    may=lambda person, permission, _: has_permission(person, permission),
)
