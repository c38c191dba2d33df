"""Commands that answer a visit's record, write the supported school's own words, and settle differences."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, EditConflict, NotFound, ValidationFailed
from alongside.features.agreements.parties import (
    NotificationText,
    identify_requester,
    notify_schools,
    notify_schools_and_leads,
    party_of,
    urn_on,
)
from alongside.features.agreements.proposals.hard_rules import constraint_messages
from alongside.features.agreements.queries import AgreementRow, lock_agreement
from alongside.features.agreements.visit import (
    ACCEPT_CORRECTIONS,
    CONFIRM_RECORD,
    DIFFER,
    DISMISS_RECORD,
    DISPUTE_RECORD,
    LAPSE_ANSWER,
    SETTLE_RECORD,
    Visit,
)
from alongside.features.agreements.visit_answers.values import RecordAnswer
from alongside.features.agreements.visits.actions import refuse_too_many
from alongside.features.agreements.visits.queries import UNANSWERED, VisitRow, visit_now, visit_to
from alongside.features.interests.queries import schools_of_interest
from alongside.features.offers.balance.actions import balance_offer
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.reads import fetch_all
from alongside.platform.web.formatting import format_date, format_days, format_weekday
from alongside.platform.workflow import apply_transition

MOVES = {"correct": CONFIRM_RECORD, "corrected": DIFFER, "disagree": DISPUTE_RECORD}
SAID = {
    "correct": "says that it is correct",
    "corrected": "has corrected it",
    "disagree": "disagrees with it",
}


def cannot_answer(person: Principal, visit: VisitRow) -> str | None:
    """A sentence that says why this person's school cannot answer the record now; None when it can."""
    if visit.state != "recorded":
        return "This visit has no record to answer."
    if party_of(person, visit) == visit.recorded_side:
        return f"Your school recorded this visit. {visit.answering_school} answers its record."
    if visit.answer not in ("waiting", "not_answered"):
        return "Your school has answered this record already."
    if visit.answer == "not_answered" or visit.answer_due_on is None or visit.answer_due_on < person.today:
        due = format_weekday(visit.answer_due_on) if visit.answer_due_on else "an earlier day"
        return f"The last day to answer was {due}. You can still write a message to the other school."
    return None


async def answer_record(
    session: AsyncSession, person: Principal, visit_id: UUID, given: RecordAnswer, version: int
) -> None:
    """Answer the other school's record of a visit. The days that count stay those of the record.

    Raises EditConflict when the record has changed since it was shown, ActionRefused when there is nothing to answer.
    """
    row, now = await _held(session, person, Permission.RECORD_VISIT, visit_id)
    if now.version != version:
        raise EditConflict(
            _record_lines(now), now.version, now=f"{now.recorded_by_school} has changed its record."
        )
    refusal = cannot_answer(person, now)
    if refusal:
        raise ActionRefused(refusal, now.state)
    if (
        given.answer == "corrected"
        and (given.visit_on, given.days) == (now.visit_on, now.days)
        and not given.done
    ):
        raise ValidationFailed(
            {"visit_on": ["Correct the day, the days or the text, or say that it is correct."]}
        )
    if given.visit_on is not None and given.visit_on > person.today:
        raise ValidationFailed(
            {"visit_on": ["The day of a visit that has taken place must be today or earlier."]}
        )
    changes = {"answer": [now.answer, given.answer]}
    if given.visit_on is not None and given.days is not None:
        changes |= {
            "visit_on": [now.visit_on.isoformat(), given.visit_on.isoformat()],
            "days": [str(now.days), str(given.days)],
        }
    written = {
        "answer": given.answer,
        "answered_by": person.id,
        "answered_at": datetime.now(UTC),
        "answered_visit_on": given.visit_on,
        "answered_days": given.days,
        "answered_done": given.done,
        "answer_reason": given.reason,
    }
    await identify_requester(session, person)
    note = given.reason or None
    await apply_transition(
        session, person, Visit, now, MOVES[given.answer], note=note, changes=changes, written=written
    )
    text = (
        f"{now.answering_school} has answered the record of the visit of {format_date(now.visit_on)}: "
        f"it {SAID[given.answer]}."
    )
    word = NotificationText(
        "visit_answered", text, f"/agreements/{row.id}#visits", f"visit_answered:{now.id}:{now.version}"
    )
    if given.answer == "correct":
        await notify_schools(session, person, [urn_on(now.recorded_side or "", row)], word)
    else:
        await notify_schools_and_leads(session, person, row, word)


async def accept_corrections(session: AsyncSession, person: Principal, visit_id: UUID, version: int) -> None:
    """Take over the date and days of the other school's corrections, so that both schools agree.

    Raises ActionRefused when more days would be used than were agreed.
    """
    row, now = await _held(session, person, Permission.RECORD_VISIT, visit_id, pool=True)
    if not may_accept(person, now) or now.version != version:
        raise ActionRefused("This record has changed since you opened the page. Look at it again.", now.state)
    await _count_answer(session, person, row, now)
    await balance_offer(session, person, row.offer_id)
    text = f"{now.recorded_by_school} has agreed to your date and days of the visit of {format_date(now.visit_on)}."
    await notify_schools(
        session,
        person,
        [now.answering_urn],
        NotificationText(
            "visit_agreed", text, f"/agreements/{row.id}#visits", f"visit_agreed:{now.id}:{version}"
        ),
    )


