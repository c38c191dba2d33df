"""The period in which a closed need can be reopened."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.needs.models import REOPEN_NEED, Need
from alongside.features.needs.rows import NeedRow
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal
from alongside.platform.audit.models import AuditEntry
from alongside.platform.school_calendar.calendar import Calendar
from alongside.platform.workflow import WORKFLOWS

CLOSING = tuple(move.verb for move in WORKFLOWS["need"].moves if move.end in REOPEN_NEED.starts)
CLOSED_AT = select(func.max(AuditEntry.at)).where(
    AuditEntry.authority_id == bindparam("authority_id"),
    AuditEntry.subject_kind == Need.__tablename__,
    AuditEntry.subject_id == bindparam("need_id"),
    AuditEntry.verb.in_(CLOSING),
)


def end_of_nth_term_after(calendar: Calendar, day: date, terms: int) -> date:
    """The last day of the term that contains or follows `day`, or of the `terms`-th term after it.

    Uses the last term of a calendar that ends earlier, or `day` when there is no later term.
    """
    ends = [term.ends_on for term in calendar.terms if term.ends_on >= day]
    return ends[min(terms, len(ends) - 1)] if ends else day


async def may_reopen_until(session: AsyncSession, person: Principal, need: NeedRow) -> date:
    """The last day on which a closed need can be reopened: the authority's number of terms, as its school has them.

    Source: domain.md §5.2, “any closed → open (reason, ≤ 1 term)”.
    """
    closed_at = await session.scalar(
        CLOSED_AT, {"authority_id": person.authority_id, "need_id": str(need.id)}
    )
    closed_on = closed_at.date() if closed_at else person.today
    terms = settings_of(person.authority_id).periods.reopen_within_terms
    calendar = await calendar_of_school(session, person.authority_id, need.school_urn)
    return end_of_nth_term_after(calendar, closed_on, terms)
