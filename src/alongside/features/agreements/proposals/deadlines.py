"""Deadlines of proposals, counted in school days of the schools that must answer."""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import ActionRefused
from alongside.features.agreements.proposals.queries import LIVE, ProposalRow
from alongside.features.authorities import settings_of
from alongside.features.schools.term_dates.queries import calendars_of_schools
from alongside.platform.access.principal import Principal
from alongside.platform.school_calendar.calendar import Calendar, add_school_days
from alongside.platform.web.formatting import format_date


class Deadline(TypedDict):
    """The columns of a proposal for a period in which it must be answered."""

    respond_by: date
    respond_from: date
    respond_days: int


def days_to_answer(person: Principal, urgency: str | None) -> int:
    """School days to answer: by the need's urgency, otherwise the authority's number."""
    settings = settings_of(person.authority_id)
    entry = settings.urgencies.get(urgency or "")
    return entry.respond_by if entry else settings.periods.respond_by


def latest(calendars: Iterable[Calendar], began_on: date, days: int) -> date:
    """The latest of the schools' days that are `days` school days after `start`, each by its own calendar."""
    return max(add_school_days(calendar, began_on, days) for calendar in calendars)


async def deadline_columns(
    session: AsyncSession, person: Principal, urns: Iterable[int], began_on: date, days: int
) -> Deadline:
    """Deadline columns for a period that starts on a day, for the schools that must answer."""
    calendars = await calendars_of_schools(session, person.authority_id, set(urns))
    until = latest(calendars.values(), began_on, days)
    return {"respond_by": until, "respond_from": began_on, "respond_days": days}


async def more_days_columns(
    session: AsyncSession, person: Principal, row: ProposalRow, asked: Iterable[int], more: int
) -> Deadline:
    """Deadline columns extended by a number of school days."""
    if row.respond_from is None or row.respond_days is None:
        return await deadline_columns(session, person, asked, row.respond_by, more)
    return await deadline_columns(session, person, asked, row.respond_from, row.respond_days + more)


def is_late(person: Principal, row: ProposalRow) -> bool:
    """Whether the deadline of a live proposal has passed."""
    return row.state in LIVE and row.respond_by < person.today


def refuse_late(person: Principal, row: ProposalRow) -> None:
    """Refuse an answer after the deadline. Raises ActionRefused; a trigger refuses it too."""
    if is_late(person, row):
        raise ActionRefused(
            f"The last day to answer was {format_date(row.respond_by)}, so this proposal has ended. "
            "Propose the offer again.",
            row.state,
        )


def who_must_answer(row: ProposalRow) -> set[int]:
    """The URNs of the schools that a live proposal waits for."""
    if row.state == "to_release":
        return {row.supporting_urn}
    sides = (
        (row.requesting_urn, row.requesting_accepted_at),
        (row.supporting_urn, row.supporting_accepted_at),
    )
    return {urn for urn, accepted_at in sides if accepted_at is None}
