"""Supervises child processes: starts them, restarts them when they die, and stops them together."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field

MOST_RESTARTS = 5
"""Restarts within RESTART_WINDOW seconds before the supervisor gives up."""

RESTART_WINDOW = 30.0
PATIENCE = 6.0
"""Seconds that a process has to finish its work before it is killed."""


ONE_CONSTRAINT = 0.5
"""Seconds within which several signals count as one, because make passes on the terminal's signal as well."""


@dataclass
class ManagedProcess:
    """One supervised process; `start` starts it each time.

    A process that `outlives` the others is not stopped with them: the code that passed it in stops it later. Without an
    `optional` one that dies again and again the others go on; it is started again when RESTART_WINDOW has passed.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    outlives: bool = False
    optional: bool = False
    deaths: list[float] = field(default_factory=list)

    def alive(self) -> bool:
        """Return whether it runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Supervises `kept`, started in this order; `say` gets one line for each event."""

    def __init__(self, kept: Sequence[ManagedProcess], say: Callable[[str], None]) -> None:
        """Create the supervisor; `run` starts the processes."""
        self.kept = list(kept)
        self.say = say
        self.told_to_stop = 0
        self._heard_at = float("-inf")
        self._news = asyncio.Event()

    async def run(self, *, greet: Callable[[], Coroutine[None, None, None]] | None = None) -> int:
        """Start all processes, keep them running until a signal (SIGINT, SIGTERM, SIGHUP), stop them; return the exit
        code.

        `greet` runs beside them from the start, and is cancelled at the signal.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._hear_stop)
        loop.add_signal_handler(signal.SIGCHLD, self._news.set)
        greeting = asyncio.create_task(greet()) if greet else None
        try:
            code = await self._keep_alive()
        finally:
            if greeting:
                greeting.cancel()
            await self._stop_all()
        return code

    def _hear_stop(self) -> None:
        now = time.monotonic()
        if now - self._heard_at > ONE_CONSTRAINT:
            self.told_to_stop += 1
        self._heard_at = now
        self._news.set()

    async def _keep_alive(self) -> int:
        while not self.told_to_stop:
            self._news.clear()
            for one in self.kept:
                if not one.alive() and not self._start(one) and not one.optional:
                    self.say(
                        f"{one.name} dies again and again: stopping everything. Its last words are above."
                    )
                    return 1
            try:
                # also checks every second: a process that dies during its start sends no event
                await asyncio.wait_for(self._news.wait(), timeout=1.0)
            except TimeoutError:
                continue
        return 0

    def _start(self, one: ManagedProcess) -> bool:
        if one.process is not None:
            now = time.monotonic()
            one.deaths = [then for then in one.deaths if now - then < RESTART_WINDOW]
            if len(one.deaths) >= MOST_RESTARTS:
                return False
            one.deaths.append(now)
            self.say(f"{one.name} ended with {_how(one.process.returncode)}; starting it again.")
        one.process = one.start()
        return True

    async def _stop_all(self) -> None:
        """Ask all to end; kill those that run after PATIENCE seconds, or at a second Ctrl-C."""
        running = [one for one in reversed(self.kept) if one.alive() and not one.outlives]
        for one in running:
            assert one.process is not None
            one.process.terminate()
        asked, until = self.told_to_stop, time.monotonic() + PATIENCE
        while any(one.alive() for one in running) and time.monotonic() < until and self.told_to_stop == asked:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout=0.1)
        for one in running:
            assert one.process is not None
            if one.alive():
                self.say(f"{one.name} did not end in time and was killed.")
                one.process.kill()
            one.process.wait()


def child(
    arguments: Sequence[str], environment: dict[str, str], *, descriptors: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start `alongside …` as a child that does not receive Ctrl-C from the terminal; the supervisor stops it."""
    return subprocess.Popen(
        [sys.executable, "-m", "alongside.cli", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
    )


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
