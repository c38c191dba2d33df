"""A decision locks the offer first, then the need, so that two decisions cannot wait for each other."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import asyncpg
import pytest

from alongside.features.agreements.locks import HOLD_PAIR, HOLD_PAIR_OF_AGREEMENT, HOLD_PAIR_OF_PROPOSAL
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.database.session import Database
from tests.databases import DatabaseCopy
from tests.features.agreements.builders import an_agreement
from tests.patience import PATIENCE
from tests.personas import NORTHSHIRE

IDS = "SELECT need_id, offer_id, proposal_id, id AS agreement_id FROM support_agreement WHERE id = $1"
WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
LOCKS: dict[str, tuple[Read[int], Mapping[str, str]]] = {
    "a pair": (HOLD_PAIR, {"offer_id": "offer_id", "need_id": "need_id"}),
    "a proposal": (HOLD_PAIR_OF_PROPOSAL, {"row_id": "proposal_id"}),
    "an agreement": (HOLD_PAIR_OF_AGREEMENT, {"row_id": "agreement_id"}),
}


@pytest.mark.parametrize("what", LOCKS)
async def test_the_need_is_locked_after_its_offer(database: Database, copy: DatabaseCopy, what: str) -> None:
    read, names = LOCKS[what]
    another = await asyncpg.connect(copy.superuser_url)
    there = await another.fetchrow(IDS, await an_agreement(database))
    assert there is not None
    values = {"authority_id": NORTHSHIRE} | {name: there[column] for name, column in names.items()}
    locked, enough = asyncio.Event(), asyncio.Event()

    async def decide() -> None:
        async with database.transaction(NORTHSHIRE) as session:
            await fetch_all(session, read, values)
            locked.set()
            await enough.wait()

    try:
        async with another.transaction():
            await lock(another, "offer", there["offer_id"])
            decision = asyncio.create_task(decide())
            async with asyncio.timeout(PATIENCE):
                while not await another.fetchrow(WAITING):
                    await asyncio.sleep(0.01)
            await lock(another, "need", there["need_id"])  # still free
        async with asyncio.timeout(PATIENCE):
            await locked.wait()
        for table in ("offer", "need"):
            with pytest.raises(asyncpg.LockNotAvailableError):
                await lock(another, table, there[f"{table}_id"])
        enough.set()
        await decision
    finally:
        await another.close()


async def lock(connection: asyncpg.Connection, table: str, row_id: UUID) -> None:
    """Lock a row, and fail at once if it is locked."""
    await connection.execute(f"SELECT FROM {table} WHERE id = $1 FOR UPDATE NOWAIT", row_id)
