"""Solves in a child process with a time limit; always returns a plan with a sentence on its quality.

If the child crashes, is killed, or runs out of memory or time, the result is the greedy plan, marked as such.
Cancelling the task kills the child.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from alongside.features.matching.engine.diff import compared, with_known
from alongside.features.matching.engine.instance import Instance, stored
from alongside.features.matching.engine.messages import Finished, Message, Planned, Progress, Refusal
from alongside.features.matching.engine.result import Change, Outcome, Plan
from alongside.features.matching.engine.validation import InfeasibleProblem
from alongside.platform.process_pool.low_priority import command

CHILD = command("alongside.features.matching.engine.subprocess_main")
MAX_LINE_BYTES = 256 * 1024**2
SPARE_SECONDS = 15.0
"""Seconds added to three times the time limit (plan, explanations, capacity) before the child is killed."""
INHERITED_VARIABLES = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "HOME")
"""Excludes database addresses and secrets."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""NumPy reserves memory for each thread, on large machines more than the child may use."""

_solver_slots = asyncio.Semaphore(max(1, (os.cpu_count() or 2) // 2))
"""Limits solvers to half of the cores, so that pages keep the other half."""

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
    received, why = await _run_child(instance, child, limit, progress)
    if received.outcome is not None:
        return received.outcome
    return await asyncio.to_thread(_without_child, instance, received.plan, why, limit)


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
    received, why = await _run_child(instance, (*child, "plan"), limit, None)
    if received.plan is not None:
        return received.plan
    return (await asyncio.to_thread(_without_child, instance, None, why, limit)).plan


async def _run_child(
    instance: Instance, child: Sequence[str], limit: float, progress: Listener | None
) -> "tuple[_Received, str]":
    """Run a child and return its messages, and the sentence to show if they are incomplete."""
    received, why = _Received(), CRASHED
    try:
        async with _solver_slots, asyncio.timeout(limit):
            await _read_messages(instance, child, received, progress)
    except TimeoutError:
        why = OUT_OF_TIME
    except OSError:
        why = CRASHED
    if received.refused is not None:
        raise InfeasibleProblem(received.refused.sentence, received.refused.need, received.refused.offer)
    return received, why


class _Received:
    """The messages received from a child so far."""

    plan: Plan | None = None
    outcome: Outcome | None = None
    refused: Refusal | None = None


async def _read_messages(
    instance: Instance, child: Sequence[str], received: _Received, progress: Listener | None
) -> None:
    """Start a child, send it the instance and read its messages; kills the child when this ends."""
    process = await asyncio.create_subprocess_exec(
        *child,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=MAX_LINE_BYTES,
        env=ONE_THREAD | {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await _send_instance(process.stdin, stored(instance))
        async for line in process.stdout:
            await _handle_message(line, received, progress)
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())


async def _send_instance(stdin: asyncio.StreamWriter, text: bytes) -> None:
    try:
        stdin.write(text)
        await stdin.drain()
        stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        return


async def _handle_message(line: bytes, received: _Received, progress: Listener | None) -> None:
    try:
        message = msgspec.json.decode(line, type=Message)
    except msgspec.DecodeError:
        return
    match message:
        case Finished(outcome):
            received.outcome = outcome
        case Planned(plan):
            received.plan = plan
            if progress is not None:
                await progress(Progress("planned", len(plan.pairs)))
        case Refusal():
            received.refused = message
        case Progress():
            if progress is not None:
                await progress(message)


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
