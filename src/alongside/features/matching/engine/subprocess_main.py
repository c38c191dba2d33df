"""The process that solves: an instance comes in as JSON, news and the outcome go out, a line each.

`python -m alongside.features.matching.engine.subprocess_main [plan]`, where plan asks for no reasons. It knows no
database and no
secret, and may be killed at any moment.
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
"""Bytes of address space that the child may have, so that no instance takes the machine with it."""


NICENESS = 10
"""Requests come first: the web process and PostgreSQL get the processor before a plan does."""


def main() -> None:
    """Read an instance, tell how far the work is, and write the outcome."""
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
    """Writes news where the parent reads, and keeps whatever a library prints away from there."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

    def __call__(self, news: News) -> None:
        """Write one piece of news."""
        self._out.write(msgspec.json.encode(news) + b"\n")
        self._out.flush()


if __name__ == "__main__":
    main()
