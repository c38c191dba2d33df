"""Runs scheduled jobs: each once a day for each authority, in one worker."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.access.principal import Principal, system
from alongside.platform.database.retries import is_passing
from alongside.platform.database.session import Database
from alongside.platform.jobs.models import ScheduledJobRun

LONDON = ZoneInfo("Europe/London")

MOST_BATCHES = 100
"""Maximum batches of a job on one day."""

A_BATCH = 200
AFTER_FAILURE = 600.0
"""Seconds before a failed job is run again."""

ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(:authority_id, hashtext(:job))")

log = structlog.get_logger("alongside.worker")


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that runs once a day for an authority, from an hour on (in London); its name is that of `run`.

    `hour` may be a function of the authority's id, where it is a setting. `run` is given the system principal with
    today's date. It is safe to repeat and returns how many records it handled; if it returns A_BATCH or more, it runs
    again for the rest. A job with `on_calendar_change` also runs when an authority's school days change.
    """

    hour: int | Callable[[int], int]
    run: Callable[[AsyncSession, Principal], Awaitable[int | None]]
    on_calendar_change: bool = False

    @property
    def name(self) -> str:
        """The name of the job in the table of runs and in the log."""
        return self.run.__name__

    def hour_of(self, authority_id: int) -> int:
        """Return the hour from which the job runs for an authority."""
        return self.hour if isinstance(self.hour, int) else self.hour(authority_id)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The jobs of this installation, and on which days an authority's jobs run."""

    jobs: tuple[ScheduledJob, ...]
    runs_on: Callable[[int, date], bool]

    def due(self, authority_id: int, now: datetime) -> tuple[ScheduledJob, ...]:
        """Return the jobs of an authority whose hour has come today, earliest first."""
        here = now.astimezone(LONDON)
        if not self.runs_on(authority_id, here.date()):
            return ()
        return _by_hour(authority_id, (job for job in self.jobs if here.hour >= job.hour_of(authority_id)))


def _by_hour(authority_id: int, jobs: Iterable[ScheduledJob]) -> tuple[ScheduledJob, ...]:
    return tuple(sorted(jobs, key=lambda job: job.hour_of(authority_id)))


@dataclass
class Scheduler:
    """Runs due jobs, and remembers which ran today, so that the database is asked once."""

    database: Database
    schedule: Schedule
    ran: dict[int, tuple[date, set[str]]] = field(default_factory=dict)
    failed_at: dict[tuple[int, str], float] = field(default_factory=dict)

    async def run(self, authority_id: int, now: datetime) -> list[str]:
        """Run each job of an authority that is due and has not run today; return the names of those that ran.

        A job that fails does not stop the others or other authorities; it is retried after AFTER_FAILURE, or at the
        next call if only the database was away or busy.
        """
        day = now.astimezone(LONDON).date()
        done = self._done(authority_id, day)
        due = [job for job in self.schedule.due(authority_id, now) if job.name not in done]
        if due:
            done |= await self._ran_before(authority_id, day)
        ran = []
        for job in due:
            failed_at = self.failed_at.get((authority_id, job.name), float("-inf"))
            if job.name in done or time.monotonic() - failed_at < AFTER_FAILURE:
                continue
            try:
                if await self._run_all(authority_id, job, day):
                    ran.append(job.name)
                    done.add(job.name)
            except Exception as problem:
                if is_passing(problem):
                    log.warning("job put off", job=job.name, authority=authority_id)
                    continue
                self.failed_at[authority_id, job.name] = time.monotonic()
                log.exception("job failed", job=job.name, authority=authority_id)
        return ran

    def _done(self, authority_id: int, day: date) -> set[str]:
        if self.ran.get(authority_id, (None,))[0] != day:
            self.ran[authority_id] = (day, set())
        return self.ran[authority_id][1]

    async def _ran_before(self, authority_id: int, day: date) -> set[str]:
        async with self.database.transaction(authority_id, read_only=True) as session:
            found = await session.scalars(
                select(ScheduledJobRun.job).where(
                    ScheduledJobRun.authority_id == authority_id, ScheduledJobRun.day == day
                )
            )
            return set(found)

    async def _run_all(self, authority_id: int, job: ScheduledJob, day: date) -> bool:
        """Run a job batch by batch until it is complete; return False when another worker runs it."""
        for _ in range(MOST_BATCHES):
            count = await self._run_once(authority_id, job, day)
            if count is None:
                return False
            if count < A_BATCH:
                log.info("job ran", job=job.name, authority=authority_id)
                return True
        return False

    async def _run_once(self, authority_id: int, job: ScheduledJob, day: date) -> int | None:
        """Run one batch in one transaction; the last batch also records that the job has run today.

        A job that is killed starts again from the beginning. Only one worker runs it: the lock is released at the
        commit.
        """
        async with self.database.transaction(authority_id) as session:
            if not await session.scalar(ONE_AT_A_TIME, {"authority_id": authority_id, "job": job.name}):
                return None
            ran = await session.scalar(
                select(ScheduledJobRun.job).where(
                    ScheduledJobRun.authority_id == authority_id,
                    ScheduledJobRun.day == day,
                    ScheduledJobRun.job == job.name,
                )
            )
            if ran is not None:
                return 0
            count = await job.run(session, system(authority_id, day)) or 0
            if count < A_BATCH:
                row = {"authority_id": authority_id, "job": job.name, "day": day}
                await session.execute(insert(ScheduledJobRun).values(row).on_conflict_do_nothing())
            return count
