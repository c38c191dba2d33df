"""Helpers to read the rows behind the pages of the directory."""

from typing import Any
from uuid import UUID

import asyncpg

from tests.databases import DatabaseCopy
from tests.personas import NORTHSHIRE


def id_of(where: str) -> UUID:
    """The id in an entry's URL."""
    return UUID(where.split("/")[2].partition("?")[0])


async def asked(copy: DatabaseCopy, sql: str, *values: Any) -> list[Any]:
    """Rows as the superuser sees them."""
    connection = await asyncpg.connect(copy.superuser_url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


async def entry_row(copy: DatabaseCopy, where: str) -> Any:
    """The row of an entry."""
    (row,) = await asked(
        copy, "SELECT * FROM directory_entry WHERE authority_id = $1 AND id = $2", NORTHSHIRE, id_of(where)
    )
    return row


async def public_row(copy: DatabaseCopy, where: str) -> Any:
    """The public row of an entry, or None."""
    rows = await asked(
        copy, "SELECT * FROM public_entry WHERE authority_id = $1 AND id = $2", NORTHSHIRE, id_of(where)
    )
    return rows[0] if rows else None
