"""Limits on expensive work for a person, an authority and the process."""

import asyncio
from contextlib import AsyncExitStack, suppress
from uuid import uuid4

import pytest

from alongside.errors import ServiceUnavailable, TooManyRequests
from alongside.platform.process_pool import Quotas
from tests.patience import PATIENCE


async def test_one_authority_leaves_a_place_for_another() -> None:
    """Another authority gets a slot, however much the first one requests."""
    quotas = Quotas(running=2, patience=0.05)
    async with AsyncExitStack() as kept:
        await kept.enter_async_context(quotas.slot(1, uuid4()))
        with pytest.raises(ServiceUnavailable):
            await kept.enter_async_context(quotas.slot(1, uuid4()))
        await kept.enter_async_context(quotas.slot(2, uuid4()))
        assert quotas.running_now() == 2
    assert quotas.running_now() == quotas.waiting_now() == 0


async def test_one_person_waits_for_their_own_work() -> None:
    """A third task of one person is refused with a sentence, also while the others wait; a colleague's is not."""
    quotas = Quotas(running=2, patience=5)
    person = uuid4()
    async with AsyncExitStack() as kept:
        await kept.enter_async_context(quotas.slot(1, person))
        waiting = asyncio.create_task(_hold(quotas, 1, person))
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests, match="Wait for them to finish"):
            await kept.enter_async_context(quotas.slot(1, person))
    await waiting
    async with quotas.slot(1, person):
        assert quotas.running_now() == 1


async def test_the_queue_of_an_authority_is_short() -> None:
    """Work that would wait too long is refused at once instead of waiting with its file in memory."""
    quotas = Quotas(running=2, waiting_of_authority=3, patience=5)
    async with quotas.slot(1):
        waiting = [asyncio.create_task(_hold(quotas, 1)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests, match="Other people"):
            await _hold(quotas, 1)
        await _hold(quotas, 2)
    await asyncio.gather(*waiting)
    assert quotas.running_now() == quotas.waiting_now() == 0


async def test_who_gives_up_waiting_takes_no_place() -> None:
    """A request cancelled while it waits, or when it is admitted, leaves the counts correct."""
    quotas = Quotas(running=2, patience=5)
    async with quotas.slot(1):
        waiting = [asyncio.create_task(_hold(quotas, 1, uuid4())) for _ in range(4)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[2].cancel()
        await asyncio.sleep(0)
        assert quotas.waiting_now() == 2
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert quotas.running_now() == quotas.waiting_now() == 0
    await asyncio.gather(*(_hold(quotas, 1) for _ in range(5)))


async def _hold(quotas: Quotas, authority_id: int, person_id: object = None) -> None:
    async with quotas.slot(authority_id, person_id):  # type: ignore[arg-type]
        await asyncio.sleep(0)


async def test_work_that_failed_counts_for_a_while() -> None:
    """A person whose files end child process after child process is refused before the next one is started."""
    quotas = Quotas(of_person=1, after_failure=0.05)
    person = uuid4()
    quotas.hold_back(1, person)
    with pytest.raises(TooManyRequests):
        await _hold(quotas, 1, person)
    await _hold(quotas, 1, uuid4())
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(TooManyRequests):
                return await _hold(quotas, 1, person)
            await asyncio.sleep(0.01)
