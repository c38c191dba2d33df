"""Everything that takes a case from one state to the next: each act holds the case first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.authorities import settings_of
from alongside.errors import Invalid, Refused
from alongside.escalations.asking import has_interest
from alongside.escalations.clock import days_for, deadline_of
from alongside.escalations.model import (
    ACKNOWLEDGE,
    AGREE_PLAN,
    CLOSE,
    DECIDE_AGAIN,
    MERGE,
    NOT_YET,
    OFFER_RETURN,
    REOPEN_CASE,
    RESUME,
    REVIEW,
    STEP_UP,
    TAKE_BACK,
    TRIAGE,
    WAITING,
    WITHDRAW,
    Case,
)
from alongside.escalations.moving import (
    calendar_of_case,
    clock_from_now,
    move,
    pauses_of,
    set_timers,
    tell_seats,
    tell_story,
)
from alongside.escalations.queries import held_case, officers
from alongside.escalations.tasks.model import Criterion
from alongside.escalations.timers.actions import cancel_statutory
from alongside.escalations.waiting import Wait
from alongside.journal.actions import write_journal
from alongside.notifications import tell
from alongside.workflow import Move

HANDLE, ANSWER = Permission.HANDLE_CASE, Permission.ANSWER_CASE
REST: dict[str, Any] = {"stage": None, "stage_began_at": None, "due_at": None}
"""A clock that rests: nothing is due."""


async def acknowledge_case(
    session: AsyncSession, person: Person, case_id: UUID, version: int | None = None
) -> None:
    """Take a case in hand: whoever acknowledges it looks after it, until it is given to somebody else."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    clock = await clock_from_now(session, person, row, ACKNOWLEDGE.end)
    await move(session, person, row, ACKNOWLEDGE, owner_id=row.owner_id or person.id, **clock)
    await _after(
        session, person, row, clock, "case_acknowledged", f"{person.name} has acknowledged your case."
    )


async def decide_case(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    decided: Mapping[str, Any],
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Decide what is to happen, in writing to the consortium; decided anew while it is not over, with the same words.

    Raises Stale when a colleague decided meanwhile, Refused where statutory powers do not reach.
    """
    row = await held_case(session, person, HANDLE, case_id, version=version, typed=typed)
    if decided["handling_consortium_id"] == row.consortium_id:
        raise Invalid({"handling_consortium_id": ["It raised the case. Choose another consortium."]})
    step = DECIDE_AGAIN if row.state in DECIDE_AGAIN.starts else TRIAGE
    clock = await clock_from_now(session, person, row, step.end)
    await move(session, person, row, step, note=decided["decision"], **decided, **clock)
    said = "It is decided what is to happen in a case of yours. You can read it now."
    present = await held_case(session, person, HANDLE, case_id)
    await _after(session, person, present, clock, "case_decided", said)


async def agree_plan(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    plan: Mapping[str, Any],
    criteria: Sequence[str],
    version: int | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Agree what is done, and what must be so before the consortium takes the school back."""
    row = await held_case(session, person, HANDLE, case_id, version=version, typed=typed)
    if row.state not in AGREE_PLAN.starts:
        raise Refused("A plan is agreed once it is decided what is to happen.", row.state)
    await session.execute(
        insert(Criterion),
        [{"authority_id": person.authority_id, "case_id": case_id, "words": words} for words in criteria],
    )
    clock = await clock_from_now(session, person, row, AGREE_PLAN.end)
    await move(session, person, row, AGREE_PLAN, **plan, **clock)
    await _after(session, person, row, clock, "case_planned", "The plan of a case of yours is agreed.")


async def review_case(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None = None
) -> None:
    """Say how the case stands; the next review is due after as many school days again."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    clock = await clock_from_now(session, person, row, REVIEW.end)
    await move(session, person, row, REVIEW, note=note, **clock)
    await _after(session, person, row, clock, "case_reviewed", "A case of yours has been reviewed.")


async def wait_for(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    waiting_on: str,
    why: str,
    version: int | None = None,
) -> None:
    """Wait for somebody: the clock stands still, with who, why and since when."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    await move(session, person, row, WAITING[waiting_on], note=why, due_at=None)
    await session.execute(
        insert(Wait).values(
            authority_id=person.authority_id,
            case_id=case_id,
            waiting_on=waiting_on,
            why=why,
            begun_by=person.id,
            since_at=datetime.now(UTC),
        )
    )
    await _after(session, person, row, {"due_at": None}, "case_waits", "A case of yours waits for somebody.")


async def resume_case(
    session: AsyncSession, person: Person, case_id: UUID, version: int | None = None
) -> None:
    """Go on: the clock runs again, with as many school days left as there were."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    await session.execute(
        update(Wait)
        .where(Wait.authority_id == person.authority_id, Wait.case_id == case_id, Wait.until_at.is_(None))
        .values(until_at=datetime.now(UTC))
        .execution_options(synchronize_session=False)
    )
    clock: dict[str, Any] = {"stage": row.stage, "due_at": None}
    if row.stage is not None:
        days = days_for(settings_of(person.authority_id), row.urgency, row.stage)
        calendar, pauses = (
            await calendar_of_case(session, person, row),
            await pauses_of(session, person, case_id),
        )
        clock["due_at"] = deadline_of(calendar, row.stage_began_at, days, pauses)
    await move(session, person, row, RESUME, due_at=clock["due_at"])
    await _after(session, person, row, clock, "case_resumed", "A case of yours goes on.")


async def offer_return(
    session: AsyncSession, person: Person, case_id: UUID, version: int | None = None
) -> None:
    """Ask the consortium to take the school back: every criterion is met, or PostgreSQL refuses."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    await move(session, person, row, OFFER_RETURN, **REST)
    said = "The criteria of a case of yours are met: you are asked to take the school back."
    await _after(session, person, row, REST, "case_returning", said)


async def take_back(
    session: AsyncSession, person: Person, case_id: UUID, end: Mapping[str, Any], version: int | None = None
) -> None:
    """Take the school back: the case is closed. PostgreSQL refuses while an action is open."""
    row = await held_case(session, person, ANSWER, case_id, version=version)
    await move(
        session, person, row, TAKE_BACK, note=end["outcome_words"], closed_at=datetime.now(UTC), **end, **REST
    )
    await cancel_statutory(session, person, case_id)
    await _after(session, person, row, REST, "case_closed", "A case is closed: the school is back.")


async def not_yet(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None = None
) -> None:
    """Say that it is too early to take the school back; the case goes on."""
    row = await held_case(session, person, ANSWER, case_id, version=version)
    clock = await clock_from_now(session, person, row, NOT_YET.end)
    await move(session, person, row, NOT_YET, note=note, **clock)
    await _after(
        session, person, row, clock, "case_not_yet", "A school is not taken back yet: its case goes on."
    )


async def step(
    session: AsyncSession,
    person: Person,
    case_id: UUID,
    up_or_down: Move,
    note: str,
    version: int | None = None,
) -> None:
    """Step a case up, to the statutory ladder or the board, or down again."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    clock = await clock_from_now(session, person, row, "active")
    await move(session, person, row, up_or_down, note=note, **clock)
    said = (
        "A case of yours has been stepped up." if up_or_down is STEP_UP else "A case has been stepped down."
    )
    await _after(session, person, row, clock, "case_stepped", said)


async def close_case(
    session: AsyncSession, person: Person, case_id: UUID, end: Mapping[str, Any], version: int | None = None
) -> None:
    """Close a case with its outcome in writing. PostgreSQL refuses while an action is open."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    await move(
        session, person, row, CLOSE, note=end["outcome_words"], closed_at=datetime.now(UTC), **end, **REST
    )
    await cancel_statutory(session, person, case_id)
    await _after(
        session, person, row, REST, "case_closed", "A case of yours is closed. Its outcome is in writing."
    )


