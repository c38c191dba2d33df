"""Ask a school for a visit, choose one of the dates that it offers, withdraw the request."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused, NotFound, TooManyRequests, ValidationFailed
from alongside.features.visit_requests.asking.targets import VisitTarget
from alongside.features.visit_requests.dates import SuitableDates
from alongside.features.visit_requests.deadlines import deadline_columns, refuse_late
from alongside.features.visit_requests.endings import end_unanswered
from alongside.features.visit_requests.models import (
    ASK,
    CHOOSE_DATE,
    MOST_OF_ONE_PERSON,
    MOST_TO_ONE_SCHOOL,
    WITHDRAW,
    VisitRequest,
)
from alongside.features.visit_requests.queries import (
    get_visit_request,
    late_requests,
    lock_visit_request,
    requests_lately,
)
from alongside.features.visit_requests.telling import tell_other_school
from alongside.platform.access.authorisation import has_permission
from alongside.platform.access.permissions import Permission
from alongside.platform.access.principal import Principal, system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.constraints import explain_constraints
from alongside.platform.database.count_alone import count_alone
from alongside.platform.web.formatting import format_weekday
from alongside.platform.workflow import apply_transition

ALREADY = "Your school has asked for this visit already. You find your request under “Visits”."


class VisitDetails(NamedTuple):
    """What a school wants to see, when, and who comes."""

    wanted: str
    suitable: SuitableDates
    visitors: str
    visitor_count: int


async def ask_for_visit(
    session: AsyncSession, person: Principal, target: VisitTarget, details: VisitDetails
) -> UUID:
    """Ask a school for a visit; only that school is told. Returns the id of the request.

    Raises NotFound for a person who does not act for a school, ActionRefused for the own school or a closed one,
    TooManyRequests after too many requests, ValidationFailed when the own school has an open request for the same
    visit.
    """
    if person.school_urn is None or not has_permission(person, Permission.ASK_FOR_VISIT):
        raise NotFound
    if target.obstacle:
        raise ActionRefused(target.obstacle)
    await _refuse_too_many(session, person, target)
    product = system(person.authority_id, person.today)
    for late in await late_requests(session, person, target.urn):
        await end_unanswered(session, product, late)
    due = await deadline_columns(session, person, target.urn)
    with explain_constraints({"uq_visit_request_open": ("request", ALREADY)}):
        async with session.begin_nested():
            made = await session.scalar(
                insert(VisitRequest)
                .values(
                    authority_id=person.authority_id,
                    requesting_urn=person.school_urn,
                    supporting_urn=target.urn,
                    entry_id=target.entry_id,
                    state=ASK.end,
                    wanted=details.wanted,
                    visitors=details.visitors,
                    visitor_count=details.visitor_count,
                    dates=list(details.suitable.dates),
                    earliest_on=details.suitable.earliest_on,
                    latest_on=details.suitable.latest_on,
                    asked_by=person.id,
                    **due,
                )
                .returning(VisitRequest.id)
            )
    schools = (person.school_urn, target.urn)
    assert made is not None
    await record_audit(session, person, ASK.verb, "visit_request", made, schools=schools)
    row = await get_visit_request(session, person, Permission.VIEW_VISIT_REQUEST, made)
    await tell_other_school(
        session,
        person,
        row,
        "visit_asked",
        f"{row.requesting_name} asks to visit your school. Please answer by {format_weekday(row.respond_by)}.",
    )
    return row.id


async def _refuse_too_many(session: AsyncSession, person: Principal, target: VisitTarget) -> None:
    await count_alone(session, person.authority_id, f"visit requests of {person.school_urn}")
    lately = await requests_lately(session, person, target.urn)
    if lately.by_person >= MOST_OF_ONE_PERSON:
        raise TooManyRequests(
            f"You have sent {MOST_OF_ONE_PERSON} requests in the last hour. Wait an hour, then send it again."
        )
    if lately.to_school >= MOST_TO_ONE_SCHOOL:
        raise TooManyRequests(
            f"Your school has asked {target.school} {MOST_TO_ONE_SCHOOL} times in the last day. "
            "Wait a day, then send it again."
        )


async def choose_visit_date(
    session: AsyncSession, person: Principal, visit_request_id: UUID, chosen: date
) -> None:
    """Choose one of the dates that the asked school offers: the visit is agreed.

    Raises ValidationFailed for another date, ActionRefused after the last day to answer.
    """
    row = await lock_visit_request(session, person, Permission.CHANGE_VISIT_REQUEST, visit_request_id)
    refuse_late(person, row)
    if chosen not in row.dates_offered:
        raise ValidationFailed({"date": ["Select a date"]})
    await apply_transition(session, person, VisitRequest, row, CHOOSE_DATE, visit_on=chosen)
    text = f"{row.requesting_name} will visit your school on {format_weekday(chosen)}."
    await tell_other_school(session, person, row, "visit_agreed", text)


async def withdraw_visit_request(session: AsyncSession, person: Principal, visit_request_id: UUID) -> None:
    """Withdraw a request that is not agreed yet."""
    row = await lock_visit_request(session, person, Permission.CHANGE_VISIT_REQUEST, visit_request_id)
    await apply_transition(session, person, VisitRequest, row, WITHDRAW)
    text = f"{row.requesting_name} no longer asks for a visit. You do not need to answer."
    await tell_other_school(session, person, row, "visit_withdrawn", text)
