"""Commands that plan, record, correct, cancel and remove visits, and send reminders for overdue records."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, ValidationFailed
from alongside.features.agreements.parties import (
    OTHER_SIDE,
    NotificationText,
    identify_requester,
    notify_schools,
    own_side,
    party_of,
    school_on,
    urn_on,
)
from alongside.features.agreements.proposals.hard_rules import constraint_messages
from alongside.features.agreements.queries import AgreementRow, lock_agreement
from alongside.features.agreements.visit import (
    CANCEL_VISIT,
    CORRECT_VISIT,
    LOG_VISIT,
    PLAN_VISIT,
    RECORD_VISIT,
    VOID_VISIT,
    Visit,
)
from alongside.features.agreements.visits.deadlines import AnswerExpected, answer_expected, record_due
from alongside.features.agreements.visits.queries import VisitRow, overdue_records, visit_now, visit_to
from alongside.features.agreements.visits.values import VisitRecord
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.web.formatting import format_date, format_days, format_weekday
from alongside.platform.workflow import Transition, apply_transition

LABELS = {
    "visit_on": "Date of the visit",
    "days": "Days",
    "focus": "What it was about",
    "done": "What was done",
    "next_steps": "What comes next",
}


async def log_visit(
    session: AsyncSession, person: Principal, agreement_id: UUID, record: VisitRecord
) -> UUID:
    """Record a visit that has taken place. Raises ActionRefused when more days would be used than were agreed."""
    row = await _running(session, person, agreement_id)
    _refuse_early(row, record)
    _refuse_future(person, record)
    refuse_too_many(row, record.days)
    expected = await answer_expected(session, person, row)
    made = await _write(session, person, row, record, LOG_VISIT, expected)
    await _ask_other_school(session, person, row, made, 1, expected)
    return made


async def plan_visit(
    session: AsyncSession, person: Principal, agreement_id: UUID, record: VisitRecord
) -> UUID:
    """Plan a visit. Its record is due some school days later."""
    row = await _running(session, person, agreement_id)
    _refuse_early(row, record)
    return await _write(session, person, row, record, PLAN_VISIT)


async def record_visit(
    session: AsyncSession, person: Principal, visit_id: UUID, record: VisitRecord, version: int
) -> None:
    """Record a planned visit. Raises EditConflict when it has been recorded since."""
    await _rewrite(session, person, visit_id, record, version, RECORD_VISIT)


async def correct_visit(
    session: AsyncSession, person: Principal, visit_id: UUID, record: VisitRecord, version: int
) -> None:
    """Correct the own school's record of a running agreement: the other school answers the new version.

    The audit log stores the earlier values.
    """
    await _rewrite(session, person, visit_id, record, version, CORRECT_VISIT)


async def cancel_visit(session: AsyncSession, person: Principal, visit_id: UUID, reason: str) -> None:
    """Cancel a planned visit with a reason."""
    row = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    side = own_side(person, Permission.RECORD_VISIT, row)
    await apply_transition(session, person, Visit, row, CANCEL_VISIT, note=reason)
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            "visit_cancelled",
            f"{school_on(side, row)} has cancelled the visit of {format_date(row.visit_on)}.",
            f"/agreements/{row.agreement_id}",
            f"visit_cancelled:{row.id}",
        ),
    )


async def void_visit(session: AsyncSession, person: Principal, visit_id: UUID, reason: str) -> None:
    """Remove the record of a visit that did not take place, with a reason. Its days are available again.

    Raises ActionRefused when the agreement has ended, the visit has no record or the other school recorded it.
    """
    seen = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    row = await _running(session, person, seen.agreement_id)
    now = await visit_now(session, person.authority_id, visit_id)
    _refuse_record_of_other(person, now)
    await identify_requester(session, person)
    with explain_constraints(constraint_messages(row), now.state):
        await apply_transition(
            session, person, Visit, now, VOID_VISIT, note=reason, changes={"days": [str(now.days), None]}
        )
    side = own_side(person, Permission.RECORD_VISIT, row)
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            "visit_removed",
            f"{school_on(side, row)} has removed the record of the visit of {format_date(now.visit_on)}.",
            f"/agreements/{row.id}",
            f"visit_removed:{now.id}",
        ),
    )


async def chase_visit_records(session: AsyncSession, person: Principal) -> int:
    """Remind both schools once of each overdue record. `person` is the system.

    Returns the number of records.
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
        await notify_schools(
            session,
            person,
            [row.requesting_urn, row.supporting_urn],
            NotificationText(
                "visit_record_overdue",
                f"Record the visit that took place on {format_date(row.visit_on)}. "
                f"Its record was due by {format_date(row.record_due_on)}.",
                f"/agreements/{row.agreement_id}",
                f"visit_record_overdue:{row.id}",
                asks=True,
            ),
        )
    return len(overdue)


async def _running(session: AsyncSession, person: Principal, agreement_id: UUID) -> AgreementRow:
    row = await lock_agreement(session, person, Permission.RECORD_VISIT, agreement_id)
    own_side(person, Permission.RECORD_VISIT, row)
    if row.state == "preparing":
        raise ActionRefused(
            "The agreement is not signed yet. Visits come after both heads have signed.", row.state
        )
    if row.state != "active":
        raise ActionRefused("This agreement has ended, so you cannot add visits to it.", row.state)
    return row