async def withdraw_case(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None = None
) -> None:
    """Take a case back before it is decided, with a reason."""
    row = await held_case(session, person, ANSWER, case_id, version=version)
    await move(session, person, row, WITHDRAW, note=note, closed_at=datetime.now(UTC), **REST)
    await _after(session, person, row, REST, "case_withdrawn", "A case has been withdrawn by who raised it.")


async def merge_case(
    session: AsyncSession, person: Person, case_id: UUID, into: UUID, note: str, version: int | None = None
) -> None:
    """Make two cases of one school one: this one is over, the other goes on. Raises Invalid for another school's."""
    first, second = sorted((case_id, into))
    held = {one: await held_case(session, person, HANDLE, one) for one in (first, second)}
    row, other = held[case_id], held[into]
    if version is not None and row.version != version:
        raise Refused("A colleague acted on this case meanwhile. Look again, then merge.", row.state)
    if row.school_urn != other.school_urn or other.state in ("closed", "withdrawn", "merged"):
        raise Invalid({"into": ["Choose a case of the same school that is not over."]})
    await move(session, person, row, MERGE, note=note, merged_into=into, closed_at=datetime.now(UTC), **REST)
    await cancel_statutory(session, person, case_id)
    await write_journal(session, person, "merge_in", "escalation", into)
    await tell_story(session, person, into, "merge_in", note, for_school=row.told_at is not None)
    await _after(session, person, row, REST, "case_merged", "A case of yours goes on as part of another.")


async def reopen_case(
    session: AsyncSession, person: Person, case_id: UUID, note: str, version: int | None = None
) -> None:
    """Open a case again, with a reason: it is decided anew."""
    row = await held_case(session, person, Permission.REOPEN_CASE, case_id, version=version)
    clock = await clock_from_now(session, person, row, REOPEN_CASE.end)
    await move(session, person, row, REOPEN_CASE, note=note, closed_at=None, **clock)
    await _after(session, person, row, clock, "case_reopened", "A case has been opened again.")


async def assign_case(
    session: AsyncSession, person: Person, case_id: UUID, owner_id: UUID, version: int | None = None
) -> None:
    """Give a case to somebody of the core team, who is told. Raises Invalid for anybody else."""
    row = await held_case(session, person, HANDLE, case_id, version=version)
    if row.state in ("closed", "withdrawn", "merged"):
        raise Refused("This case is over.", row.state)
    if owner_id not in {one.id for one in await officers(session, person)}:
        raise Invalid({"owner_id": ["Choose somebody of the core team."]})
    if await has_interest(session, person, owner_id, row.school_urn):
        raise Invalid({"owner_id": ["They have an interest in this school. Choose somebody else."]})
    await session.execute(
        update(Case)
        .where(Case.authority_id == person.authority_id, Case.id == case_id)
        .values(owner_id=owner_id, version=Case.version + 1)
        .execution_options(synchronize_session=False)
    )
    await write_journal(session, person, "assign_case", "escalation", case_id)
    await tell_story(session, person, case_id, "assign_case", for_school=False)
    said = f"{person.name} has given you a case to look after."
    await tell(
        session,
        person,
        [owner_id],
        "case_assigned",
        said,
        f"/cases/{case_id}",
        once=f"assigned:{case_id}:{row.version}",
    )


async def _after(
    session: AsyncSession, person: Person, row: Any, clock: Mapping[str, Any], kind: str, said: str
) -> None:
    """What every move brings with it: reminders armed anew or cancelled, and everybody with a seat told."""
    await set_timers(session, person, row, clock)
    await tell_seats(session, person, row, kind, said)
