"""Scheduled jobs for needs. The worker runs them at least daily; each is idempotent."""

from datetime import timedelta

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.authorities import settings_of
from alongside.features.needs.models import LAPSE_NEED, Need
from alongside.features.needs.queries import COLUMNS
from alongside.features.needs.rows import NeedColumns
from alongside.features.people.queries import ids, leaders_of_schools, people_of_schools
from alongside.features.schools.models import School
from alongside.features.schools.term_dates.day_by_school import day_of_school
from alongside.features.schools.term_dates.queries import days_by_school
from alongside.platform.access.principal import Principal
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.jobs import ROWS_PER_TRANSACTION
from alongside.platform.jobs.scheduler import ScheduledJob
from alongside.platform.notifications import notify
from alongside.platform.school_calendar.calendar import ONE_DAY
from alongside.platform.school_calendar.confirmation import asked_if_confirmed_by, lapsed_if_confirmed_by
from alongside.platform.workflow import apply_transition


class OpenNeed(NeedColumns, frozen=True):
    """An open need with the name of its school."""

    school: str


OPEN_NEEDS = (
    select(*COLUMNS, School.name)
    .select_from(Need)
    .join(School, (School.authority_id == Need.authority_id) & (School.urn == Need.school_urn))
    .where(Need.authority_id == bindparam("authority_id"), Need.state == "open")
    .order_by(Need.confirmed_on, Need.id)
    .limit(literal_column(str(ROWS_PER_TRANSACTION)))
)
CONFIRMED_BY = Read(
    OPEN_NEEDS.where(Need.confirmed_on <= day_of_school(Need.school_urn)).with_for_update(
        of=Need, skip_locked=True
    ),
    OpenNeed,
)
TO_CONFIRM = Read(
    OPEN_NEEDS.where(
        Need.confirmed_on.between(day_of_school(Need.school_urn, "after_"), day_of_school(Need.school_urn))
    ).limit(None),
    OpenNeed,
)
WIDENED = Read(
    OPEN_NEEDS.where(
        Need.audience == "widening",
        Need.visible_to_authority_from.between(bindparam("since"), bindparam("today")),
        Need.visible_to_authority_from > func.date(Need.posted_at),
    ).limit(None),
    OpenNeed,
)


async def lapse_unconfirmed_needs(session: AsyncSession, system_person: Principal) -> int:
    """Pause open needs that were not confirmed in time, and notify their schools. Returns the number paused.

    The period is counted in school days of the school that must confirm. At most 200 in a transaction: call it
    until it returns 0. Source: domain.md §5.2.
    """
    good_for = settings_of(system_person.authority_id).periods.need_good_for
    day = await days_by_school(
        session,
        system_person.authority_id,
        lambda one: lapsed_if_confirmed_by(one, system_person.today, good_for),
    )
    values = {"authority_id": system_person.authority_id, **day.parameters()}
    lapsed = await fetch_all(session, CONFIRMED_BY, values)
    for need in lapsed:
        await apply_transition(session, system_person, Need, need, LAPSE_NEED)
        text = f"A need of {need.school} was not confirmed for a term, so it is paused. Do you still need it?"
        await _notify_school(session, system_person, need, "need_lapsed", text)
    return len(lapsed)


async def ask_to_confirm_needs(session: AsyncSession, system_person: Principal) -> int:
    """Ask schools once to confirm their needs, five school days before these are paused. Returns the number asked."""
    today, good_for = system_person.today, settings_of(system_person.authority_id).periods.need_good_for
    day, after = [
        await days_by_school(session, system_person.authority_id, reckon)
        for reckon in (
            lambda one: asked_if_confirmed_by(one, today, good_for),
            lambda one: lapsed_if_confirmed_by(one, today, good_for) + ONE_DAY,
        )
    ]
    values = {
        "authority_id": system_person.authority_id,
        **day.parameters(),
        **after.parameters("after_"),
    }
    asked = await fetch_all(session, TO_CONFIRM, values)
    for need in asked:
        text = f"Does {need.school} still need this? We pause the need soon unless you confirm it."
        await _notify_school(session, system_person, need, "confirm_need", text)
    return len(asked)


async def notify_needs_that_widen(session: AsyncSession, system_person: Principal) -> int:
    """Notify school and consortium leads once when a need becomes visible to the whole authority.

    Looks 14 days back, so that none is missed when the worker was stopped. Nothing is written to the
    need, because its visibility depends on the date alone.
    """
    settings = settings_of(system_person.authority_id)
    today = system_person.today
    values = {
        "authority_id": system_person.authority_id,
        "since": today - timedelta(days=14),
        "today": today,
    }
    widened = await fetch_all(session, WIDENED, values)
    word = settings.words.consortium
    for need in widened:
        heads = await people_of_schools(session, need.authority_id, today, [need.school_urn])
        leaders = await leaders_of_schools(session, need.authority_id, today, [need.school_urn])
        text = f"A need of {need.school} is now shown to schools beyond its {word}."
        once = f"need_widened:{need.id}:{need.visible_to_authority_from}"
        to = [*ids(heads), *ids(leaders)]
        await notify(session, system_person, to, "need_widened", text, f"/needs/{need.id}", once=once)
    return len(widened)


async def _notify_school(
    session: AsyncSession, person: Principal, need: OpenNeed, kind: str, text: str
) -> None:
    people = await people_of_schools(session, need.authority_id, person.today, [need.school_urn])
    once = f"{kind}:{need.id}:{need.confirmed_on}"
    await notify(
        session, person, ids(people), kind, text, f"/needs/{need.id}/confirmation", once=once, asks=True
    )


JOBS = (
    ScheduledJob(7, lapse_unconfirmed_needs),
    ScheduledJob(8, ask_to_confirm_needs),
    ScheduledJob(8, notify_needs_that_widen),
)
