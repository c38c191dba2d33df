"""Several typed reads in one statement, for a page that shows many lists of one record."""

import re
from collections.abc import Sequence
from typing import cast

import asyncpg

from alongside.platform.database.reads import Read, Row_co

PARAMETER = re.compile(r"\$(\d+)")


class CombinedRows:
    """The rows of a combined read, by the reads it was made of."""

    def __init__(self, rows: dict[int, Sequence[object]]) -> None:
        """Keep the rows of each read under its identity."""
        self._rows = rows

    def of(self, read: Read[Row_co]) -> list[Row_co]:
        """Return the rows of one of the reads. Raises KeyError for another read."""
        return cast("list[Row_co]", self._rows[id(read)])


class CombinedRead(Read[CombinedRows]):
    """Reads that run together with the same values: one statement, one row, an array of records for each read.

    Declare it once, at module level. The SQL of a read may hold `$1` only as a parameter, not inside a text.
    """

    def __init__(self, *reads: Read[object]) -> None:
        """Join the compiled statements, and number their parameters one after another."""
        self.reads = reads
        self.row = CombinedRows
        self.plan_each_time = any(read.plan_each_time for read in reads)
        self.parameters = tuple(parameter for read in reads for parameter in read.parameters)
        arrays, before = [], 0
        for read in reads:
            sql = _renumbered(read.sql, before)
            arrays.append(f"ARRAY(SELECT ROW(part.*) FROM ({sql}) part)")  # noqa: S608  (compiled statements)
            before += len(read.parameters)
        self.sql = f"SELECT {', '.join(arrays)}"

    def decoded(self, records: Sequence[asyncpg.Record]) -> list[CombinedRows]:
        """Return the one result."""
        return [
            CombinedRows(
                {id(read): read.decoded(part) for read, part in zip(self.reads, record, strict=True)}
            )
            for record in records
        ]


def _renumbered(sql: str, before: int) -> str:
    """Return a statement whose parameters come after `before` others."""
    return PARAMETER.sub(lambda found: f"${int(found[1]) + before}", sql)
