"""The rows of a statement: all, or exactly one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.ext.asyncio import AsyncSession

from alongside.errors import NotFound


async def rows_of(session: AsyncSession, statement: Executable, **values: object) -> Sequence[Row[Any]]:
    """All rows of a query."""
    found: Sequence[Row[Any]] = (await session.execute(statement, values)).all()
    return found


async def one_row(session: AsyncSession, statement: Executable, **values: object) -> Row[Any]:
    """The single row of a query. Raises NotFound."""
    found: Row[Any] | None = (await session.execute(statement, values)).one_or_none()
    if found is None:
        raise NotFound
    return found
