"""Solving in a child process with a hard limit: whatever becomes of it, there is a plan and a sentence.

A child that crashes, is killed, runs out of memory or of time gives the greedy plan, named as such. Cancelling the
task kills the child.
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
"""What the child has beside three times its limit (the plan, its reasons, supply) before it is killed."""
KEPT_OF_THE_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "HOME")
"""No address of a database and no secret among them."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Numpy sets memory aside for each thread it might use, on large machines more than the child may have."""

_CHILDREN = asyncio.Semaphore(max(2, os.cpu_count() or 2))
"""As many solvers at a time as there are cores: whoever asks “what if” many times keeps the process answering."""

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
    """A plan with its reasons. Raises Impossible when none can be made.

    `hard_limit` is after how many seconds the child is killed; `progress` hears how far the work is.
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
    """What one act of a lead would do to a plan. Raises Impossible when it cannot be done.

    The plan is solved again, within the limit of the parameters, and keeps to the present one where it can.
    """
    return compared(plan, await replan(with_known(instance, plan, need, offer, what), child=child))


async def replan(instance: Instance, *, child: Sequence[str] = CHILD) -> Plan:
    """A plan without its reasons, for a question of “what if”. Raises Impossible."""
    limit = instance.parameters.limit_seconds + SPARE_SECONDS
    heard, why = await _heard(instance, (*child, "plan"), limit, None)
    if heard.plan is not None:
        return heard.plan
    return (await asyncio.to_thread(_without_child, instance, None, why, limit)).plan


async def _heard(
    instance: Instance, child: Sequence[str], limit: float, progress: Listener | None
) -> "tuple[_Heard, str]":
    """What a child told before it ended or was killed, and what to say if that is not all."""
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
    """What a child has told so far."""

    plan: Plan | None = None
    outcome: Outcome | None = None
    refused: Refusal | None = None


async def _listen(instance: Instance, child: Sequence[str], heard: _Heard, progress: Listener | None) -> None:
    """Start a child, give it the instance, and hear it out; it does not outlive this."""
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
    """An outcome without the solver: its plan if it had one to tell, else the greedy one; reasons without what-ifs."""
    from alongside.features.matching.engine.capacity_analysis import supply
    from alongside.features.matching.engine.explanation import explanations
    from alongside.features.matching.engine.planning import Prepared, fallback

    prepared = Prepared(instance)
    plan = fallback(prepared, why, seconds) if plan is None else plan
    return Outcome(
        plan=plan, explanations=explanations(prepared, plan, 0.0), supply=supply(prepared, plan, 0.0)
    )
