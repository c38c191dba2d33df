"""Random claims by many sessions at once, a third of them cancelled: each day counts once, and the books stay in order."""

import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from tests.databases import DatabaseCopy, make_known, open_database
from tests.features.claims.load import ClaimLoad
from tests.personas import NORTHSHIRE
from tests.sampling import size

SESSIONS, OPERATIONS = 8, size(160, 2_000)
MOST_ROUNDS = 10
"""Which operations meet is a matter of chance: rounds after which one claim at least must have been paid."""


@pytest.fixture
async def load(copy: DatabaseCopy) -> AsyncIterator[ClaimLoad]:
    """Three agreements with five confirmed visits each."""
    database = open_database(copy, SESSIONS)
    made = ClaimLoad(database, random.Random(7))
    await made.prepare(copy, 3, 5)
    yield made
    make_known("northshire")
    await database.close()


async def test_no_interleaving_counts_a_day_twice(load: ClaimLoad) -> None:
    """`make ledger-check` is the long version, with PostgreSQL killed."""
    states: set[str] = set()
    for _ in range(MOST_ROUNDS):
        await load.run(OPERATIONS, SESSIONS)
        assert await load.faults() == []
        async with load.database.transaction(NORTHSHIRE) as session:
            states |= set((await session.execute(text("SELECT DISTINCT state FROM claim"))).scalars())
        if "paid" in states:
            break
    assert "paid" in states and len(states) >= 3
    assert load.cancelled and load.refused and load.certain
