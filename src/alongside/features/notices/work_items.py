"""Work items of notices: those that a person has not read, and those with questions to answer."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.notices.queries import waiting_for
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_count
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList


async def _notices(session: AsyncSession, person: Principal) -> list[WorkItem]:
    waiting = await waiting_for(session, person)
    items = []
    if waiting.unread:
        act = f"{format_count(waiting.unread, 'notice')} you have not read"
        items.append(WorkItem(act, "", "", None, "/notices?show=unread"))
    if waiting.asked:
        act = f"{format_count(waiting.asked, 'notice')} with questions to answer"
        items.append(WorkItem(act, "", "", None, "/notices?show=questions"))
    return items


WORK_ITEM_LISTS = (WorkItemList(_notices), WorkItemList(_notices, HomePage.SCHOOL))
