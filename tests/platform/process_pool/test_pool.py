"""Calls in child processes, and limits of time and memory."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from alongside.platform.process_pool import ProcessPool, Quotas, TooExpensive
from alongside.platform.process_pool.low_priority import NICENESS
from tests.platform.process_pool import functions
from tests.platform.process_pool.functions import Row

REFUSAL = "This file takes too long to read. Make it smaller and send it again"


@pytest.fixture
async def pool() -> AsyncIterator[ProcessPool]:
    """A pool for this test."""
    made = ProcessPool(Quotas(running=2))
    yield made
    await made.close()


async def run(pool: ProcessPool, function: Any, *arguments: Any, **settings: Any) -> Any:
    """Run a function for a person of an authority."""
    return await pool.run(function, *arguments, authority_id=1, person_id=uuid4(), **settings)


async def test_values_come_back_as_they_went(pool: ProcessPool) -> None:
    """Dates, decimals, bytes and None keep their types; output of a library is not read as an answer."""
    rows = [Row(date(2027, 3, 12), Decimal("12.50"), b"\0\xff" * 500_000), Row(date(2027, 3, 13), None, b"")]
    assert await run(pool, functions.echoed, rows, {"a": 1}) == (rows, {"a": 1})


async def test_what_is_wrong_with_a_file_is_said_in_the_same_words(pool: ProcessPool) -> None:
    """A ValueError has a sentence for the person who sent the file."""
    with pytest.raises(ValueError, match="the file cannot be read"):
        await run(pool, functions.refused, "the file")


@pytest.mark.parametrize(
    "act", [(functions.slept, 60.0), (functions.filled, 900), (functions.broken,), (functions.ended,)]
)
async def test_too_much_ends_in_a_sentence_and_the_pool_goes_on(pool: ProcessPool, act: Any) -> None:
    """Timeout, memory limit, error, dead process: each gives a refusal, and the next call works."""
    with pytest.raises(TooExpensive, match=REFUSAL):
        await run(pool, *act, seconds=3.0)
    assert await run(pool, functions.slept, 0.0) == "slept"


async def test_no_secret_reaches_a_child(pool: ProcessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in a library that parses uploads finds no key and no database address."""
    monkeypatch.setenv("ALONGSIDE_SECRET", "x" * 40)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@127.0.0.1/alongside")
    seen = await run(pool, functions.seen)
    assert not [name for name in seen if "ALONGSIDE" in name or "DATABASE" in name]


async def test_a_child_is_used_again_and_killed_when_the_caller_goes(pool: ProcessPool) -> None:
    """Calls reuse a process; a process whose caller was cancelled is killed."""
    first = await run(pool, functions.process)
    assert await run(pool, functions.process) == first
    cut_off = asyncio.create_task(run(pool, functions.slept, 60.0))
    await asyncio.sleep(0.2)
    cut_off.cancel()
    with suppress(asyncio.CancelledError):
        await cut_off
    await asyncio.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert await run(pool, functions.process) != first


async def test_a_child_has_low_priority_before_it_imports_anything(pool: ProcessPool) -> None:
    """Importing the libraries took the processor from the web process."""
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert await run(pool, functions.niceness_at_import) == min(19, ours + NICENESS)
