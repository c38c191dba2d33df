"""Work items of plans: those of a person's consortia that are ready to check and send, or to take over."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.matching.plans.queries import current_run, offered_run
from alongside.platform.access.principal import Principal
from alongside.platform.work_items import WorkItem, WorkItemList


async def _plans(session: AsyncSession, person: Principal) -> list[WorkItem]:
    items = []
    for consortium_id in person.consortium_ids:
        better = await offered_run(session, person.authority_id, consortium_id)
        current = await current_run(session, person.authority_id, consortium_id)
        if better is not None:
            items.append(
                WorkItem(f"A better plan for {better.consortium}", "", "", None, f"/plans/{better.id}")
            )
        elif current is not None and current.state == "done":
            act = f"The plan for {current.consortium}, which is not sent yet"
            items.append(WorkItem(act, "", "", None, f"/plans/{current.id}"))
    return items


WORK_ITEM_LISTS = (WorkItemList(_plans),)
