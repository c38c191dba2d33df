"""Runs the work of authorities in the worker: one run at a time for each authority, a few authorities at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class RoundRobin:
    """Runs the work of each authority that is called, one after another.

    `run` returns whether more work waits; the authority then goes to the end of the queue, so that one with much work
    does not hold up the others. An authority that is called while it runs is run again.
    """

    run: Callable[[int], Awaitable[bool]]
    at_once: int
    busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.slots = asyncio.Semaphore(self.at_once)

    def call(self, authority_id: int) -> None:
        """Run this authority's work, now or after its present run; none after `stop`."""
        if self.stopped:
            return
        if authority_id in self.busy:
            self.called.add(authority_id)
            return
        task = asyncio.create_task(self._run(authority_id))
        self.busy[authority_id] = task
        task.add_done_callback(lambda _: self._ended(authority_id))

    async def stop(self, seconds: float, *, at_once: bool = False) -> None:
        """Start no further run, give present ones some seconds to end (unless `at_once`), then cancel them."""
        self.stopped = True
        tasks = list(self.busy.values())
        if tasks and not at_once:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _run(self, authority_id: int) -> None:
        async with self.slots:
            if not self.stopped and await self.run(authority_id):
                self.called.add(authority_id)

    def _ended(self, authority_id: int) -> None:
        self.busy.pop(authority_id, None)
        if authority_id in self.called:
            self.called.discard(authority_id)
            self.call(authority_id)
