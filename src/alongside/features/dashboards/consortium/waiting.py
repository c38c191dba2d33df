"""Tasks of consortium leads and the core team besides needs and proposals: escalations, plans and entries,
each with a link.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.directory.queries import waiting_entries
from alongside.features.escalations.caseload.queries import desk_counts
from alongside.features.escalations.queries import escalations_of
from alongside.features.escalations.raising.queries import suggestions
from alongside.features.matching.plans.queries import current_run, offered_run
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.templates import plural

ESCALATIONS_OF_THE_DESK = {
    "overdue": "past its date|past their dates",
    "due": "due this week|due this week",
    "unassigned": "that nobody has taken|that nobody has taken",
}
"""The escalation lists that are shown as tasks: text for one escalation, and for several."""


@dataclass(frozen=True, slots=True)
class Line:
    """One task and the path where it is done."""

    words: str
    path: str


async def lines_waiting(session: AsyncSession, person: Principal) -> list[Line]:
    """The tasks of this person, most urgent first."""
    handles = has_permission(person, Permission.MANAGE_ESCALATION)
    escalations = await (_escalations_of_the_desk if handles else _escalations_of_a_lead)(session, person)
    entries = len(await waiting_entries(session, person))
    checks = f"{plural(entries, 'entry', 'entries')} of good practice to check or verify"
    return [
        *escalations,
        *await _plans(session, person),
        *([Line(checks, "/directory/entries")] if entries else []),
    ]


async def _escalations_of_the_desk(session: AsyncSession, person: Principal) -> list[Line]:
    counts = await desk_counts(session, person)
    return [
        Line(
            f"{plural(counts[group], 'escalation')} {words.split('|')[counts[group] != 1]}",
            f"/escalations?show={group}",
        )
        for group, words in ESCALATIONS_OF_THE_DESK.items()
        if counts[group]
    ]


async def _escalations_of_a_lead(session: AsyncSession, person: Principal) -> list[Line]:
    """Escalations in which the consortium must act next, and the number of schools that one might help."""
    words = {
        "returning": "{school}: take the school back, or say that it is too early",
        "waiting_on_consortium": "{school}: the escalation waits for you",
    }
    rows, _ = await escalations_of(session, person)
    lines = [
        Line(words[one.state].format(school=one.school), f"/escalations/{one.id}")
        for one in rows
        if one.state in words
    ]
    might_help = len({one.urn for one in await suggestions(session, person)})
    if might_help:
        lines.append(
            Line(f"{plural(might_help, 'school')} for which an escalation might help", "/escalations")
        )
    return lines


async def _plans(session: AsyncSession, person: Principal) -> list[Line]:
    """Plans of the person's consortia that are ready to check and send, or to take over."""
    lines = []
    for consortium_id in person.consortium_ids:
        better = await offered_run(session, person.authority_id, consortium_id)
        standing = await current_run(session, person.authority_id, consortium_id)
        if better is not None:
            lines.append(Line(f"A better plan for {better.consortium}", f"/plans/{better.id}"))
        elif standing is not None and standing.state == "done":
            lines.append(
                Line(f"The plan for {standing.consortium}, which is not sent yet", f"/plans/{standing.id}")
            )
    return lines
