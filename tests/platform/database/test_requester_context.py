"""The requester of a transaction: set once, and again where the end of a savepoint has taken it back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.requester_context import RequesterContext, set_requester
from alongside.platform.database.session import Database
from tests.personas import LEAD_OF_NORTH, NORTHSHIRE, OFFICER, Persona

ROLE = text("SELECT (security.requester())[1]")


def requester(one: Persona) -> RequesterContext:
    """Return the claim of a person."""
    return RequesterContext(NORTHSHIRE, one.role.value, one.person_id)


@contextmanager
def sent(database: Database) -> Iterator[list[str]]:
    """Collect the statements that set a requester."""
    found: list[str] = []

    def catch(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "requester_context" in statement:
            found.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", catch)
    yield found
    event.remove(database.engine.sync_engine, "before_cursor_execute", catch)


async def role_now(session: AsyncSession) -> str | None:
    """Return the role for which PostgreSQL takes the transaction."""
    role: str | None = await session.scalar(ROLE)
    return role


async def test_one_requester_is_set_once_in_a_transaction(database: Database) -> None:
    for read_only in (True, False):
        with sent(database) as statements:
            async with database.transaction(NORTHSHIRE, read_only=read_only) as session:
                for _ in range(3):
                    await set_requester(session, requester(OFFICER))
                assert await role_now(session) == OFFICER.role.value
        assert len(statements) == 1


async def test_after_a_savepoint_the_transaction_is_for_the_person_set_last(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await set_requester(session, requester(OFFICER))
        for release in (True, False):
            savepoint = await session.begin_nested()
            await set_requester(session, requester(LEAD_OF_NORTH))
            assert await role_now(session) == LEAD_OF_NORTH.role.value
            await (savepoint.commit() if release else savepoint.rollback())
            for one in (LEAD_OF_NORTH, OFFICER):
                await set_requester(session, requester(one))
                assert await role_now(session) == one.role.value


async def test_one_set_within_a_savepoint_that_was_undone_is_set_again(database: Database) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        savepoint = await session.begin_nested()
        await set_requester(session, requester(OFFICER))
        await savepoint.rollback()
        await set_requester(session, requester(OFFICER))
        assert await role_now(session) == OFFICER.role.value
