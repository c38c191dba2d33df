"""Solves in a child process with a time limit; always returns a plan with a sentence on its quality.

If the child crashes, is killed, or runs out of memory or time, the result is the greedy plan, marked as such.
Cancelling the task kills the child.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.diff import compared, with_known
from alongside.features.matching.engine.instance import Instance, stored
from alongside.features.matching.engine.messages import Finished, News, Planned, Progress, Refusal
from alongside.features.matching.engine.result import Change, Outcome, Plan
from alongside.features.matching.engine.validation import InfeasibleProblem

CHILD = (sys.executable, "-m", "alongside.features.matching.engine.subprocess_main")
LONGEST_LINE = 256 * 1024**2
SPARE_SECONDS = 15.0
"""Seconds added to three times the time limit (plan, explanations, capacity) before the child is killed."""
KEPT_OF_THE_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "HOME")
"""Excludes database addresses and secrets."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""NumPy reserves memory for each thread, on large machines more than the child may use."""

_CHILDREN = asyncio.Semaphore(max(2, os.cpu_count() or 2))
"""Limits solvers to the number of cores, so that the web process stays responsive."""

CRASHED = "The solver stopped working, so this is a plan without it: the best pair first, tier by tier."
OUT_OF_TIME = "The solver ran out of time, so this is a plan without it: the best pair first, tier by tier."

Listener = Callable[[Progress], Awaitable[None]]


async def run(
    instance: Instance,
    *,
    progress: Listener | None = None,
    hard_limit: float | None = None,
    child: Sequence[str] = CHILD,
) -> Outcome:
    """Calculate a plan with its explanations. Raises InfeasibleProblem when none can be made.

    The child is killed after `hard_limit` seconds; `progress` is called with each progress message.
    """
    limit = 3 * instance.parameters.limit_seconds + SPARE_SECONDS if hard_limit is None else hard_limit
    heard, why = await _heard(instance, child, limit, progress)
    if heard.outcome is not None:
        return heard.outcome
    return await asyncio.to_thread(_without_child, instance, heard.plan, why, limit)


async def change(
    instance: Instance,
    plan: Plan,
    need: UUID,
    offer: UUID,
    what: Literal["pinned", "forbidden", "declined"],
    *,
    child: Sequence[str] = CHILD,
) -> Change:
    """Calculate the effect of one change by a lead. Raises InfeasibleProblem when it is impossible.

    The plan is solved again within the time limit of the parameters and keeps current pairs where possible.
    """
    return compared(plan, await replan(with_known(instance, plan, need, offer, what), child=child))


async def replan(instance: Instance, *, child: Sequence[str] = CHILD) -> Plan:
    """Calculate a plan without explanations, for a “what if” question. Raises InfeasibleProblem."""
    limit = instance.parameters.limit_seconds + SPARE_SECONDS
    heard, why = await _heard(instance, (*child, "plan"), limit, None)
    if heard.plan is not None:
        return heard.plan
    return (await asyncio.to_thread(_without_child, instance, None, why, limit)).plan


async def _heard(
    instance: Instance, child: Sequence[str], limit: float, progress: Listener | None
) -> "tuple[_Heard, str]":
    """Run a child and return its messages, and the sentence to show if they are incomplete."""
    heard, why = _Heard(), CRASHED
    try:
        async with _CHILDREN, asyncio.timeout(limit):
            await _listen(instance, child, heard, progress)
    except TimeoutError:
        why = OUT_OF_TIME
    except OSError:
        why = CRASHED
    if heard.refused is not None:
        raise InfeasibleProblem(heard.refused.sentence, heard.refused.need, heard.refused.offer)
    return heard, why


class _Heard:
    """The messages received from a child so far."""

    plan: Plan | None = None
    outcome: Outcome | None = None
    refused: Refusal | None = None


async def _listen(instance: Instance, child: Sequence[str], heard: _Heard, progress: Listener | None) -> None:
    """Start a child, send it the instance and read its messages; kills the child when this ends."""
    process = await asyncio.create_subprocess_exec(
        *child,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
        env=ONE_THREAD | {name: os.environ[name] for name in KEPT_OF_THE_ENVIRONMENT if name in os.environ},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await _give(process.stdin, stored(instance))
        async for line in process.stdout:
            await _hear(line, heard, progress)
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())


async def _give(stdin: asyncio.StreamWriter, text: bytes) -> None:
    try:
        stdin.write(text)
        await stdin.drain()
        stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        return


async def _hear(line: bytes, heard: _Heard, progress: Listener | None) -> None:
    try:
        news = msgspec.json.decode(line, type=News)
    except msgspec.DecodeError:
        return
    match news:
        case Finished(outcome):
            heard.outcome = outcome
        case Planned(plan):
            heard.plan = plan
            if progress is not None:
                await progress(Progress("planned", len(plan.pairs)))
        case Refusal():
            heard.refused = news
        case Progress():
            if progress is not None:
                await progress(news)


def _without_child(instance: Instance, plan: Plan | None, why: str, seconds: float) -> Outcome:
    """An outcome without the solver: the child's plan if it sent one, else the greedy plan.

    The explanations have no “what if” effects.
    """
    from alongside.features.matching.engine.capacity_analysis import supply
    from alongside.features.matching.engine.explanation import explanations
    from alongside.features.matching.engine.planning import Prepared, fallback

    prepared = Prepared(instance)
    plan = fallback(prepared, why, seconds) if plan is None else plan
    return Outcome(
        plan=plan, explanations=explanations(prepared, plan, 0.0), supply=supply(prepared, plan, 0.0)
    )
