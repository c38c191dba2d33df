"""Work items of consultations: those that a headteacher must answer, and those that need a decision."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.consultations.notifying import path_of
from alongside.features.consultations.queries import undecided, waiting_for_school
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList

MOST = 5


async def _to_answer(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not has_permission(person, Permission.ANSWER_CONSULTATION):
        return []
    return [
        WorkItem("Answer a consultation", one.title, "", one.answer_by, path_of(one.id))
        for one in await waiting_for_school(session, person)
    ]


async def _to_decide(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not has_permission(person, Permission.MANAGE_CONSULTATION):
        return []
    return [
        WorkItem("Record the decision after a consultation", one.title, "", one.closes_on, path_of(one.id))
        for one in await undecided(session, person, MOST)
    ]


WORK_ITEM_LISTS = (WorkItemList(_to_answer, HomePage.SCHOOL), WorkItemList(_to_decide))
