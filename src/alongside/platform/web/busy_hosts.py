"""The hosts of authorities for which too many requests wait.

`protocol` refuses further requests for them before the app sees them: refusing a thousand costs next to nothing.
"""

from collections.abc import Callable

_full: dict[str, Callable[[], bool]] = {}


def mark_busy(host: str, is_full: Callable[[], bool]) -> None:
    """Record that a request for a host, which must be an authority's, was refused; `is_full` says how long."""
    _full[host] = is_full


def is_busy(host: str) -> bool:
    """Return whether a request for a host would be refused."""
    is_full = _full.get(host)
    if is_full is None:
        return False
    if is_full():
        return True
    del _full[host]
    return False
