"""Commands by which a school says what it will try, how it went, or withdraws it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.visits.queries import visit_to
from alongside.features.authorities import settings_of
from alongside.features.directory.models import LISTED
from alongside.features.directory.queries import get_entry
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.features.tries.models import CHANGED, DID, DID_NOT, WITHDRAW, PracticeTry
from alongside.features.tries.queries import lock_try
from alongside.features.visit_requests.queries import get_visit_request
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.school_calendar.calendar import add_school_days
from alongside.platform.workflow import apply_transition

MOVES = {"did": DID, "did_not": DID_NOT, "changed": CHANGED}
SAID_ALREADY = "Your school has said already what it will try from this entry. Your home page lists it."


@dataclass(frozen=True, slots=True)
class _Source:
    """What a try comes from."""

    entry_id: UUID | None = None
    visit_id: UUID | None = None
    visit_request_id: UUID | None = None


async def try_entry(session: AsyncSession, person: Principal, entry_id: UUID, line: str) -> None:
    """Say what the person's school will try from an entry of another school.

    Raises ActionRefused for the school's own entry, one that is not listed, and when the school has said so already.
    """
    entry = await get_entry(session, person, Permission.ADOPT_ENTRY, entry_id)
    if person.school_urn in (entry.school_urn, entry.partner_urn):
        raise ActionRefused("This is your own school’s entry.", entry.state)
    if entry.state not in LISTED:
        raise ActionRefused("This is not in the directory now.", entry.state)
    await _write(session, person, _Source(entry_id=entry.id), line)


async def try_after_visit(session: AsyncSession, person: Principal, visit_id: UUID, line: str) -> None:
    """Say what the person's school will try after a recorded visit of an agreement."""
    visit = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    if visit.state != "recorded":
        raise ActionRefused("This visit has no record yet.", visit.state)
    await _write(session, person, _Source(visit_id=visit.id), line)


async def try_after_visiting(
    session: AsyncSession, person: Principal, visit_request_id: UUID, line: str
) -> None:
    """Say what the person's school will try after a visit to, or of, another school; it counts for its entry."""
    row = await get_visit_request(session, person, Permission.CONCLUDE_VISIT, visit_request_id)
    if row.state != "took_place":
        raise ActionRefused("The visit has not taken place yet.", row.state)
    entry_id = row.entry_id if person.school_urn == row.requesting_urn else None
    await _write(session, person, _Source(entry_id=entry_id, visit_request_id=row.id), line)


async def answer_try(session: AsyncSession, person: Principal, try_id: UUID, outcome: str, line: str) -> None:
    """Say how it went: did, did_not or changed, with an optional line."""
    row = await lock_try(session, person, Permission.CHANGE_TRY, try_id)
    await apply_transition(
        session,
        person,
        PracticeTry,
        row,
        MOVES[outcome],
        outcome_line=line,
        answered_by=person.id,
        answered_at=datetime.now(UTC),
    )


async def withdraw_try(session: AsyncSession, person: Principal, try_id: UUID) -> None:
    """Withdraw a try: it is no longer listed or counted, and nobody asks about it."""
    row = await lock_try(session, person, Permission.CHANGE_TRY, try_id)
    await apply_transition(session, person, PracticeTry, row, WITHDRAW)


async def _write(session: AsyncSession, person: Principal, source: _Source, line: str) -> None:
    assert person.school_urn is not None
    assert person.id is not None
    calendar = await calendar_of_school(session, person.authority_id, person.school_urn)
    days = settings_of(person.authority_id).periods.ask_about_try_after
    made = PracticeTry(
        authority_id=person.authority_id,
        school_urn=person.school_urn,
        entry_id=source.entry_id,
        visit_id=source.visit_id,
        visit_request_id=source.visit_request_id,
        state="intended",
        line=line,
        written_by=person.id,
        ask_on=add_school_days(calendar, person.today, days),
    )
    session.add(made)
    with explain_constraints({"uq_practice_try_entry": SAID_ALREADY}, "intended"):
        await session.flush()
    await record_audit(session, person, "say_will_try", "practice_try", made.id, schools=(person.school_urn,))
