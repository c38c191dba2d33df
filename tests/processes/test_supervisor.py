"""The supervisor of the processes: which ends stop everything, and which do not."""

import asyncio
import subprocess
import sys

from alongside.process_manager import MOST_RESTARTS, ManagedProcess, Supervisor


def process(code: str) -> subprocess.Popen[bytes]:
    """Start a small process."""
    return subprocess.Popen([sys.executable, "-S", "-c", code])


async def test_a_process_that_searches_can_do_without_may_die_again_and_again() -> None:
    """The sentence model is optional: the others go on without it. Of a web app it stops everything."""
    said: list[str] = []
    web = ManagedProcess("web app", lambda: process("import time; time.sleep(600)"))
    model = ManagedProcess("the sentence model", lambda: process("raise SystemExit(1)"), optional=True)
    supervisor = Supervisor([model, web], said.append)
    running = asyncio.create_task(supervisor.run())
    while len(model.deaths) < MOST_RESTARTS:
        await asyncio.sleep(0.02)
    supervisor._news.set()
    await asyncio.sleep(0.1)
    assert not running.done() and web.alive()
    supervisor._hear_stop()
    assert await running == 0
    model.optional, model.deaths = False, []
    assert await Supervisor([model, web], said.append).run() == 1
    assert any("again and again" in line for line in said)
