"""How long a closed need may be reopened."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person
from alongside.authorities import calendar_of, settings_of
from alongside.authorities.calendar import Calendar
from alongside.journal.model import JournalEntry
from alongside.needs.model import REOPEN_NEED, Need
from alongside.workflow import WORKFLOWS

CLOSING = tuple(move.verb for move in WORKFLOWS["need"].moves if move.end in REOPEN_NEED.starts)
CLOSED_AT = select(func.max(JournalEntry.at)).where(
    JournalEntry.authority_id == bindparam("authority_id"),
    JournalEntry.subject_kind == Need.__tablename__,
    JournalEntry.subject_id == bindparam("need_id"),
    JournalEntry.verb.in_(CLOSING),
)


def end_of_nth_term_after(calendar: Calendar, day: date, terms: int) -> date:
    """The end of the term in which a day lies, or that follows it, or of the `terms`-th after that.

    Where the calendar does not reach so far, its last day counts, or the day itself.
    """
    ends = [term.ends_on for term in calendar.terms if term.ends_on >= day]
    return ends[min(terms, len(ends) - 1)] if ends else day


async def may_reopen_until(session: AsyncSession, person: Person, need: Any) -> date:
    """The last day on which a closed need may be reopened: within so many terms of its closing.

    Source: domain.md §5.2, “any closed → open (reason, ≤ 1 term)”.
    """
    closed_at = await session.scalar(
        CLOSED_AT, {"authority_id": person.authority_id, "need_id": str(need.id)}
    )
    closed_on = closed_at.date() if closed_at else person.today
    terms = settings_of(person.authority_id).clocks.reopen_within_terms
    return end_of_nth_term_after(calendar_of(person.authority_id), closed_on, terms)
