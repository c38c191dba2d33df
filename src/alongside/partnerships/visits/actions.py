"""Everything that changes the diary: visits planned, recorded, corrected, cancelled, and chased."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.permissions import Permission
from alongside.access.person import Person
from alongside.errors import Invalid, Refused, Stale
from alongside.journal.actions import write_journal
from alongside.partnerships.actions import in_words
from alongside.partnerships.queries import held_partnership
from alongside.partnerships.sides import (
    OTHER_SIDE,
    Word,
    days_in_words,
    own_side,
    school_on,
    tell_schools,
    urn_on,
)
from alongside.partnerships.visit import (
    CANCEL_VISIT,
    CORRECT_VISIT,
    LOG_VISIT,
    PLAN_VISIT,
    RECORD_VISIT,
    VOID_VISIT,
    Visit,
)
from alongside.partnerships.visits.deadlines import record_due
from alongside.partnerships.visits.queries import overdue_records, visit_now, visit_to
from alongside.partnerships.visits.record import Record
from alongside.workflow import Move, take

LABELS = {
    "visit_on": "Date of the visit",
    "days": "Days",
    "focus": "What it was about",
    "done": "What was done",
    "next_steps": "What comes next",
}


async def log_visit(session: AsyncSession, person: Person, partnership_id: UUID, record: Record) -> UUID:
    """Record a visit that has taken place. Raises Refused when more days would be used than were agreed."""
    row = await _running(session, person, partnership_id)
    _refuse_early(row, record)
    _refuse_future(person, record)
    _refuse_too_many(row, record.days)
    made = await _write(session, person, row, record, LOG_VISIT)
    await _tell_other(session, person, row, made)
    return made


async def plan_visit(session: AsyncSession, person: Person, partnership_id: UUID, record: Record) -> UUID:
    """Put a visit into the diary; its record is due some school days after it."""
    row = await _running(session, person, partnership_id)
    _refuse_early(row, record)
    return await _write(session, person, row, record, PLAN_VISIT)


async def record_visit(
    session: AsyncSession, person: Person, visit_id: UUID, record: Record, version: int
) -> UUID:
    """Write what became of a planned visit. Returns the partnership.

    Raises Stale when somebody wrote it first.
    """
    return await _rewrite(session, person, visit_id, record, version, RECORD_VISIT)


async def correct_visit(
    session: AsyncSession, person: Person, visit_id: UUID, record: Record, version: int
) -> UUID:
    """Put a record right while the partnership runs; the journal keeps what stood there.

    Returns the partnership.
    """
    return await _rewrite(session, person, visit_id, record, version, CORRECT_VISIT)


async def cancel_visit(session: AsyncSession, person: Person, visit_id: UUID, reason: str) -> UUID:
    """Take a planned visit out of the diary, with a reason. Returns the partnership."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    side = own_side(person, Permission.RECORD_VISIT, row)
    await take(session, person, Visit, row, CANCEL_VISIT, note=reason)
    await tell_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        Word(
            "visit_cancelled",
            f"{school_on(side, row)} has cancelled the visit of {row.visit_on:%-d %B %Y}.",
            f"/partnerships/{row.partnership_id}",
            f"visit_cancelled:{row.id}",
        ),
    )
    partnership_id: UUID = row.partnership_id
    return partnership_id


async def void_visit(session: AsyncSession, person: Person, visit_id: UUID, reason: str) -> UUID:
    """Remove the record of a visit that did not take place, with a reason: its days are free again.

    Returns the partnership. Raises Refused when the partnership is over or nothing is recorded.
    """
    seen = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    row = await _running(session, person, seen.partnership_id)
    now = await visit_now(session, person.authority_id, visit_id)
    await take(session, person, Visit, now, VOID_VISIT, note=reason, changes={"days": [str(now.days), None]})
    side = own_side(person, Permission.RECORD_VISIT, row)
    await tell_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        Word(
            "visit_removed",
            f"{school_on(side, row)} has removed the record of the visit of {now.visit_on:%-d %B %Y}.",
            f"/partnerships/{row.id}",
            f"visit_removed:{now.id}",
        ),
    )
    partnership_id: UUID = row.id
    return partnership_id


