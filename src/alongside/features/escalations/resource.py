"""The escalation and its parts as resources: what all their actions share."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import get_escalation, get_part
from alongside.features.escalations.rows import EscalationRow, Part, PartRow
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read
from alongside.platform.forms.action import Action, ActionButton, ActionRequest, Resource, buttons_for
from alongside.platform.forms.reason import reason_form

REASON = reason_form(
    "Reason", "Enter a reason. Others will read it a year from now", "It is kept in the activity"
)


def may_act(person: Principal, permission: Permission, row: EscalationRow) -> bool:
    """Return whether this person has this permission on an escalation, with a possible interest in its school."""
    return may_escalation(person, permission, row, {row.school_urn} if row.interest else ())


ESCALATION: Resource[EscalationRow] = Resource(
    name="escalation",
    path="/escalations/{escalation_id:uuid}",
    load=get_escalation,
    url=lambda row: f"/escalations/{row.id}",
    caption=lambda _, row: row.school,
    may=may_act,
    wrap=logs_reading,
)


def resource_of_part(path: str, read: Read[PartRow], *, of_closed: bool = False) -> Resource[Part[PartRow]]:
    """Return the resource of a kind of part, whose route is `path`; `read` returns the row of its `part_id`.

    Its buttons are shown while the escalation is open; `of_closed`: also after it is closed.
    """

    async def load(
        session: AsyncSession, person: Principal, permission: Permission, part_id: UUID
    ) -> Part[PartRow]:
        return await get_part(session, person, permission, read, part_id)

    return Resource(
        name="part",
        path=path,
        load=load,
        url=lambda part: f"{path.partition('{')[0]}{part.id}",
        page=lambda part: ESCALATION.url(part.escalation),
        caption=lambda _, part: part.escalation.school,
        may=lambda person, permission, part: (
            may_act(person, permission, part.escalation)
            and (of_closed or part.escalation.state not in FINALS)
        ),
        wrap=logs_reading,
    )


def parts_with_buttons(
    person: Principal,
    escalation: EscalationRow,
    rows: Iterable[PartRow],
    actions: Sequence[Action[Part[PartRow]]],
) -> list[tuple[PartRow, list[ActionButton]]]:
    """Return the parts of an escalation, each with the buttons that this person has on it now."""
    return [(row, buttons_for(person, Part(row, escalation), actions)) for row in rows]


class HasId(Protocol):
    """A record with an id."""

    @property
    def id(self) -> UUID:
        """The id of the record."""


Record = TypeVar("Record", bound=HasId)


def subject(asked: ActionRequest[Record]) -> tuple[AsyncSession, Principal, UUID]:
    """Return what every action begins with: the session, the person, and the id of the record."""
    return asked.session, asked.person, asked.record.id
