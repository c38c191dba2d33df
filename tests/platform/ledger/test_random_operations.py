"""Random operations by many sessions at once, a third of them cancelled: the books stay in order."""

import random

from tests.databases import DatabaseCopy, open_database
from tests.platform.ledger.load import Load
from tests.sampling import size

SESSIONS, OPERATIONS = 12, size(300, 3_000)


async def test_no_interleaving_overspends_loses_or_repeats_an_entry(copy: DatabaseCopy) -> None:
    """`make ledger-check` is the long version, with PostgreSQL killed."""
    database = open_database(copy, SESSIONS)
    load = Load(database, random.Random(7))
    await load.open()
    await load.run(OPERATIONS, SESSIONS)
    assert await load.faults() == []
    assert load.cancelled and load.refused and load.certain
    await database.close()
