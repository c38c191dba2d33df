"""A whole database from the models: roles' rights, fence, tables, isolation, promises, legal moves."""

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from alongside.database import fence, isolation, moves
from alongside.database.promises import promises_of

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")


def everything(metadata: MetaData, workflows: dict[str, set[tuple[str, str]]]) -> list[str]:
    """Every statement that makes the schema of `metadata`, in order; `workflows` maps a table to its legal moves."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made: list[str] = [fence.SCHEMA]
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            made.append(str(CreateIndex(index).compile(dialect=dialect)))
    made += isolation.statements(metadata)
    made.append(moves.TRIGGER_FUNCTION)
    made += promises_of(metadata).values()
    for subject, pairs in sorted(workflows.items()):
        made.append(moves.trigger(subject))
        for row in moves.rows(subject, pairs):
            made.append("INSERT INTO legal_move VALUES ('{subject}', '{start}', '{finish}')".format(**row))
    return made


async def store_fence_key(connection: asyncpg.Connection, name: str, key: bytes) -> None:
    """Let the database recognise fences signed with this key; keys under other names stay good (rotation)."""
    inner, outer = fence.pads(key)
    await connection.execute(
        "INSERT INTO fence.key VALUES ($1, $2, $3) "
        "ON CONFLICT (name) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
        name,
        inner,
        outer,
    )
