"""Work items of escalations: lists of the core team, and what a consortium's leads must do next."""

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.escalations.caseload.queries import desk_counts
from alongside.features.escalations.queries import escalations_of
from alongside.features.escalations.raising.suggestions import suggestions
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import LONDON
from alongside.platform.web.formatting import format_count
from alongside.platform.work_items import WorkItem, WorkItemList

LISTS_OF_THE_CORE_TEAM = {
    "overdue": "past its date|past their dates",
    "due": "due this week|due this week",
    "unassigned": "that nobody has taken|that nobody has taken",
    "not_told": "whose headteacher has not been told|whose headteachers have not been told",
}
"""The lists that are shown as work items: text for one escalation, and for several."""

OF_A_LEAD = {
    "returning": "{school}: take the school back, or say that it is too early",
    "waiting_on_consortium": "{school}: the escalation waits for you",
}
"""The states in which the consortium must act next."""


async def _escalations(session: AsyncSession, person: Principal) -> list[WorkItem]:
    if has_permission(person, Permission.MANAGE_ESCALATION):
        return await _of_the_core_team(session, person)
    return await _of_a_lead(session, person)


async def _of_the_core_team(session: AsyncSession, person: Principal) -> list[WorkItem]:
    counts = await desk_counts(session, person)
    return [
        WorkItem(
            f"{format_count(counts[group], 'escalation')} {words.split('|')[counts[group] != 1]}",
            "",
            "",
            None,
            f"/escalations?show={group}",
        )
        for group, words in LISTS_OF_THE_CORE_TEAM.items()
        if counts[group]
    ]


async def _of_a_lead(session: AsyncSession, person: Principal) -> list[WorkItem]:
    """Escalations in which the consortium must act next, and the number of schools that one might help."""
    rows, _ = await escalations_of(session, person)
    items = [
        WorkItem(
            OF_A_LEAD[one.state].format(school=one.school),
            "",
            "",
            one.due_at.astimezone(LONDON).date() if one.due_at else None,
            f"/escalations/{one.id}",
        )
        for one in rows
        if one.state in OF_A_LEAD
    ]
    might_help = len({one.urn for one in await suggestions(session, person)})
    if might_help:
        act = f"{format_count(might_help, 'school')} for which an escalation might help"
        items.append(WorkItem(act, "", "", None, "/escalations"))
    return items


WORK_ITEM_LISTS = (WorkItemList(_escalations),)
