"""Calculates plans beside the sending of emails, because a plan may take seconds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import structlog

from alongside.features.matching.plans.job import process_plan_queue
from alongside.features.matching.replacement.actions import replan_after_declines
from alongside.platform.access.principal import system
from alongside.platform.database.session import Database, is_passing

AT_A_TIME = 1
"""Plans that one worker calculates at a time: each may use a whole processor."""

log = structlog.get_logger("alongside.worker")


@dataclass
class Plans:
    """The authorities whose plans this worker calculates now, and those that were announced meanwhile."""

    database: Database
    today: Callable[[], date]
    busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.places = asyncio.Semaphore(AT_A_TIME)

    def call(self, authority_id: int) -> None:
        """Process this authority's plans, now or after the current run."""
        if authority_id in self.busy:
            self.called.add(authority_id)
            return
        task = asyncio.create_task(self._look_after(authority_id))
        self.busy[authority_id] = task
        task.add_done_callback(lambda _: self._ended(authority_id))

    async def stop(self, seconds: float) -> None:
        """Cancel the current run; another worker takes it up again."""
        self.called.clear()
        tasks = list(self.busy.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _ended(self, authority_id: int) -> None:
        self.busy.pop(authority_id, None)
        if authority_id in self.called:
            self.called.discard(authority_id)
            self.call(authority_id)

    async def _look_after(self, authority_id: int) -> None:
        """Queue plans needed after declines, then calculate waiting ones; errors affect this authority only."""
        try:
            today = self.today()
            async with self.database.transaction(authority_id) as session:
                await replan_after_declines(session, system(authority_id, today))
            async with self.places:
                await process_plan_queue(self.database, authority_id, today)
        except Exception as problem:  # noqa: BLE001  (whatever the cause, it must not stop emails or other authorities)
            passing = is_passing(problem)
            tell = log.warning if passing else log.error
            tell("plans failed", authority=authority_id, exc_info=None if passing else problem)
