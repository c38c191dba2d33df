"""The pool of child processes: started when needed, killed after a timeout, and replaced."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar, get_type_hints
from uuid import UUID

import msgspec
import structlog

from alongside.platform.process_pool.frames import LARGEST, LENGTH, Answer, Question, framed, packed
from alongside.platform.process_pool.low_priority import command
from alongside.platform.process_pool.quotas import Quotas

MEMORY = 768 * 1024**2
"""Bytes of address space of one child."""

LONGEST = 30.0
"""Seconds that one call may take by default."""

CALLS = 50
"""Calls after which a child is replaced, so that memory leaks of a library end with it."""

KEPT_OF_THE_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ")
"""The environment variables that a child gets: no database address and no secret."""

Result = TypeVar("Result")
log = structlog.get_logger("alongside.platform.process_pool")


class TooExpensive(ValueError):
    """The work took too much time or memory, or ended the process that ran it."""


class _Child:
    """One child process and the number of calls it has answered."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.calls = 0

    async def ask(self, question: Question) -> Answer:
        """Send a question and read the answer. Raises IncompleteReadError or OSError when the child has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.calls += 1
        self.process.stdin.write(framed(question))
        await self.process.stdin.drain()
        (length,) = LENGTH.unpack(await self.process.stdout.readexactly(LENGTH.size))
        if length > LARGEST:
            raise OSError("the answer is too large")
        return msgspec.msgpack.decode(await self.process.stdout.readexactly(length), type=Answer)

    def usable(self) -> bool:
        """Return whether it can take another call."""
        return self.process.returncode is None and self.calls < CALLS

    def kill(self) -> None:
        """Kill it."""
        if self.process.returncode is None:
            self.process.kill()


class ProcessPool:
    """Runs functions in child processes, within `quotas`, each child with `memory` bytes."""

    def __init__(self, quotas: Quotas | None = None, *, memory: int = MEMORY) -> None:
        """Create the pool; the first call starts the first child."""
        self.quotas = quotas or Quotas()
        self.memory = memory
        self._idle: list[_Child] = []
        self._ending: set[asyncio.Task[int]] = set()

    async def run(
        self,
        function: Callable[..., Result],
        *arguments: object,
        authority_id: int,
        person_id: UUID | None,
        seconds: float = LONGEST,
        refusal: str = "This file takes too long to read. Make it smaller and send it again",
    ) -> Result:
        """Return `function(*arguments)`, run in a child process, for a person of an authority.

        `function` is at the top level of a module of the product, with annotations: arguments and result are sent as
        MessagePack (texts, bytes, numbers, dates, lists, mappings, dataclasses and NamedTuples of these). A ValueError
        of the function is raised here with the same sentence. Raises TooExpensive, a ValueError with the sentence
        `refusal`, after `seconds` or when the memory is used up; TooManyRequests and ServiceUnavailable as
        `Quotas.slot` does.
        """
        question = Question(function.__module__, function.__name__, packed(arguments))
        async with self.quotas.slot(authority_id, person_id):
            answer = await self._answer(question, seconds)
        if answer is None or answer.failed is not None:
            log.warning("expensive work failed", function=question.name, why=answer and answer.failed)
            self.quotas.hold_back(authority_id, person_id)
            raise TooExpensive(refusal)
        if answer.refused is not None:
            raise ValueError(answer.refused)
        result: Result = msgspec.msgpack.decode(answer.result, type=get_type_hints(function)["return"])
        return result

    async def close(self) -> None:
        """End all idle children."""
        while self._idle:
            self._let_go(self._idle.pop())
        if self._ending:
            await asyncio.wait(self._ending, timeout=2)

    async def _answer(self, question: Question, seconds: float) -> Answer | None:
        """Return the answer of a child; None if it was killed or ended by itself."""
        child = await self._child()
        well = False
        try:
            async with asyncio.timeout(seconds):
                answer = await child.ask(question)
            well = answer.failed is None
            return answer
        except (TimeoutError, OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
            return None
        finally:
            if well and child.usable():
                self._idle.append(child)
            else:
                self._let_go(child)

    async def _child(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            if child.usable():
                return child
            self._let_go(child)
        kept = {name: os.environ[name] for name in KEPT_OF_THE_ENVIRONMENT if name in os.environ}
        return _Child(
            await asyncio.create_subprocess_exec(
                *command("alongside.platform.process_pool.child", str(self.memory)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=kept,
            )
        )

    def _let_go(self, child: _Child) -> None:
        child.kill()
        task = asyncio.create_task(child.process.wait())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
