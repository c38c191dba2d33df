"""Turns of authorities: one at a time for each, a few at once, and nobody waits for one with much work."""

import asyncio

from alongside.platform.jobs.round_robin import RoundRobin
from tests.patience import PATIENCE


async def test_an_authority_with_endless_work_does_not_hold_up_the_others() -> None:
    """It goes to the end of the queue after each turn."""
    order: list[int] = []

    async def turn(authority_id: int) -> bool:
        order.append(authority_id)
        await asyncio.sleep(0)
        return authority_id == 1

    turns = RoundRobin(turn, at_once=1)
    for authority_id in (1, 2, 3):
        turns.call(authority_id)
    async with asyncio.timeout(PATIENCE):
        while len(order) < 6:
            await asyncio.sleep(0)
    await turns.stop(PATIENCE)
    assert order[:3] == [1, 2, 3]
    assert set(order[3:]) == {1}


async def test_an_authority_called_during_its_turn_has_one_more_and_never_two_at_once() -> None:
    """What was announced after the turn had read the queue is not forgotten."""
    running, most, count = 0, 0, 0

    async def turn(_: int) -> bool:
        nonlocal running, most, count
        running, count = running + 1, count + 1
        most = max(most, running)
        if count == 1:
            for _again in range(3):
                turns.call(1)
        await asyncio.sleep(0)
        running -= 1
        return False

    turns = RoundRobin(turn, at_once=4)
    turns.call(1)
    async with asyncio.timeout(PATIENCE):
        while turns.busy:
            await asyncio.sleep(0)
    assert (most, count) == (1, 2)


async def test_after_the_stop_nobody_has_a_turn_and_long_work_is_cancelled() -> None:
    """A turn that still waits for its place does not begin."""
    began: list[int] = []

    async def turn(authority_id: int) -> bool:
        began.append(authority_id)
        await asyncio.Event().wait()
        return False

    turns = RoundRobin(turn, at_once=1)
    turns.call(1)
    turns.call(2)
    async with asyncio.timeout(PATIENCE):
        while not began:
            await asyncio.sleep(0)
    await turns.stop(PATIENCE, at_once=True)
    turns.call(3)
    await asyncio.sleep(0)
    assert began == [1]
    assert not turns.busy
