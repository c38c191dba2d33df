"""PostgreSQL allows the deletion of a register import after 90 days, and not before."""

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from alongside.platform.database.session import Database
from tests.access.dataset import put
from tests.databases import DatabaseCopy
from tests.personas import MILL, NORTHSHIRE, SOUTHSHIRE


async def an_import(copy: DatabaseCopy, days: int, authority_id: int = NORTHSHIRE) -> str:
    """An import applied so many days ago, less an hour, with one change; its id."""
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        made = await put(
            owner,
            "register_import",
            authority_id=authority_id,
            file_name="edubase.csv",
            sha256="0" * 64,
            applied_by="test",
            rows_read=1,
            rows_unreadable=0,
            changes=1,
        )
        await put(owner, "register_change", authority_id=authority_id, import_id=made, urn=MILL, kind="added")
        await owner.execute(
            "UPDATE register_import SET applied_at = now() - make_interval(days => $2, hours => -1) WHERE id = $1",
            made,
            days,
        )
    finally:
        await owner.close()
    return str(made)


async def let_go(database: Database, *ids: str) -> int:
    """How many of these imports go."""
    async with database.transaction(NORTHSHIRE) as session:
        gone = await session.scalar(text("SELECT let_go_imports(CAST(:ids AS uuid[]))"), {"ids": list(ids)})
        return int(gone or 0)


async def test_one_of_the_last_90_days_is_kept_and_keeps_those_named_with_it(
    copy: DatabaseCopy, database: Database
) -> None:
    """The statement is refused as a whole; later the older one goes by itself."""
    young, old = await an_import(copy, 90), await an_import(copy, 92)
    with pytest.raises(IntegrityError, match="last 90 days"):
        await let_go(database, old, young)
    assert await let_go(database, old) == 1


async def test_an_import_of_another_authority_stays(copy: DatabaseCopy, database: Database) -> None:
    """However old it is."""
    assert await let_go(database, await an_import(copy, 400, SOUTHSHIRE)) == 0


async def test_the_function_alone_keeps_an_import_of_another_authority(
    copy: DatabaseCopy, database: Database
) -> None:
    """Also where no row-level security stands in front of it."""
    foreign = await an_import(copy, 400, SOUTHSHIRE)
    owner = await asyncpg.connect(copy.superuser_url)
    try:
        for table in ("register_import", "register_change"):
            await owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    finally:
        await owner.close()
    assert await let_go(database, foreign) == 0
