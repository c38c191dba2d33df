"""The solver process: reads an instance as JSON and writes messages and the outcome, one line each.

Run `python -m alongside.features.matching.engine.subprocess_main [plan]`; `plan` leaves out explanations. The
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
from alongside.features.matching.engine.messages import Finished, News, Planned, Progress, Refusal
from alongside.features.matching.engine.planning import Prepared, plan_of
from alongside.features.matching.engine.result import Outcome
from alongside.features.matching.engine.validation import InfeasibleProblem

MEMORY = 4 * 1024**3
"""The maximum address space of the child in bytes, so that no instance exhausts the machine's memory."""


NICENESS = 10
"""Lowers the priority, so that the web process and PostgreSQL get the processor first."""


def main() -> None:
    """Read an instance, write progress messages, and write the outcome."""
    tell = _Teller()
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(OSError):
        os.nice(NICENESS)
    try:
        _work(tell, sys.stdin.buffer.read(), reasons="plan" not in sys.argv[1:])
    except InfeasibleProblem as refused:
        tell(Refusal(refused.sentence, refused.need, refused.offer))


def _work(tell: "_Teller", text: bytes, *, reasons: bool) -> None:
    prepared = Prepared(restored(text))
    seconds = prepared.columns.instance.parameters.limit_seconds
    tell(Progress("candidates", len(prepared.candidates.need)))
    plan = plan_of(prepared)
    tell(Planned(plan))
    if reasons:
        told = explanations(prepared, plan, seconds)
        tell(Progress("explained", len(told)))
        tell(Finished(Outcome(plan=plan, explanations=told, supply=supply(prepared, plan, seconds))))


class _Teller:
    """Writes messages to the parent, and keeps the output of libraries away from that stream."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

    def __call__(self, news: News) -> None:
        """Write one message."""
        self._out.write(msgspec.json.encode(news) + b"\n")
        self._out.flush()


if __name__ == "__main__":
    main()