def may_accept(person: Principal, visit: VisitRow) -> bool:
    """Whether this person's school can take over the other school's date and days."""
    return (
        visit.is_disputed and visit.answer == "corrected" and party_of(person, visit) == visit.recorded_side
    )


async def write_hopes(
    session: AsyncSession, person: Principal, visit_id: UUID, hoped_for: str, took_away: str
) -> None:
    """Save what the supported school hoped for and took from a visit, before or after its record."""
    row, now = await _held(session, person, Permission.WRITE_VISIT_HOPES, visit_id)
    if now.state == "cancelled":
        raise ActionRefused("This visit is cancelled.", now.state)
    await identify_requester(session, person)
    await session.execute(
        update(Visit)
        .where(Visit.authority_id == person.authority_id, Visit.id == now.id)
        .values(hoped_for=hoped_for, took_away=took_away, hopes_by=person.id)
        .execution_options(synchronize_session=False)
    )
    changes = {"hoped_for": [now.hoped_for, hoped_for], "took_away": [now.took_away, took_away]}
    urns = (row.requesting_urn, row.supporting_urn)
    await record_audit(session, person, "write_visit_hopes", "visit", now.id, schools=urns, changes=changes)


async def settle_record(
    session: AsyncSession, person: Principal, visit_id: UUID, decision: str, reason: str, version: int
) -> None:
    """Settle a difference: the record counts, the answer counts, or the visit does not count.

    Raises ActionRefused for a person with an interest in one of the schools, when nothing is in dispute, and when more
    days would be used than were agreed.
    """
    row, now = await _held(session, person, Permission.SETTLE_VISIT, visit_id, pool=True)
    if not now.is_disputed or now.version != version:
        raise ActionRefused("The schools do not differ about this record any more.", now.state)
    assert person.id is not None
    interests = await schools_of_interest(session, person.authority_id, person.id, person.today)
    if interests & {row.requesting_urn, row.supporting_urn}:
        raise ActionRefused(
            "You have an interest in one of the schools. Ask a colleague to settle this.", now.state
        )
    settled: dict[str, object] = {
        "settled_as": decision,
        "settled_because": reason,
        "settled_by": person.id,
        "settled_at": datetime.now(UTC),
    }
    if decision == "answer":
        refuse_too_many(row, (now.answered_days or now.days) - now.days)
        settled |= {"visit_on": now.answered_visit_on, "days": now.answered_days}
    move = DISMISS_RECORD if decision == "none" else SETTLE_RECORD
    await identify_requester(session, person)
    with explain_constraints(constraint_messages(row), row.state):
        await apply_transition(
            session,
            person,
            Visit,
            now,
            move,
            note=reason,
            changes={"settled_as": [None, decision]},
            written=settled,
        )
    await balance_offer(session, person, row.offer_id)
    text = f"The record of the visit of {format_date(now.visit_on)} is settled. Read what counts."
    await notify_schools_and_leads(
        session,
        person,
        row,
        NotificationText("visit_settled", text, f"/agreements/{row.id}#visits", f"visit_settled:{now.id}"),
    )


async def lapse_answers(session: AsyncSession, person: Principal) -> int:
    """Mark records that were not answered in time as not answered, never as correct. `person` is the system."""
    late = await fetch_all(session, UNANSWERED, {"authority_id": person.authority_id, "today": person.today})
    for row in late:
        await identify_requester(session, person)
        await apply_transition(session, person, Visit, row, LAPSE_ANSWER, answer="not_answered")
        text = (
            f"{row.answering_school} has not answered the record of the visit of {format_date(row.visit_on)} in time."
            " The record says so."
        )
        await notify_schools(
            session,
            person,
            [row.requesting_urn, row.supporting_urn],
            NotificationText(
                "visit_not_answered",
                text,
                f"/agreements/{row.agreement_id}#visits",
                f"visit_not_answered:{row.id}:{row.version}",
            ),
        )
    return len(late)


async def _held(
    session: AsyncSession, person: Principal, permission: Permission, visit_id: UUID, *, pool: bool = False
) -> tuple[AgreementRow, VisitRow]:
    """Lock the agreement of a visit; returns its row and the current visit."""
    seen = await visit_to(session, person, permission, visit_id)
    row = await lock_agreement(session, person, permission, seen.agreement_id, pool=pool)
    return row, await visit_now(session, person.authority_id, visit_id)


async def _count_answer(session: AsyncSession, person: Principal, row: AgreementRow, now: VisitRow) -> None:
    if now.answered_visit_on is None or now.answered_days is None:
        raise NotFound
    refuse_too_many(row, now.answered_days - now.days)
    written = {"answer": "agreed", "visit_on": now.answered_visit_on, "days": now.answered_days}
    changes = {
        "visit_on": [now.visit_on.isoformat(), now.answered_visit_on.isoformat()],
        "days": [str(now.days), str(now.answered_days)],
    }
    await identify_requester(session, person)
    with explain_constraints(constraint_messages(row), row.state):
        await apply_transition(
            session, person, Visit, now, ACCEPT_CORRECTIONS, changes=changes, written=written
        )


def _record_lines(visit: VisitRow) -> list[tuple[str, str, str]]:
    """The record as it is now, for the page of an edit conflict."""
    return [
        ("Day of the visit", "", format_date(visit.visit_on)),
        ("Days", "", format_days(visit.days)),
        ("What was done", "", visit.done),
    ]