async def _write(
    session: AsyncSession,
    person: Principal,
    row: AgreementRow,
    record: VisitRecord,
    move: Transition,
    expected: AnswerExpected | None = None,
) -> UUID:
    recorded = _recorded_now(person, row, expected) if expected else {}
    await identify_requester(session, person)
    made = Visit(
        authority_id=person.authority_id,
        agreement_id=row.id,
        state=move.end,
        record_due_on=await record_due(session, person, row, record.visit_on),
        **recorded,
        **asdict(record),
    )
    session.add(made)
    with explain_constraints(constraint_messages(row), row.state):
        await session.flush()
    urns = (row.requesting_urn, row.supporting_urn)
    changes = {"days": [None, str(record.days)], "visit_on": [None, record.visit_on.isoformat()]}
    await record_audit(session, person, move.verb, "visit", made.id, schools=urns, changes=changes)
    return made.id


async def _rewrite(
    session: AsyncSession,
    person: Principal,
    visit_id: UUID,
    record: VisitRecord,
    version: int,
    move: Transition,
) -> None:
    seen = await visit_to(session, person, Permission.RECORD_VISIT, visit_id)
    row = await _running(session, person, seen.agreement_id)
    now = await visit_now(session, person.authority_id, visit_id)
    changes = _changes(now, record)
    if now.version != version:
        raise EditConflict(
            [(LABELS[name], mine, there) for name, (there, mine) in changes.items()], now.version
        )
    _refuse_record_of_other(person, now)
    _refuse_early(row, record)
    _refuse_future(person, record)
    if now.state == "recorded" and not changes:
        raise ValidationFailed({"": ["Nothing has changed yet. Correct what is wrong, or go back."]})
    refuse_too_many(row, record.days - (now.days if now.state == "recorded" else 0))
    expected = await answer_expected(session, person, row)
    values = asdict(record) | _recorded_now(person, row, expected) | NO_ANSWER
    await identify_requester(session, person)
    with explain_constraints(constraint_messages(row), row.state):
        await apply_transition(session, person, Visit, now, move, changes=changes, written=values)
    await _ask_other_school(session, person, row, visit_id, now.version + 1, expected)


NO_ANSWER: dict[str, object] = {
    "answered_by": None,
    "answered_at": None,
    "answered_visit_on": None,
    "answered_days": None,
    "answered_done": "",
    "answer_reason": "",
}
"""The columns of an answer to an earlier version of the record."""


def _recorded_now(person: Principal, row: AgreementRow, expected: AnswerExpected) -> dict[str, object]:
    return {
        "recorded_at": datetime.now(UTC),
        "recorded_by": person.id,
        "recorded_side": own_side(person, Permission.RECORD_VISIT, row),
        "answer": "waiting",
        **asdict(expected),
    }


def whose_record(person: Principal, visit: VisitRow) -> str | None:
    """A sentence that says why this person's school cannot change the record of a visit; None when it can."""
    if visit.settled_as is not None:
        return "The record of this visit is settled, so it can no longer be changed."
    if visit.state == "recorded" and party_of(person, visit) != visit.recorded_side:
        return f"{visit.recorded_by_school} recorded this visit. Your school answers its record instead."
    return None


def _refuse_record_of_other(person: Principal, visit: VisitRow) -> None:
    refusal = whose_record(person, visit)
    if refusal:
        raise ActionRefused(refusal, visit.state)


def _changes(row: VisitRow, record: VisitRecord) -> Mapping[str, list[str]]:
    return {
        name: [str(getattr(row, name)), str(value)]
        for name, value in asdict(record).items()
        if getattr(row, name) != value
    }


def _refuse_early(row: AgreementRow, record: VisitRecord) -> None:
    first = min(row.starts_on, row.agreed_on)
    if record.visit_on < first:
        raise ValidationFailed(
            {
                "visit_on": [
                    f"The support was agreed from {format_date(first)}. Enter that day or a later one."
                ]
            }
        )


def _refuse_future(person: Principal, record: VisitRecord) -> None:
    if record.visit_on > person.today:
        raise ValidationFailed(
            {"visit_on": ["The day of a visit that has taken place must be today or earlier."]}
        )


def refuse_too_many(row: AgreementRow, more: Decimal) -> None:
    """Raise ActionRefused when more days would be recorded than were agreed."""
    if row.days_used + more > row.days:
        raise ActionRefused(
            f"{format_days(row.days - row.days_used)} of the {format_days(row.days)} agreed can still be recorded. "
            "Record fewer days, or agree on more first by a change to the agreement.",
            row.state,
        )


async def _ask_other_school(
    session: AsyncSession,
    person: Principal,
    row: AgreementRow,
    visit_id: UUID,
    version: int,
    expected: AnswerExpected,
) -> None:
    side = own_side(person, Permission.RECORD_VISIT, row)
    await notify_schools(
        session,
        person,
        [urn_on(OTHER_SIDE[side], row)],
        NotificationText(
            "visit_recorded",
            f"{school_on(side, row)} has recorded a visit. Please answer its record by "
            f"{format_weekday(expected.answer_due_on)}.",
            f"/visits/{visit_id}/answer",
            f"visit_recorded:{visit_id}:{version}",
            asks=True,
        ),
    )
