"""Work items of profiles: what a chair of governors, or an officer of a trust or diocese, must read and sign."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.profiles.queries import profiles_to_sign
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList


async def _to_sign(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not has_permission(person, Permission.SIGN_PROFILE):
        return []
    return [
        WorkItem(
            "Read and sign the performance profile",
            f"{one.academic_year}, {one.phase}",
            one.school,
            one.answer_by,
            f"/profiles/{one.id}",
        )
        for one in await profiles_to_sign(session, person)
    ]


WORK_ITEM_LISTS = (WorkItemList(_to_sign, HomePage.GOVERNORS),)
