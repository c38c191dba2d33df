"""The solver process: reads an instance as JSON and writes messages and the outcome, one line each.

The argument `plan` leaves out explanations. It runs at low priority (`platform.process_pool.low_priority`). The
process has no database connection and no secrets, and may be killed at any moment.
"""

import os
import resource
import sys
from contextlib import suppress

import msgspec

from alongside.features.matching.engine.capacity_analysis import supply
from alongside.features.matching.engine.explanation import explanations
from alongside.features.matching.engine.instance import restored
from alongside.features.matching.engine.messages import Finished, Message, Planned, Progress, Refusal
from alongside.features.matching.engine.planning import Prepared, plan_of
from alongside.features.matching.engine.result import Outcome
from alongside.features.matching.engine.validation import InfeasibleProblem

MEMORY = 4 * 1024**3
"""The maximum address space of the child in bytes, so that no instance exhausts the machine's memory."""


def main() -> None:
    """Read an instance, write progress messages, and write the outcome."""
    send = _MessageWriter()
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        _work(send, sys.stdin.buffer.read(), reasons="plan" not in sys.argv[1:])
    except InfeasibleProblem as refused:
        send(Refusal(refused.sentence, refused.need, refused.offer))


def _work(send: "_MessageWriter", text: bytes, *, reasons: bool) -> None:
    prepared = Prepared(restored(text))
    seconds = prepared.columns.instance.parameters.limit_seconds
    send(Progress("candidates", len(prepared.candidates.need)))
    plan = plan_of(prepared)
    send(Planned(plan))
    if reasons:
        explained = explanations(prepared, plan, seconds)
        send(Progress("explained", len(explained)))
        send(Finished(Outcome(plan=plan, explanations=explained, supply=supply(prepared, plan, seconds))))


class _MessageWriter:
    """Writes messages to the parent, and keeps the output of libraries away from that stream."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)

    def __call__(self, message: Message) -> None:
        """Write one message."""
        self._out.write(msgspec.json.encode(message) + b"\n")
        self._out.flush()


if __name__ == "__main__":
    main()
