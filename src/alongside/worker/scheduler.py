"""Scheduled jobs: each runs once a day for each authority; and the hours in which emails may be sent."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.features.agreements.proposals.scheduled import lapse_proposals
from alongside.features.agreements.proposals.unmet import close_unmet_needs
from alongside.features.agreements.reminders import remind_of_deadlines
from alongside.features.agreements.visits.actions import chase_visit_records
from alongside.features.authorities.calendar import is_school_day
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import calendar_of
from alongside.features.data_retention.actions import purge_expired
from alongside.features.directory.scheduled import (
    lapse_works_in_progress,
    let_entries_fall_due,
    remind_of_entries,
)
from alongside.features.directory.subscriptions.actions import notify_subscribers
from alongside.features.directory.suggested_entries.actions import ask_for_entry
from alongside.features.needs.scheduled import (
    ask_to_confirm_needs,
    lapse_unconfirmed_needs,
    notify_needs_that_widen,
)
from alongside.features.offers.scheduled import (
    ask_again_about_offers,
    ask_to_confirm_offers,
    lapse_unconfirmed_offers,
)
from alongside.platform.access.principal import Principal, system
from alongside.platform.database.session import Database
from alongside.platform.notifications.digests import write_digests
from alongside.platform.notifications.models import HOURS, ScheduledJobRun
from alongside.platform.web.templates import LONDON
from alongside.worker.deadlines import recalculate_deadlines

MOST_BATCHES = 100
"""Maximum batches of a job on one day."""

A_BATCH = 200
AFTER_FAILURE = 600.0
"""Seconds before a failed job is run again."""

Act = Callable[[AsyncSession, Principal, AuthoritySettings], Awaitable[int | None]]
log = structlog.get_logger("alongside.worker")


@dataclass(frozen=True, slots=True)
class Clock:
    """A job that runs once a day for an authority, on school days, from an hour on (in London).

    `run` is safe to repeat and returns how many records it handled; if it returns A_BATCH or more, it runs again for
    the rest.
    """

    name: str
    hour: int
    run: Act


async def _lapse_proposals(session: AsyncSession, person: Principal, _: AuthoritySettings) -> int:
    return await lapse_proposals(session, person)


async def _chase_visit_records(session: AsyncSession, person: Principal, _: AuthoritySettings) -> None:
    await chase_visit_records(session, person)


async def _write_digests(session: AsyncSession, person: Principal, _: AuthoritySettings) -> None:
    await write_digests(session, person.authority_id, person.today)


async def _ask_needs(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> None:
    await ask_to_confirm_needs(session, person, settings)


async def _ask_offers(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> None:
    await ask_to_confirm_offers(session, person, settings)


async def _tell_widening(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> None:
    await notify_needs_that_widen(session, person, settings)


async def _remind_of_deadlines(session: AsyncSession, person: Principal, settings: AuthoritySettings) -> None:
    await remind_of_deadlines(session, person, settings)


async def _ask_again(session: AsyncSession, person: Principal, _: AuthoritySettings) -> None:
    await ask_again_about_offers(session, person)


CLOCKS = (
    Clock("tell_followers", 6, notify_subscribers),
    Clock("recalculate_deadlines", 6, recalculate_deadlines),
    Clock("lapse_proposals", 7, _lapse_proposals),
    Clock("close_unmet_needs", 7, close_unmet_needs),
    Clock("lapse_unconfirmed_needs", 7, lapse_unconfirmed_needs),
    Clock("lapse_unconfirmed_offers", 7, lapse_unconfirmed_offers),
    Clock("ask_to_confirm_needs", 8, _ask_needs),
    Clock("ask_to_confirm_offers", 8, _ask_offers),
    Clock("tell_needs_that_widen", 8, _tell_widening),
    Clock("remind_of_deadlines", 8, _remind_of_deadlines),
    Clock("ask_again_about_offers", 8, _ask_again),
    Clock("chase_visit_records", 8, _chase_visit_records),
    Clock("let_go_of_records", 10, purge_expired),
    Clock("let_entries_fall_due", 7, let_entries_fall_due),
    Clock("lapse_works_in_progress", 7, lapse_works_in_progress),
    Clock("remind_of_entries", 8, remind_of_entries),
    Clock("ask_for_harvest", 8, ask_for_entry),
)
"""All daily jobs, earliest first; the daily digest runs in addition, at each authority's own hour."""


