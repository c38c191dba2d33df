"""Work items of boards for those who manage them: constitute one, fill vacancies, and replace terms that end soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.boards.queries import BodyRecord, bodies_of
from alongside.features.boards.resource import path_of
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count
from alongside.platform.work_items import WorkItem, WorkItemList

SOON = timedelta(days=120)
"""How long before its end a term is shown as ending soon: more than a term of school, to hold an election in time."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done next for a board, and by when."""

    act: str
    name: str
    path: str
    on: date | None = None


def tasks_of(bodies: Sequence[BodyRecord], today: date) -> list[Task]:
    """Return what a clerk does next for these boards."""
    return [task for one in bodies for task in _tasks(one, today)]


def _tasks(body: BodyRecord, today: date) -> list[Task]:
    name, path, stored = body.settings.name, path_of(body.key), body.stored
    if stored is None:
        return [Task("Constitute a board", name, path)]
    if stored.ended_on is not None:
        return []
    tasks = []
    vacant = stored.seats - stored.filled
    if vacant:
        tasks.append(Task(f"Fill {format_count(vacant, 'vacant seat')}", name, path))
    if stored.chair_id is None:
        tasks.append(Task("Record the chair", name, path))
    if stored.next_end is not None and stored.next_end <= today + SOON:
        tasks.append(Task("Elect or appoint for the next term", name, path, stored.next_end))
    return tasks


async def _to_manage(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not settings_of(person.authority_id).bodies or not has_permission(person, Permission.MANAGE_BOARD):
        return []
    tasks = tasks_of(await bodies_of(session, person), person.today)
    return [WorkItem(one.act, one.name, "", one.on, one.path) for one in tasks]


WORK_ITEM_LISTS = (WorkItemList(_to_manage),)
