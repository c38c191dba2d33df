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

import alongside.models_registry  # noqa: F401  (declares every table before a database is opened)
from alongside.errors import AlongsideError
from alongside.feature_list import FEATURES
from alongside.features.authorities.queries import refresh_settings
from alongside.features.authorities.settings_cache import all_settings
from alongside.platform.database.connecting import DatabaseRefuses
from alongside.platform.database.listener import Listener
from alongside.platform.database.retries import DATABASE_ERRORS, is_passing
from alongside.platform.database.session import Database, check_database_role
from alongside.platform.jobs.queue import CHANNEL
from alongside.platform.jobs.round_robin import RoundRobin
from alongside.platform.jobs.scheduler import Scheduler
from alongside.platform.notifications.delivery import Sender
from alongside.platform.notifications.transports import transport_of
from alongside.platform.queue_handler import QueueHandler, Turn, WorkerContext
from alongside.platform.web.logs import start_logs
from alongside.platform.web.templates import make_environment
from alongside.settings import Settings, bundled
from alongside.worker.audit_anchors import Anchoring
from alongside.worker.deadlines import CalendarWatch
from alongside.worker.schedule import declared_schedule

ROUND = 20.0
"""Seconds between rounds over all authorities; notifications from PostgreSQL are handled at once."""

BATCHES = 5
"""Batches of each queue that an authority may have before the others have their turn."""

LONG_AT_A_TIME = 1
"""Authorities whose long work is done at the same time: each may use a whole processor."""

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
    """One worker process: it takes turns with the authorities that have work, short and long ones apart."""

    database: Database
    settings: Settings
    sender: Sender
    now: Callable[[], datetime] = utc_now
    refused: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    look_round: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        schedule = declared_schedule()
        self.scheduler = Scheduler(self.database, schedule)
        self.calendars = CalendarWatch(self.database, schedule)
        self.anchoring = Anchoring(self.database, self.settings.anchors, self.settings.anchor_key)
        self.handlers = declared_handlers()
        self.context = WorkerContext(self.database, self.settings, self.sender, self.now)
        self.short = RoundRobin(self._short_turn, AT_A_TIME)
        self.long = RoundRobin(self._long_turn, LONG_AT_A_TIME)

    async def work(self) -> None:
        """Work until `stopping` is set, and finish short work first; another worker takes up long work again."""
        listener = Listener(self.settings.database_url, self._hear, self.look_round.set)
        await listener.add(CHANNEL)
        listener.start()
        try:
            while not self.stopping.is_set():
                self.look_round.clear()
                await self._round()
                await first_of(self.stopping, self.look_round, seconds=ROUND)
        finally:
            await listener.stop()
            await self.long.stop(LAST_WORDS, at_once=True)
            await self.short.stop(LAST_WORDS)

    def _hear(self, _channel: str, payload: str) -> None:
        """Work for an authority that is announced; one whose settings are not read yet waits for the next round."""
        if payload.isdecimal() and any(one.dfe_code == int(payload) for one in all_settings()):
            self.call(int(payload))

    async def _round(self) -> None:
        """Work for every authority, with its current settings."""
        try:
            await refresh_settings(self.database)
            self.refused = await self._clock_is_wrong()
        except (*DATABASE_ERRORS, AlongsideError) as problem:
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
        if not self.refused and not self.stopping.is_set():
            self.long.call(authority_id)
            self.short.call(authority_id)

    async def _short_turn(self, authority_id: int) -> bool:
        """Run due jobs and some batches of the short queues; return whether more may wait."""
        try:
            await self.calendars.run(authority_id, self.context.today())
            await self.scheduler.run(authority_id, self.now())
            await self.anchoring.run(authority_id, self.now())
            for _ in range(BATCHES):
                if self.stopping.is_set():
                    return False
                if not await self._handle(authority_id, Turn.SHORT) and not await self._handle(
                    authority_id, Turn.IDLE
                ):
                    return False
        except Exception as problem:  # noqa: BLE001  (whatever the cause, it must not stop other authorities)
            return _failed("turn failed", authority_id, problem)
        return True

    async def _long_turn(self, authority_id: int) -> bool:
        """Do the long work of an authority."""
        try:
            await self._handle(authority_id, Turn.LONG)
        except Exception as problem:  # noqa: BLE001  (whatever the cause, it must not stop other authorities)
            return _failed("long turn failed", authority_id, problem)
        return False

    async def _handle(self, authority_id: int, turn: Turn) -> int:
        """Run the handlers of a turn once; return how many rows they claimed."""
        return sum([await one.run(self.context, authority_id) for one in self.handlers if one.turn is turn])


def _failed(event: str, authority_id: int, problem: Exception) -> bool:
    """Log an error of one authority; it has another turn in the next round."""
    passing = is_passing(problem)
    tell = log.warning if passing else log.error
    tell(event, authority=authority_id, exc_info=None if passing else problem)
    return False


def declared_handlers() -> list[QueueHandler]:
    """Return the queue handlers of every feature."""
    return [one for feature in FEATURES for one in feature.load(feature.queue_handlers, QueueHandler)]


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
            except DATABASE_ERRORS as problem:
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
