"""Values that many pages read and few actions change, kept in this process for a few seconds.

They are kept by database and authority. A transaction that may write reads the rows themselves, and when it has ended,
this process reads them again; other processes do so after `FRESH_FOR` seconds, as with the settings of authorities.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncSession

KEPT = "alongside_kept"
"""The key in `AsyncSession.info` of what is kept for the session's authority; absent where nothing may be kept."""

FRESH_FOR = 5.0
"""Seconds after which a kept value is read again."""

Value = TypeVar("Value")
Values = dict[object, tuple[float, object]]


class Kept(Generic[Value]):
    """One value of an authority that may be kept; declare it at module level."""

    async def get(
        self, session: AsyncSession, load: Callable[[], Awaitable[Value]], *, of: object = None
    ) -> Value:
        """Return the value that is kept, or load it. `of` holds what it depends on besides the authority's rows."""
        values: Values | None = session.info.get(KEPT)
        if values is None:
            return await load()
        key = (self, of)
        until, value = values.get(key, (0.0, None))
        if until < time.monotonic():
            value = await load()
            values[key] = (time.monotonic() + FRESH_FOR, value)
        return cast("Value", value)


class KeptByAuthority:
    """What a database's sessions have kept, for each authority."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._values: dict[int, Values] = {}

    def of(self, authority_id: int) -> Values:
        """Return what is kept for an authority."""
        return self._values.setdefault(authority_id, {})

    def forget(self, authority_id: int) -> None:
        """Start again, also for transactions that began before: they fill the values that nobody reads any more."""
        self._values.pop(authority_id, None)
