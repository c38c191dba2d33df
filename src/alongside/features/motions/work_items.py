"""Work items of motions: those on which a member must vote, and those that the clerk opens and closes."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.motions import queries
from alongside.features.motions.notifying import path_of
from alongside.features.motions.rows import Waiting
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList

ACTS = {
    "tabled": "Open the vote",
    "open": "Record the votes and close the vote",
    "tied": "Record the casting vote",
}
"""What the clerk does with a motion, by its state."""


def _item(act: str, one: Waiting) -> WorkItem:
    return WorkItem(act, f"{one.title} ({one.reference})", one.body, one.last_day, path_of(one.id))


async def _to_vote(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not has_permission(person, Permission.VOTE_ON_MOTION):
        return []
    return [_item("Vote", one) for one in await queries.to_vote(session, person)]


async def _to_manage(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not has_permission(person, Permission.MANAGE_BOARD):
        return []
    return [_item(ACTS[one.state], one) for one in await queries.to_manage(session, person)]


WORK_ITEM_LISTS = (WorkItemList(_to_vote, HomePage.BOARDS), WorkItemList(_to_manage, HomePage.BOARDS))
