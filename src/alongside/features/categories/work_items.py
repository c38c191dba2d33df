"""Work items of support categories: what waits for the core team, a panel, a headteacher, and who governs a school."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.categories.notifying import path_of
from alongside.features.categories.queries import (
    categories_of_schools,
    categories_to_sign,
    counts_by_state,
)
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import CONSORTIUM_ROLES, Principal
from alongside.platform.web.formatting import format_count
from alongside.platform.work_items import HomePage, WorkItem, WorkItemList

OF_CORE = {
    "proposed": ("to discuss with schools", Permission.PROPOSE_CATEGORY),
    "moderated": ("to record the board’s decision on", Permission.AGREE_CATEGORY),
    "agreed": ("to notify schools of", Permission.PROPOSE_CATEGORY),
    "appealed": ("with an appeal to hear", Permission.HEAR_CATEGORY_APPEAL),
}


async def _of_school(session: AsyncSession, person: Principal) -> list[WorkItem]:
    used = settings_of(person.authority_id).categorisation.used
    if not used or not has_permission(person, Permission.APPEAL_CATEGORY):
        return []
    return [
        WorkItem("Read your support category", one.academic_year, "", one.appeal_by, path_of(one))
        for one in (await categories_of_schools(session, person, person.own_schools))[0]
        if one.state == "notified" and one.seen_on is None
    ]


async def _of_consortium(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if not settings_of(person.authority_id).categorisation.used:
        return []
    counts = await counts_by_state(session, person, [*OF_CORE, "discussed"])
    items = []
    leading = person.role in CONSORTIUM_ROLES
    if leading and "discussed" in counts and counts["discussed"].mine:
        act = f"{format_count(counts['discussed'].mine, 'category', 'categories')} to moderate"
        items.append(WorkItem(act, "", "", None, "/categories/moderation"))
    for state, (what, permission) in OF_CORE.items():
        if state in counts and has_permission(person, permission):
            act = f"{format_count(counts[state].rows, 'category', 'categories')} {what}"
            items.append(WorkItem(act, "", "", None, f"/categories?state={state}"))
    return items


async def _to_sign(session: AsyncSession, person: Principal) -> list[WorkItem]:
    used = settings_of(person.authority_id).categorisation.used
    if not used or not has_permission(person, Permission.SIGN_CATEGORY):
        return []
    return [
        WorkItem(
            "Read and sign the category letter",
            one.academic_year,
            one.school,
            one.appeal_by,
            f"/categories/{one.id}",
        )
        for one in await categories_to_sign(session, person)
    ]


WORK_ITEM_LISTS = (
    WorkItemList(_of_consortium),
    WorkItemList(_of_school, HomePage.SCHOOL),
    WorkItemList(_to_sign, HomePage.GOVERNORS),
)