async def chase_visit_records(session: AsyncSession, person: Person) -> int:
    """Ask both schools once for each record that is overdue; `person` is the product itself.

    Returns how many.
    """
    overdue = await overdue_records(session, person.authority_id, person.today)
    for row in overdue:
        claimed = await session.execute(
            update(Visit)
            .where(Visit.authority_id == person.authority_id, Visit.id == row.id, Visit.chased_on.is_(None))
            .values(chased_on=person.today)
            .returning(Visit.id)
            .execution_options(synchronize_session=False)
        )
        if claimed.first() is None:
            continue
        await tell_schools(
            session,
            person,
            [row.asking_urn, row.giving_urn],
            Word(
                "visit_record_overdue",
                f"The visit of {row.visit_on:%-d %B %Y} has no record yet. Please write it.",
                f"/partnerships/{row.partnership_id}",
                f"visit_record_overdue:{row.id}",
            ),
        )
    return len(overdue)


async def _running(session: AsyncSession, person: Person, partnership_id: UUID) -> Any:
    row = await held_partnership(session, person, Permission.RECORD_VISIT, partnership_id)
    own_side(person, Permission.RECORD_VISIT, row)
    if row.state == "preparing":
        raise Refused("The agreement is not signed yet. Visits come after both heads have signed.", row.state)
    if row.state != "active":
        raise Refused("This partnership is over, so its diary is closed.", row.state)
    return row


async def _write(session: AsyncSession, person: Person, row: Any, record: Record, move: Move) -> UUID:
    recorded = move.end == "recorded"
    made = Visit(
        authority_id=person.authority_id,
        partnership_id=row.id,
        state=move.end,
        record_due_on=await record_due(session, person, row, record.visit_on),
        recorded_at=datetime.now(UTC) if recorded else None,
        recorded_by=person.id if recorded else None,
        **asdict(record),
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise in_words(error, row) from error
    urns = (row.asking_urn, row.giving_urn)
    changes = {"days": [None, str(record.days)], "visit_on": [None, record.visit_on.isoformat()]}
    await write_journal(session, person, move.verb, "visit", made.id, schools=urns, changes=changes)
    return made.id


async def _rewrite(
    session: AsyncSession, person: Person, visit_id: UUID, record: Record, version: int, move: Move
) -> UUID:
    seen = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    row = await _running(session, person, seen.partnership_id)
    now = await visit_now(session, person.authority_id, visit_id)
    changes = _changes(now, record)
    if now.version != version:
        raise Stale([(LABELS[name], mine, there) for name, (there, mine) in changes.items()], now.version)
    _refuse_early(row, record)
    _refuse_future(person, record)
    _refuse_too_many(row, record.days - (now.days if now.state == "recorded" else 0))
    values = asdict(record) | {"recorded_at": datetime.now(UTC), "recorded_by": person.id}
    try:
        await take(session, person, Visit, now, move, changes=changes, **values)
    except IntegrityError as error:
        raise in_words(error, row) from error
    await _tell_other(session, person, row, visit_id)
    partnership_id: UUID = row.id
    return partnership_id


def _changes(row: Any, record: Record) -> Mapping[str, list[str]]:
    return {
        name: [str(getattr(row, name)), str(value)]
        for name, value in asdict(record).items()
        if getattr(row, name) != value
    }


def _refuse_early(row: Any, record: Record) -> None:
    first = min(row.starts_on, row.agreed_on)
    if record.visit_on < first:
        raise Invalid(
            {"visit_on": [f"The support was agreed from {first:%-d %B %Y}. Enter that day or a later one."]}
        )


def _refuse_future(person: Person, record: Record) -> None:
    if record.visit_on > person.today:
        raise Invalid(
            {"visit_on": ["A visit that has taken place cannot lie ahead. Choose today or earlier."]}
        )


def _refuse_too_many(row: Any, more: Decimal) -> None:
    if row.days_used + more > row.days:
        left = row.days - row.days_used
        left_words = days_in_words(left) if left else "no days"
        raise Refused(
            f"Of the {days_in_words(row.days)} agreed, {left_words} are left. "
            "Record fewer days, or agree on more first by a change to the partnership.",
            row.state,
        )


async def _tell_other(session: AsyncSession, person: Person, row: Any, visit_id: UUID) -> None:
    side = own_side(person, Permission.RECORD_VISIT, row)
    await tell_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        Word(
            "visit_recorded",
            f"{school_on(side, row)} has recorded a visit.",
            f"/partnerships/{row.id}",
            f"visit_recorded:{visit_id}",
        ),
    )
