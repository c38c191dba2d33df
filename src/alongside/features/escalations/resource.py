"""The escalation and its parts as resources: what all their actions share."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.access_log.access_log import logs_reading
from alongside.features.escalations.access_policy import may_escalation
from alongside.features.escalations.models import FINALS
from alongside.features.escalations.queries import Part, get_escalation
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.forms.action import Action, ActionButton, ActionRequest, Resource, buttons_for
from alongside.platform.forms.reason import reason_form

REASON = reason_form(
    "Reason", "Enter a reason. Others will read it a year from now", "It is kept in the activity"
)


def may_act(person: Principal, permission: Permission, row: Any) -> bool:
    """Return whether this person has this permission on an escalation, with a possible interest in its school."""
    return may_escalation(person, permission, row, {row.school_urn} if row.interest else ())


ESCALATION: Resource[Row[Any]] = Resource(
    name="escalation",
    path="/escalations/{escalation_id:uuid}",
    load=get_escalation,
    url=lambda row: f"/escalations/{row.id}",
    caption=lambda _, row: row.school,
    may=may_act,
    wrap=logs_reading,
)


def resource_of_part(
    path: str, load: Callable[..., Awaitable[Part]], *, of_closed: bool = False
) -> Resource[Part]:
    """Return the resource of a kind of part, whose route is `path`.

    Its buttons are shown while the escalation is open; `of_closed`: also after it is closed.
    """
    return Resource(
        name="part",
        path=path,
        load=load,
        url=lambda part: f"{path.partition('{')[0]}{part.row.id}",
        page=lambda part: ESCALATION.url(part.escalation),
        caption=lambda _, part: part.escalation.school,
        may=lambda person, permission, part: (
            may_act(person, permission, part.escalation)
            and (of_closed or part.escalation.state not in FINALS)
        ),
        wrap=logs_reading,
    )


def parts_with_buttons(
    person: Principal, escalation: Any, rows: Iterable[Row[Any]], actions: Iterable[Action[Part]]
) -> list[tuple[Row[Any], list[ActionButton]]]:
    """Return the parts of an escalation, each with the buttons that this person has on it now."""
    actions = tuple(actions)
    return [(row, buttons_for(person, Part(row, escalation), actions)) for row in rows]


def subject(asked: ActionRequest[Any]) -> tuple[AsyncSession, Principal, UUID]:
    """Return what every action begins with: the session, the person, and the id of the record."""
    return asked.session, asked.person, asked.record.id
