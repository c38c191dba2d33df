"""Values that pages keep for some seconds: by authority, never from a write, and read again after one."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.platform.database.kept import Kept
from alongside.platform.database.session import Database
from tests.personas import MILL, NORTHSHIRE, SOUTHSHIRE

NAME: Kept[str] = Kept()
READ = text(f"SELECT authority_id || name FROM school WHERE urn = {MILL}")
CHANGE = text(f"UPDATE school SET name = :name WHERE urn = {MILL}")


async def name_of_mill(session: AsyncSession, of: object = None) -> str:
    """The name of the school with its authority, as a page would keep it."""

    async def load() -> str:
        return str(await session.scalar(READ))

    return await NAME.get(session, load, of=of)


async def name_on_a_page(database: Database, authority_id: int = NORTHSHIRE, of: object = None) -> str:
    async with database.transaction(authority_id, read_only=True) as session:
        return await name_of_mill(session, of)


async def change(database: Database, name: str) -> None:
    async with database.transaction(NORTHSHIRE) as session:
        await session.execute(CHANGE, {"name": name})


async def test_each_authority_sees_its_own_and_a_change_at_once(database: Database) -> None:
    assert await name_on_a_page(database) == f"{NORTHSHIRE}Mill Primary School"
    assert await name_on_a_page(database, SOUTHSHIRE) == f"{SOUTHSHIRE}Mill Primary School"
    await change(database, "New name")
    assert await name_on_a_page(database) == f"{NORTHSHIRE}New name"
    assert await name_on_a_page(database, SOUTHSHIRE) == f"{SOUTHSHIRE}Mill Primary School"


async def test_a_page_does_not_read_again_what_is_kept_but_for_other_parameters(
    database: Database, operator: Database
) -> None:
    await name_on_a_page(database)
    await change(operator, "Changed by another process")
    assert await name_on_a_page(database) == f"{NORTHSHIRE}Mill Primary School"
    assert await name_on_a_page(database, of="another day") == f"{NORTHSHIRE}Changed by another process"


async def test_a_write_keeps_nothing_of_what_it_may_undo(database: Database) -> None:
    class UndoError(Exception):
        pass

    try:
        async with database.transaction(NORTHSHIRE) as session:
            await session.execute(CHANGE, {"name": "Undone"})
            assert await name_of_mill(session) == f"{NORTHSHIRE}Undone"
            raise UndoError
    except UndoError:
        pass
    assert await name_on_a_page(database) == f"{NORTHSHIRE}Mill Primary School"


async def test_a_page_that_began_before_a_change_does_not_bring_the_old_value_back(
    database: Database,
) -> None:
    async with database.transaction(NORTHSHIRE, read_only=True) as session:
        await session.execute(text("SELECT 1"))
        await change(database, "New name")
        await NAME.get(session, _old)
    assert await name_on_a_page(database) == f"{NORTHSHIRE}New name"


async def _old() -> str:
    return "the old name"
