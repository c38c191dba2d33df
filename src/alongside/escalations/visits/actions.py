"""Recording visits, and putting a record right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused, Stale
from alongside.escalations.asking import refuse_interest
from alongside.escalations.model import FINALS
from alongside.escalations.moving import tell_story
from alongside.escalations.queries import held_case
from alongside.escalations.visits.model import CaseVisit
from alongside.escalations.visits.queries import visit_to
from alongside.journal.actions import write_journal

WORK = Permission.WORK_ON_CASE
LABELS = {
    "visit_on": "Day of the visit",
    "hours": "Hours",
    "who": "Who went",
    "focus": "What it was about",
    "found": "What was found",
    "next_steps": "What follows",
}


async def record_visit(
    session: AsyncSession, person: Person, case_id: UUID, written: Mapping[str, Any]
) -> UUID:
    """Record a visit that has taken place. Raises Invalid for a day ahead, Refused once the case is over."""
    row = await held_case(session, person, WORK, case_id)
    await _check(session, person, row, written)
    made = CaseVisit(authority_id=person.authority_id, case_id=case_id, recorded_by=person.id, **written)
    session.add(made)
    await session.flush()
    await write_journal(session, person, "record_visit", "escalation", case_id)
    shown = bool(written["for_school"])
    await tell_story(session, person, case_id, "record_visit", written["focus"], for_school=shown)
    return made.id


async def correct_visit(
    session: AsyncSession, person: Person, visit_id: UUID, written: Mapping[str, Any], version: int
) -> UUID:
    """Put the record of a visit right. Returns the case. Raises Stale when somebody wrote it first."""
    visit, row = await visit_to(session, person, WORK, visit_id)
    row = await held_case(session, person, WORK, row.id)
    await _check(session, person, row, written)
    moved = await session.execute(
        update(CaseVisit)
        .where(
            CaseVisit.authority_id == person.authority_id,
            CaseVisit.id == visit_id,
            CaseVisit.version == version,
        )
        .values(version=CaseVisit.version + 1, **written)
        .returning(CaseVisit.version)
        .execution_options(synchronize_session=False)
    )
    if moved.first() is None:
        visit, _ = await visit_to(session, person, WORK, visit_id)
        raise Stale(
            [
                (label, str(written[name]), str(getattr(visit, name)))
                for name, label in LABELS.items()
                if written[name] != getattr(visit, name)
            ],
            visit.version,
        )
    await write_journal(session, person, "correct_visit", "escalation", row.id)
    await tell_story(
        session, person, row.id, "correct_visit", written["focus"], for_school=written["for_school"]
    )
    case_id: UUID = row.id
    return case_id


async def _check(session: AsyncSession, person: Person, row: Any, written: Mapping[str, Any]) -> None:
    await refuse_interest(session, person, row)
    if row.state in FINALS:
        raise Refused("This case is over, so nothing can be added to it. Open it again first.", row.state)
    if written["visit_on"] > person.today:
        raise Invalid(
            {"visit_on": ["A visit that has taken place cannot lie ahead. Enter today or earlier."]}
        )
