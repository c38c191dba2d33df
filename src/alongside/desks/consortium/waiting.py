"""What waits for those who lead, besides needs and proposals: cases, plans and entries, each with the way to it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.access.policy import allowed_at_all
from alongside.directory.queries import waiting_entries
from alongside.escalations.desk.queries import desk_counts
from alongside.escalations.queries import cases_of
from alongside.escalations.raising.queries import suggestions
from alongside.matching.runs.queries import offered_run, standing_run
from alongside.web.templates import plural

CASES_OF_THE_DESK = {
    "overdue": "past its date|past their dates",
    "due": "due this week|due this week",
    "unassigned": "that nobody has taken|that nobody has taken",
}
"""The lists of the desk of cases that are told here: what stands after one case, and after several."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits, and where it is done."""

    words: str
    path: str


async def lines_waiting(session: AsyncSession, person: Person) -> list[Line]:
    """What waits for this person, most pressing first."""
    handles = allowed_at_all(person, Permission.HANDLE_CASE)
    cases = await (_cases_of_the_desk if handles else _cases_of_a_lead)(session, person)
    entries = len(await waiting_entries(session, person))
    checks = f"{plural(entries, 'entry', 'entries')} of good practice to check or verify"
    return [
        *cases,
        *await _plans(session, person),
        *([Line(checks, "/directory/entries")] if entries else []),
    ]


async def _cases_of_the_desk(session: AsyncSession, person: Person) -> list[Line]:
    counts = await desk_counts(session, person)
    return [
        Line(
            f"{plural(counts[group], 'case')} {words.split('|')[counts[group] != 1]}", f"/cases?show={group}"
        )
        for group, words in CASES_OF_THE_DESK.items()
        if counts[group]
    ]


async def _cases_of_a_lead(session: AsyncSession, person: Person) -> list[Line]:
    """Cases in which the consortium acts next, and how many schools a case might help."""
    words = {
        "returning": "{school}: take the school back, or say that it is too early",
        "waiting_on_consortium": "{school}: the case waits for you",
    }
    rows, _ = await cases_of(session, person)
    lines = [
        Line(words[one.state].format(school=one.school), f"/cases/{one.id}")
        for one in rows
        if one.state in words
    ]
    might_help = len({one.urn for one in await suggestions(session, person)})
    if might_help:
        lines.append(Line(f"{plural(might_help, 'school')} for which a case might help", "/cases"))
    return lines


async def _plans(session: AsyncSession, person: Person) -> list[Line]:
    """Plans of one's own consortia that are to be read and sent, or taken over."""
    lines = []
    for consortium_id in person.consortium_ids:
        better = await offered_run(session, person.authority_id, consortium_id)
        standing = await standing_run(session, person.authority_id, consortium_id)
        if better is not None:
            lines.append(Line(f"A better plan for {better.consortium}", f"/plans/{better.id}"))
        elif standing is not None and standing.state == "done":
            lines.append(
                Line(f"The plan for {standing.consortium}, which is not sent yet", f"/plans/{standing.id}")
            )
    return lines