def due_now(settings: AuthoritySettings, now: datetime) -> tuple[Clock, ...]:
    """Return the jobs of an authority whose hour has come today; none on days without school."""
    here = now.astimezone(LONDON)
    if not is_school_day(calendar_of(settings.dfe_code), here.date()):
        return ()
    digest = Clock("write_digests", settings.mail.digest_hour, _write_digests)
    return tuple(clock for clock in (*CLOCKS, digest) if here.hour >= clock.hour)


def hours_now(settings: AuthoritySettings, now: datetime, *, always: bool = False) -> tuple[str, ...]:
    """Return which emails may be sent now: none at night, and those that wait for school hours only then."""
    here, mail = now.astimezone(LONDON), settings.mail
    if always:
        return HOURS
    moment = here.time()
    if mail.quiet_from <= mail.quiet_until:
        night = mail.quiet_from <= moment < mail.quiet_until
    else:
        night = moment >= mail.quiet_from or moment < mail.quiet_until
    if night:
        return ()
    opened = mail.window_opens <= moment < mail.window_closes
    if mail.school_days_only and not is_school_day(calendar_of(settings.dfe_code), here.date()):
        opened = False
    return HOURS if opened else ("waking_hours",)


@dataclass
class Clocks:
    """Runs due jobs, and remembers which ran today, so that the database is asked once."""

    database: Database
    ran: dict[int, tuple[date, set[str]]] = field(default_factory=dict)
    failed_at: dict[tuple[int, str], float] = field(default_factory=dict)

    async def run(self, settings: AuthoritySettings, now: datetime) -> list[str]:
        """Run each job of an authority that is due and has not run today; returns the names of those that ran.

        A job that fails does not stop the others or other authorities; it is retried later.
        """
        authority_id, day = settings.dfe_code, now.astimezone(LONDON).date()
        done = self._done(authority_id, day)
        due = [clock for clock in due_now(settings, now) if clock.name not in done]
        if due:
            done |= await self._ran_before(authority_id, day)
        ran = []
        for clock in due:
            failed_at = self.failed_at.get((authority_id, clock.name), float("-inf"))
            if clock.name in done or time.monotonic() - failed_at < AFTER_FAILURE:
                continue
            try:
                if await self._run_out(settings, clock, day):
                    ran.append(clock.name)
                    done.add(clock.name)
            except Exception:
                self.failed_at[authority_id, clock.name] = time.monotonic()
                log.exception("clock failed", clock=clock.name, authority=settings.slug)
        return ran

    def _done(self, authority_id: int, day: date) -> set[str]:
        if self.ran.get(authority_id, (None,))[0] != day:
            self.ran[authority_id] = (day, set())
        return self.ran[authority_id][1]

    async def _ran_before(self, authority_id: int, day: date) -> set[str]:
        async with self.database.transaction(authority_id, read_only=True) as session:
            found = await session.scalars(
                select(ScheduledJobRun.clock).where(
                    ScheduledJobRun.authority_id == authority_id, ScheduledJobRun.day == day
                )
            )
            return set(found)

    async def _run_out(self, settings: AuthoritySettings, clock: Clock, day: date) -> bool:
        """Run a job batch by batch until it is complete; return False when another worker runs it."""
        for _ in range(MOST_BATCHES):
            count = await self._run_once(settings, clock, day)
            if count is None:
                return False
            if count < A_BATCH:
                log.info("clock ran", clock=clock.name, authority=settings.slug)
                return True
        return False

    async def _run_once(self, settings: AuthoritySettings, clock: Clock, day: date) -> int | None:
        """Run one batch in one transaction; the last batch also records that the job has run today.

        A job that is killed starts again from the beginning. Only one worker runs it: the lock is released at the
        commit.
        """
        authority_id = settings.dfe_code
        async with self.database.transaction(authority_id) as session:
            lock = {"authority_id": authority_id, "clock": clock.name}
            if not await session.scalar(ONE_AT_A_TIME, lock):
                return None
            ran = await session.scalar(
                select(ScheduledJobRun.clock).where(
                    ScheduledJobRun.authority_id == authority_id,
                    ScheduledJobRun.day == day,
                    ScheduledJobRun.clock == clock.name,
                )
            )
            if ran is not None:
                return 0
            count = await clock.run(session, system(authority_id, day), settings) or 0
            if count < A_BATCH:
                row = {"authority_id": authority_id, "clock": clock.name, "day": day}
                await session.execute(insert(ScheduledJobRun).values(row).on_conflict_do_nothing())
            return count


ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:authority_id, hashtext(:clock))")
