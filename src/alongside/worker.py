"""The worker: sends what the outbox holds and runs the clocks. As many as wished may run beside each other.

Late work needs no queue of its own: the outbox and the clocks' rows are the queue (infra/decisions/0003).
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.access.person import Person, system
from alongside.authorities.calendar import is_school_day
from alongside.authorities.queries import refresh_settings
from alongside.authorities.registry import all_settings, calendar_of
from alongside.authorities.settings import AuthoritySettings
from alongside.database.session import Database, refuse_wrong_role
from alongside.needs.clocks import ask_to_confirm_needs, lapse_unconfirmed_needs, tell_needs_that_widen
from alongside.notifications.model import ClockRun
from alongside.notifications.sending import Sender, write_digests
from alongside.notifications.transports import transport_of
from alongside.offers.clocks import ask_to_confirm_offers, lapse_unconfirmed_offers
from alongside.partnerships.proposals.clock import lapse_proposals
from alongside.partnerships.visits.actions import chase_visit_records
from alongside.settings import Settings, bundled
from alongside.web.logs import start_logs
from alongside.web.templates import make_environment

LONDON = ZoneInfo("Europe/London")
ROUND = 20.0
"""Seconds between rounds when nobody calls."""

log = structlog.get_logger("alongside.worker")


@dataclass(frozen=True, slots=True)
class Clock:
    """Something that time does once a day to each authority, from an hour on; `tells` means school days only."""

    name: str
    hour: int
    tells: bool
    run: Callable[[AsyncSession, Person, AuthoritySettings], Awaitable[Any]]


async def _lapse_proposals(session: AsyncSession, person: Person, settings: AuthoritySettings) -> None:
    await lapse_proposals(session, person)


async def _chase_visit_records(session: AsyncSession, person: Person, settings: AuthoritySettings) -> None:
    await chase_visit_records(session, person)


async def _write_digests(session: AsyncSession, person: Person, settings: AuthoritySettings) -> None:
    await write_digests(session, person.authority_id, datetime.now(UTC))


CLOCKS = (
    Clock("lapse_proposals", 8, True, _lapse_proposals),
    Clock("lapse_unconfirmed_needs", 8, True, lapse_unconfirmed_needs),
    Clock("lapse_unconfirmed_offers", 8, True, lapse_unconfirmed_offers),
    Clock("ask_to_confirm_needs", 9, True, ask_to_confirm_needs),
    Clock("ask_to_confirm_offers", 9, True, ask_to_confirm_offers),
    Clock("tell_needs_that_widen", 9, True, tell_needs_that_widen),
    Clock("chase_visit_records", 9, True, _chase_visit_records),
)
"""What time does, earliest first; the daily letter has an hour of each authority's own."""


async def run_clocks(database: Database, settings: AuthoritySettings, now: datetime) -> list[str]:
    """Run each clock of an authority that is due and has not run today; the names of those that ran.

    That it ran is written in the transaction of what it did: killed half-way it runs again from the start, and two
    workers at once do it once. One clock that fails keeps neither the others nor the other authorities.
    """
    here = now.astimezone(LONDON)
    digest = Clock("write_digests", settings.mail.digest_hour, True, _write_digests)
    ran = []
    for clock in (*CLOCKS, digest):
        if here.hour < clock.hour or (clock.tells and not is_school_day(calendar_of(settings.dfe_code), here.date())):
            continue
        try:
            if await _run_once(database, settings, clock, now):
                ran.append(clock.name)
        except Exception:
            log.exception("clock failed", clock=clock.name, authority=settings.slug)
    return ran


async def _run_once(database: Database, settings: AuthoritySettings, clock: Clock, now: datetime) -> bool:
    day = now.astimezone(LONDON).date()
    async with database.fenced(settings.dfe_code) as session:
        claimed = await session.execute(
            insert(ClockRun)
            .values(authority_id=settings.dfe_code, clock=clock.name, day=day)
            .on_conflict_do_nothing()
            .returning(ClockRun.clock)
        )
        if claimed.first() is None:
            return False
        await clock.run(session, system(settings.dfe_code, day), settings)
    return True


def window_open(settings: AuthoritySettings, now: datetime) -> bool:
    """Whether letters may leave now: within the authority's hours, on school days if it says so, never at night."""
    here = now.astimezone(LONDON)
    mail = settings.mail
    if mail.school_days_only and not is_school_day(calendar_of(settings.dfe_code), here.date()):
        return False
    return mail.window_opens <= here.time() < mail.window_closes


async def work_round(database: Database, sender: Sender, settings: Settings, now: datetime) -> None:
    """One round over all authorities: clocks, then letters."""
    await refresh_settings(database)
    for authority in all_settings():
        try:
            await run_clocks(database, authority, now)
            await sender.send_due(
                authority.dfe_code,
                authority.name,
                settings.address(authority.slug, authority.hosts[0]),
                authority.mail.reply_to,
                window_open=settings.demonstration or window_open(authority, now),
            )
        except Exception:
            log.exception("round failed", authority=authority.slug)


async def hear_calls(database: Database, called: asyncio.Event) -> None:
    """Set `called` whenever mail is written; a lost connection is made again, and counts as a call."""
    while True:
        try:
            connection = await asyncpg.connect(database.address, timeout=5)
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener("alongside_mail", lambda *_: called.set())
            called.set()
            await ended.wait()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            log.info("waiting for the database")
        await asyncio.sleep(1)


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Work until told to stop; what is under way is finished first."""
    database = Database(settings.database_url, settings.fence_key, pool_size=4)
    await refuse_wrong_role(database)
    environment = make_environment(bundled("templates"))
    sender = Sender(database, environment, transport_of(settings.mail), settings.mail_from)
    called = asyncio.Event()
    listening = asyncio.create_task(hear_calls(database, called))
    stop = asyncio.create_task(stopping.wait())
    log.info("working")
    while not stopping.is_set():
        called.clear()
        try:
            await work_round(database, sender, settings, datetime.now(UTC))
        except Exception:
            log.exception("round failed")
        waiting = asyncio.create_task(called.wait())
        await asyncio.wait({stop, waiting}, timeout=ROUND, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
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
