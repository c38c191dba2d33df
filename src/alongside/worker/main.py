"""The worker process: sends emails, runs scheduled jobs and reminders. Several can run side by side.

It needs no separate queue: the rows of the outbox, jobs and timers are the queue (docs/decisions/0001).
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import alongside.models_registry  # noqa: F401  (declares every table before a database is opened)
from alongside.errors import AlongsideError
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.sending_hours import hours_now
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.settings_cache import all_settings, settings_of
from alongside.features.directory.search.actions import embed_pending_entries
from alongside.features.directory.search.embeddings import can_read
from alongside.features.escalations.reminders.dispatch import dispatch_reminders
from alongside.platform.database.connecting import DatabaseRefuses
from alongside.platform.database.listener import Listener
from alongside.platform.database.session import Database, check_database_role, is_passing
from alongside.platform.jobs.scheduler import Scheduler
from alongside.platform.notifications.delivery import Sender, deliver_batch
from alongside.platform.notifications.email_messages import EmailOrigin
from alongside.platform.notifications.transports import transport_of
from alongside.platform.web.formatting import LONDON
from alongside.platform.web.logs import start_logs
from alongside.platform.web.templates import make_environment
from alongside.settings import Settings, bundled
from alongside.worker.audit_anchors import Anchoring
from alongside.worker.deadlines import CalendarWatch
from alongside.worker.matching_jobs import Plans
from alongside.worker.schedule import declared_schedule

ROUND = 20.0
"""Seconds between rounds over all authorities; notifications from PostgreSQL are handled at once."""

TURN = 5
"""Batches of reminders and emails that an authority may have before the others have their turn."""

AT_A_TIME = 4
"""Authorities handled at the same time, so that one with slow emails does not hold up the others."""

LAST_WORDS = 4.0
"""Seconds that running work has to end when the worker is stopped."""

MOST_APART = timedelta(minutes=5)
"""The maximum difference between the clocks of the worker and of PostgreSQL."""

log = structlog.get_logger("alongside.worker")


def utc_now() -> datetime:
    """Return the current time; tests replace this function."""
    return datetime.now(UTC)


@dataclass
class Worker:
    """One worker process: the authorities it works for now, and those that were announced meanwhile."""

    database: Database
    settings: Settings
    sender: Sender
    now: Callable[[], datetime] = utc_now
    busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)
    refused: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    look_round: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        schedule = declared_schedule()
        self.scheduler = Scheduler(self.database, schedule)
        self.calendars = CalendarWatch(self.database, schedule)
        self.anchoring = Anchoring(self.database, self.settings.anchors, self.settings.anchor_key)
        self.plans = Plans(self.database, lambda: self.now().astimezone(LONDON).date())
        self.places = asyncio.Semaphore(AT_A_TIME)

    async def work(self) -> None:
        """Work until `stopping` is set, and finish running work first."""
        listener = Listener(self.settings.database_url, self._hear, self.look_round.set)
        await listener.add("alongside_mail")
        listener.start()
        try:
            while not self.stopping.is_set():
                self.look_round.clear()
                await self._round()
                await first_of(self.stopping, self.look_round, seconds=ROUND)
        finally:
            await listener.stop()
            await self.plans.stop(LAST_WORDS)
            under_way = list(self.busy.values())
            if under_way:
                await asyncio.wait(under_way, timeout=LAST_WORDS)
            for task in under_way:
                task.cancel()

    def _hear(self, _channel: str, payload: str) -> None:
        if payload.isdecimal():
            self.call(int(payload))

    async def _round(self) -> None:
        """Work for every authority, with its current settings."""
        try:
            await refresh_settings(self.database)
            self.refused = await self._clock_is_wrong()
        except (SQLAlchemyError, OSError, AlongsideError) as problem:
            log.warning("no round", error=type(problem).__name__)
            return
        for authority in all_settings():
            self.call(authority.dfe_code)

    async def _clock_is_wrong(self) -> bool:
        """Return whether this machine's clock and the database's differ by more than MOST_APART; logged in each round.

        A clock that is days ahead would pass deadlines early and email people about them.
        """
        if self.now is not utc_now:  # a test or a simulation has its own clock
            return False
        async with self.database.system_connection() as connection:
            theirs: datetime = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
        apart = utc_now() - theirs
        if abs(apart) > MOST_APART:
            log.error(
                "clock refused: nothing is done until this machine's clock and the database's agree",
                seconds_ahead=round(apart.total_seconds()),
            )
        return abs(apart) > MOST_APART

    def call(self, authority_id: int) -> None:
        """Work for this authority, now or after its current turn; not with a wrong clock."""
        if self.refused:
            return
        if not self.stopping.is_set():
            self.plans.call(authority_id)
        if authority_id in self.busy:
            self.called.add(authority_id)
        elif not self.stopping.is_set():
            task = asyncio.create_task(self._take_turn(authority_id))
            self.busy[authority_id] = task
            task.add_done_callback(lambda _: self._ended(authority_id))

    def _ended(self, authority_id: int) -> None:
        self.busy.pop(authority_id, None)
        if authority_id in self.called:
            self.called.discard(authority_id)
            self.call(authority_id)

    async def _take_turn(self, authority_id: int) -> None:
        """Run due jobs, send reminders and some emails; an error of one authority is logged and does not stop the
        others.
        """
        async with self.places:
            try:
                settings = settings_of(authority_id)
                await self.calendars.run(authority_id, self.now().astimezone(LONDON).date())
                await self.scheduler.run(authority_id, self.now())
                await self.anchoring.run(authority_id, self.now())
                for _ in range(TURN):
                    if self.stopping.is_set():
                        return
                    reminded = await self._remind_some(settings)
                    if not await self._send_some(settings) and not reminded:
                        if await self._read_some(settings):
                            continue
                        return
                self.called.add(authority_id)
            except Exception as problem:  # noqa: BLE001  (whatever the cause, it must not stop other authorities)
                passing = is_passing(problem)
                tell = log.warning if passing else log.error
                tell("turn failed", authority=authority_id, exc_info=None if passing else problem)

    async def _remind_some(self, authority: AuthoritySettings) -> int:
        def is_open(moment: datetime) -> bool:
            return "school_hours" in hours_now(authority, moment, always=self.settings.demonstration)

        return await dispatch_reminders(self.database, authority, is_open)

    async def _send_some(self, authority: AuthoritySettings) -> int:
        now = self.now()
        address = self.settings.address(authority.slug, authority.hosts[0])
        origin = EmailOrigin(authority.dfe_code, authority.name, address, authority.mail.reply_to)
        hours = hours_now(authority, now, always=self.settings.demonstration)
        return await deliver_batch(self.sender, origin, hours, now.astimezone(LONDON).date())

    async def _read_some(self, authority: AuthoritySettings) -> int:
        """Calculate embeddings of directory entries when no email waits, if a model is installed."""
        if not can_read():
            return 0
        async with self.database.transaction(authority.dfe_code) as session:
            return await embed_pending_entries(session, authority.dfe_code)


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of the events is set, or until the timeout in seconds."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Work on the database of these settings until told to stop; wait for the database if it is not up yet."""
    database = Database.of(settings, pool_size=AT_A_TIME + 4, pool_wait=30)
    transport = transport_of(settings.mail, settings.mail_from)
    sender = Sender(database, make_environment(bundled("templates")), transport)
    try:
        while not stopping.is_set():
            try:
                await check_database_role(database)
                break
            except (SQLAlchemyError, OSError) as problem:
                passing = is_passing(problem)
                if isinstance(problem, DatabaseRefuses) or not passing:
                    raise
                log.warning("waiting for the database", error=type(problem).__name__, why=str(problem))
                await first_of(stopping, seconds=1)
        log.info("working")
        await Worker(database, settings, sender, stopping=stopping).work()
        log.info("stopped")
    finally:
        await database.close()


def main() -> None:
    """`alongside worker`."""
    settings = Settings.from_environment()
    start_logs(settings)

    async def run() -> None:
        stopping = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopping.set)
        await work(settings, stopping)

    asyncio.run(run())
