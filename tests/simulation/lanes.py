"""Runs user actions one after another, or several at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


class Lanes:
    """So many actions run at the same moment; with one lane they run in order."""

    def __init__(self, count: int) -> None:
        """With `count` lanes."""
        self.count = count
        self._free = asyncio.Semaphore(count)

    async def run(self, acts: Iterable[Callable[[], Awaitable[Result]]]) -> list[Result]:
        """Run the actions and return their results in order."""
        if self.count == 1:
            return [await act() for act in acts]
        return list(await asyncio.gather(*(self._in_lane(act) for act in acts)))

    async def side_by_side(self, groups: Iterable[Callable[[], Awaitable[Result]]]) -> list[Result]:
        """Run groups of actions, whose own actions take the lanes."""
        if self.count == 1:
            return [await group() for group in groups]
        return list(await asyncio.gather(*(group() for group in groups)))

    async def _in_lane(self, act: Callable[[], Awaitable[Result]]) -> Result:
        async with self._free:
            return await act()
