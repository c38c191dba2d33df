"""Answer a request for a visit: yes with dates, not now, another school, or no."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ValidationFailed
from alongside.features.schools.choices import require_school
from alongside.features.visit_requests.deadlines import deadline_columns, refuse_late
from alongside.features.visit_requests.models import (
    AGREE,
    DECLINE,
    OFFER_DATES,
    POSTPONE,
    SUGGEST,
    VisitRequest,
)
from alongside.features.visit_requests.queries import lock_visit_request
from alongside.features.visit_requests.request import RequestedVisit
from alongside.features.visit_requests.telling import tell_other_school
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal
from alongside.platform.web.formatting import format_date, format_weekday
from alongside.platform.workflow import Transition, apply_transition


class Arrangement(NamedTuple):
    """When a visit can be, where, and who meets the visitors."""

    dates: Sequence[date]
    venue: str
    contact: str
    message: str


class Answer(TypedDict, total=False):
    """The columns that an answer sets."""

    visit_on: date
    dates_offered: list[date]
    venue: str
    contact: str
    message: str
    not_before: date
    suggested_urn: int
    respond_by: date
    respond_from: date
    respond_days: int


async def agree_visit(
    session: AsyncSession, person: Principal, visit_request_id: UUID, arrangement: Arrangement
) -> bool:
    """Say yes. Returns whether the visit is agreed: one date that suits the asking school.

    With other dates, or several, the asking school chooses one within the same number of school days.
    """
    row = await _to_answer(session, person, visit_request_id)
    dates = sorted(arrangement.dates)
    answer = Answer(venue=arrangement.venue, contact=arrangement.contact, message=arrangement.message)
    if len(dates) == 1 and row.suitable.include(dates[0]):
        answer["visit_on"] = dates[0]
        await _answer(session, person, row, AGREE, answer)
        text = f"{row.supporting_name} says yes to your visit on {format_weekday(dates[0])}."
        await tell_other_school(session, person, row, "visit_agreed", text)
        return True
    due = await deadline_columns(session, person, row.requesting_urn)
    await _answer(session, person, row, OFFER_DATES, {**answer, **due, "dates_offered": dates})
    until = format_weekday(due["respond_by"])
    text = f"{row.supporting_name} says yes to a visit. Please choose a date by {until}."
    await tell_other_school(session, person, row, "visit_dates_offered", text)
    return False


async def postpone_visit(
    session: AsyncSession, person: Principal, visit_request_id: UUID, not_before: date, message: str
) -> None:
    """Say “not now”, and from when the other school may ask again."""
    row = await _to_answer(session, person, visit_request_id)
    await _answer(session, person, row, POSTPONE, Answer(not_before=not_before, message=message))
    text = f"{row.supporting_name} cannot host a visit now. You can ask again from {format_date(not_before)}."
    await tell_other_school(session, person, row, "visit_not_now", text)


async def suggest_school(
    session: AsyncSession, person: Principal, visit_request_id: UUID, suggested: int, message: str
) -> None:
    """Suggest another school, which is not told. Raises ValidationFailed for one of the two schools."""
    row = await _to_answer(session, person, visit_request_id)
    if suggested in (row.requesting_urn, row.supporting_urn):
        raise ValidationFailed({"school": ["Select another school than yours and the one that asks"]})
    school = await require_school(session, person.authority_id, suggested)
    await _answer(session, person, row, SUGGEST, Answer(suggested_urn=suggested, message=message))
    text = f"{row.supporting_name} cannot host your visit. It suggests {school.name}."
    await tell_other_school(session, person, row, "visit_other_school", text)


async def decline_visit(
    session: AsyncSession, person: Principal, visit_request_id: UUID, reason: str
) -> None:
    """Say no, with a reason that the other school reads."""
    row = await _to_answer(session, person, visit_request_id)
    await _answer(session, person, row, DECLINE, Answer(message=reason), note=reason)
    text = f"{row.supporting_name} says no to your request for a visit. Read the reason."
    await tell_other_school(session, person, row, "visit_declined", text)


async def _to_answer(session: AsyncSession, person: Principal, visit_request_id: UUID) -> RequestedVisit:
    row = await lock_visit_request(session, person, Permission.ANSWER_VISIT_REQUEST, visit_request_id)
    refuse_late(person, row)
    return row


async def _answer(
    session: AsyncSession,
    person: Principal,
    row: RequestedVisit,
    move: Transition,
    values: Answer,
    *,
    note: str | None = None,
) -> None:
    await apply_transition(
        session,
        person,
        VisitRequest,
        row,
        move,
        note=note,
        answered_by=person.id,
        answered_at=datetime.now(UTC),
        **values,
    )
