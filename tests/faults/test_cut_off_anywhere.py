"""A transaction cancelled at any moment leaves the connection clean for its next user."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.platform.access.principal import system
from alongside.platform.audit.actions import record_audit
from alongside.platform.database.session import Database
from tests.databases import SIGNING_KEY, DatabaseCopy
from tests.faults.slow_proxy import slow_line
from tests.features.agreements.builders import TODAY
from tests.personas import NORTHSHIRE, SOUTHSHIRE

POINTS = 39
STEP = 0.004
LATENCY = 0.01
COUNT = text("SELECT count(*) FROM audit_entry WHERE subject_kind = :kind")


async def one_transaction(database: Database, authority_id: int, kind: str, number: int) -> None:
    """Read, write, commit."""
    async with database.transaction(authority_id) as session:
        await session.execute(COUNT, {"kind": kind})
        await record_audit(session, system(authority_id, TODAY), "note", kind, number)


async def entries(database: Database, authority_id: int, kind: str) -> int:
    """Return how many entries of that kind the authority has."""
    async with database.transaction(authority_id, read_only=True) as session:
        return int(await session.scalar(COUNT, {"kind": kind}) or 0)


async def rows_without_a_context(database: Database) -> object:
    """Query without a tenant context: it must raise and return no rows."""
    try:
        async with database.engine.connect() as connection:
            return (await connection.execute(text("SELECT authority_id FROM audit_entry"))).all()
    except DBAPIError:
        return "refused"


async def cut_off_at(slow_url: str, number: int) -> tuple[bool, object, int]:
    """Cancel a transaction at one moment on its own connection, then use that connection as the other authority."""
    database = Database(slow_url, SIGNING_KEY, pool_size=1)
    try:
        await entries(database, NORTHSHIRE, "warm up")
        task = asyncio.create_task(one_transaction(database, NORTHSHIRE, f"cut {number}", number))
        await asyncio.sleep(number * STEP)
        task.cancel()
        await asyncio.wait({task})
        await one_transaction(database, SOUTHSHIRE, f"after {number}", number)
        unfenced = await rows_without_a_context(database)
        return task.cancelled(), unfenced, database.connections_used()
    finally:
        await database.close()


async def test_cut_off_at_every_moment(copy: DatabaseCopy, database: Database) -> None:
    """39 moments of one transaction: no open transaction, no lost commit of the next, no partial one of the first."""
    async with slow_line(copy.app_url, LATENCY) as slow_url:
        found = await asyncio.gather(*(cut_off_at(slow_url, number) for number in range(POINTS)))
    assert {(unfenced, used) for _, unfenced, used in found} == {("refused", 0)}
    cut = [number for number, (was_cut, _, _) in enumerate(found) if was_cut]
    assert len(cut) >= 15, "the cuts fell after the end: nothing was tried"
    for number in range(POINTS):
        assert await entries(database, SOUTHSHIRE, f"after {number}") == 1, f"lost after cut {number}"
        ended_well = number not in cut
        kept = await entries(database, NORTHSHIRE, f"cut {number}")
        assert kept == 1 if ended_well else kept in (0, 1), f"cut {number}"
