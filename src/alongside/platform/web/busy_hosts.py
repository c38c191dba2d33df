"""The hosts whose authority has refused a request a moment ago, because too many wait.

`protocol` refuses further requests for them before the app sees them: refusing a thousand costs next to nothing.
"""

import time

SECONDS = 0.2
"""How long a host counts as busy; at most the shortest queue that is refused is served in this time."""

_busy_until: dict[str, float] = {}


def mark_busy(host: str) -> None:
    """Record that a request for a host, which must be an authority's, was refused."""
    _busy_until[host] = time.monotonic() + SECONDS


def is_busy(host: str) -> bool:
    """Return whether a request for a host was refused a moment ago."""
    until = _busy_until.get(host)
    return until is not None and time.monotonic() < until
