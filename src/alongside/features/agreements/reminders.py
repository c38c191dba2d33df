"""Reminders before deadlines of proposals, agreements, visit records and reviews, and notices to leads after them.

The periods for signatures and reviews, and how early people are reminded,
are settings (`periods.agreement_due`, `review_due`, `remind_before`), in school days of the requesting school.
For a date that is fixed already, the reminder is counted in those of the school that must act.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.parties import NotificationText, notify_schools
from alongside.features.authorities import settings_of
from alongside.features.authorities.settings import AuthoritySettings, Periods
from alongside.features.people.queries import ids, leaders_of_schools
from alongside.features.schools.term_dates.queries import calendar_of_school
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.notifications import notify
from alongside.platform.school_calendar.calendar import Calendar, add_school_days, school_days_before
from alongside.platform.web.formatting import format_date

AHEAD = timedelta(days=60)
"""How far ahead deadlines are searched: longer than any holiday plus the longest reminder period."""


class Due(msgspec.Struct, frozen=True):
    """A record with a deadline that is counted from a date, and which of its two schools it waits for."""

    id: UUID
    requesting_urn: int
    supporting_urn: int
    title: str
    dated_on: date
    requesting_waits: bool
    supporting_waits: bool


def _read(statement: str) -> Read[Due]:
    kinds = {"today": Date(), "ahead": Date()}
    named = [bindparam(name, type_=kind) for name, kind in kinds.items() if f":{name}" in statement]
    return Read(text(statement).bindparams(*named), Due)


ANSWERS = _read(
    """
    SELECT p.id, p.requesting_urn, p.supporting_urn, n.title, p.respond_by AS dated_on,
           p.state = 'proposed' AND p.requesting_accepted_at IS NULL AS requesting_waits,
           p.state = 'to_release' OR p.supporting_accepted_at IS NULL AS supporting_waits
      FROM proposal p JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
     WHERE p.authority_id = :authority_id AND p.state IN ('proposed', 'to_release')
       AND p.respond_by BETWEEN :today AND :ahead
    """
)
SIGNATURES = _read(
    """
    SELECT p.id, p.requesting_urn, p.supporting_urn, n.title, p.agreed_on AS dated_on,
           p.requesting_signed_at IS NULL AS requesting_waits, p.supporting_signed_at IS NULL AS supporting_waits
      FROM support_agreement p JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
     WHERE p.authority_id = :authority_id AND p.state = 'preparing'
    """
)
RECORDS = _read(
    """
    SELECT p.id, p.requesting_urn, p.supporting_urn, n.title, v.record_due_on AS dated_on,
           true AS requesting_waits, true AS supporting_waits
      FROM visit v
      JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
      JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
     WHERE v.authority_id = :authority_id AND v.state = 'planned' AND v.visit_on <= :today
       AND v.record_due_on BETWEEN :today AND :ahead
    """
)
RECORD_ANSWERS = _read(
    """
    SELECT v.id, p.requesting_urn, p.supporting_urn, n.title, v.answer_due_on AS dated_on,
           v.recorded_side = 'supporting' AS requesting_waits, v.recorded_side = 'requesting' AS supporting_waits
      FROM visit v
      JOIN support_agreement p ON p.authority_id = :authority_id AND p.id = v.agreement_id
      JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
     WHERE v.authority_id = :authority_id AND v.state = 'recorded' AND v.answer = 'waiting'
       AND v.answer_due_on BETWEEN :today AND :ahead
    """
)
REVIEWS = _read(
    """
    SELECT p.id, p.requesting_urn, p.supporting_urn, n.title, p.ends_on AS dated_on,
           NOT EXISTS (SELECT FROM review r WHERE r.authority_id = :authority_id AND r.agreement_id = p.id
                        AND r.kind = 'closing' AND r.side = 'requesting') AS requesting_waits,
           NOT EXISTS (SELECT FROM review r WHERE r.authority_id = :authority_id AND r.agreement_id = p.id
                        AND r.kind = 'closing' AND r.side = 'supporting') AS supporting_waits
      FROM support_agreement p JOIN need n ON n.authority_id = :authority_id AND n.id = p.need_id
     WHERE p.authority_id = :authority_id AND p.state = 'active' AND p.ends_on <= :today
    """
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A kind of deadline: its query, the school days after its date, and the notification texts.

    `late` is the text for leads after the deadline; empty when another job sends it.
    """

    kind: str
    found: Read[Due]
    days: Callable[[Periods], int]
    path: str
    text: str
    late: str = ""


DEADLINES = (
    Deadline(
        "answer",
        ANSWERS,
        lambda _: 0,
        "/proposals/{id}",
        "Please answer the proposal for “{title}” by {due}.",
    ),
    Deadline(
        "signature",
        SIGNATURES,
        lambda periods: periods.agreement_due,
        "/agreements/{id}",
        "Please write the aims for “{title}” and sign the agreement by {due}.",
        "The agreement for “{title}” was to be signed by {due}. A signature is missing.",
    ),
    Deadline(
        "visit_record",
        RECORDS,
        lambda _: 0,
        "/agreements/{id}",
        "Please record the visit for “{title}” by {due}.",
    ),
    Deadline(
        "visit_answer",
        RECORD_ANSWERS,
        lambda _: 0,
        "/visits/{id}/answer",
        "Please answer the record of the visit for “{title}” by {due}.",
    ),
    Deadline(
        "review",
        REVIEWS,
        lambda periods: periods.review_due,
        "/agreements/{id}",
        "Please give your closing review of the support for “{title}” by {due}.",
        "The closing review for “{title}” was due by {due}. It is missing.",
    ),
)


def due_after(calendar: Calendar, dated_on: date, days: int) -> date:
    """The due date: a number of school days after a date; the date itself when the number is None."""
    return add_school_days(calendar, dated_on, days) if days else dated_on


async def remind_of_deadlines(session: AsyncSession, person: Principal) -> None:
    """Remind schools once before each deadline and notify leads once after it. `person` is the system."""
    settings = settings_of(person.authority_id)
    values = {"authority_id": person.authority_id, "today": person.today, "ahead": person.today + AHEAD}
    for one in DEADLINES:
        for row in await fetch_all(session, one.found, values):
            await _remind(session, person, settings, one, row)


async def _remind(
    session: AsyncSession, person: Principal, settings: AuthoritySettings, one: Deadline, row: Due
) -> None:
    days = one.days(settings.periods)
    alone = row.supporting_waits and not row.requesting_waits and not days
    urn = row.supporting_urn if alone else row.requesting_urn
    calendar = await calendar_of_school(session, person.authority_id, urn)
    due = due_after(calendar, row.dated_on, days)
    missing = [
        urn
        for urn, waits in (
            (row.requesting_urn, row.requesting_waits),
            (row.supporting_urn, row.supporting_waits),
        )
        if waits
    ]
    path = one.path.format(id=row.id)
    if missing and school_days_before(calendar, due, settings.periods.remind_before) <= person.today <= due:
        said = one.text.format(title=row.title, due=format_date(due))
        once = f"{one.kind}_reminder:{row.id}:{due}"
        await notify_schools(
            session, person, missing, NotificationText(f"{one.kind}_reminder", said, path, once, asks=True)
        )
    elif missing and one.late and person.today > due:
        leads = await leaders_of_schools(session, person.authority_id, person.today, missing)
        said, once = (
            one.late.format(title=row.title, due=format_date(due)),
            f"{one.kind}_overdue:{row.id}:{due}",
        )
        await notify(session, person, ids(leads), f"{one.kind}_overdue", said, path, once=once)
