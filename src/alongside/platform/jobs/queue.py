"""The lease queue: rows of any table that declares itself as work are claimed, retried, and set aside after failures.

The row that describes the work is the queue (docs/decisions/0001), so it is written in the transaction of its cause and
stays behind row-level security. A worker claims a batch for some seconds; the number of the attempt is its proof: a
worker whose lease ran out, and whose row another one claimed, can no longer write a result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, TextClause, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from alongside.platform.database.base import Base, created_at
from alongside.platform.database.ddl import schema_rule

CHANNEL = "alongside_work"
"""The PostgreSQL channel on which workers hear of new work; the payload is the authority's id."""

TRIES = 6
"""Attempts that a row has before it is set aside, unless its table says otherwise."""

WORKERS_ENDED = "Every worker ended before it could record a result."
LONGEST_REASON = 300


class LeasedRow:
    """Columns of a table whose rows are the work of a lease queue; a model adds `state`.

    `run_at` is when the work may begin, `attempt` the number of the last claim, `max_attempts` how many there may be,
    `lease_until` the end of the present claim, and `last_error` the reason of the last failure.
    """

    run_at: Mapped[datetime] = created_at()
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    max_attempts: Mapped[int] = mapped_column(server_default=text(str(TRIES)))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]


class ClaimedRow(Protocol):
    """What identifies a claim: the row, and the number of the attempt."""

    @property
    def id(self) -> UUID:
        """The id of the row."""

    @property
    def attempt(self) -> int:
        """The number of the attempt."""


class LeaseValues(TypedDict):
    """The columns of a new claim."""

    attempt: int
    lease_until: ColumnElement[datetime]


class FailedRow(ClaimedRow, Protocol):
    """A claim that failed, and how many attempts its row has."""

    @property
    def max_attempts(self) -> int:
        """How many attempts the row has."""


@dataclass(frozen=True, slots=True, eq=False)
class LeaseQueue:
    """A queue: its table, the names of its states, and how it retries.

    `lease_seconds` is how long a worker may be silent, `batch` how many rows one claim takes, and `pauses` the minutes
    before each further attempt (the last repeats). `where` is a further SQL condition of a claim. With
    `only_within_lease` a result is refused after the lease even if no other worker has claimed the row.
    """

    table_name: str
    waiting: str
    running: str
    done: str
    dead: str
    lease_seconds: int
    batch: int = 10
    pauses: tuple[int, ...] = (1, 5, 30, 120, 480)
    where: str = "true"
    only_within_lease: bool = False

    @property
    def table(self) -> Table:
        """The table of the queue."""
        return Base.metadata.tables[self.table_name]

    @property
    def lease(self) -> timedelta:
        """The length of a lease."""
        return timedelta(seconds=self.lease_seconds)


@cache
def _claim(queue: LeaseQueue) -> TextClause:
    """Return the statement that sets aside what has no attempt left, and claims a batch of what is due."""
    over = f"state = '{queue.running}' AND lease_until < now()"
    of_authority = f"{queue.table_name}.authority_id = :authority_id"
    return text(
        f"""
        WITH dead AS (
            UPDATE {queue.table_name} SET state = '{queue.dead}', lease_until = NULL, last_error = '{WORKERS_ENDED}'
             WHERE {of_authority} AND {over} AND attempt >= max_attempts
        ), picked AS MATERIALIZED (
            SELECT id FROM {queue.table_name}
             WHERE {of_authority} AND run_at <= now() AND {queue.where}
               AND (state = '{queue.waiting}' OR {over} AND attempt < max_attempts)
             ORDER BY run_at, id LIMIT {queue.batch} FOR UPDATE SKIP LOCKED
        )
        UPDATE {queue.table_name} SET state = '{queue.running}', attempt = attempt + 1,
               lease_until = now() + interval '{queue.lease_seconds} seconds'
          FROM picked WHERE {of_authority} AND {queue.table_name}.id = picked.id
        RETURNING {queue.table_name}.*
        """  # noqa: S608  (names and numbers of our own); a plain IN (… LIMIT …) may be evaluated again for each row
    )


async def claim(
    session: AsyncSession, queue: LeaseQueue, authority_id: int, **values: object
) -> Sequence[Row[Any]]:
    """Claim a batch of due rows of an authority, longest due first; `values` are the parameters of `queue.where`."""
    found: Sequence[Row[Any]] = (
        await session.execute(_claim(queue), {"authority_id": authority_id, **values})
    ).all()
    return found


async def pick(session: AsyncSession, queue: LeaseQueue, authority_id: int) -> Row[Any] | None:
    """Lock the row that is longest due, for a table whose states change by transitions; None if there is none.

    The caller writes the transition with `lease_values`, or ends a row with no attempt left.
    """
    table = queue.table
    due = (table.c.state == queue.waiting) | (
        (table.c.state == queue.running) & (table.c.lease_until < func.now())
    )
    statement = (
        select(*table.c)
        .where(table.c.authority_id == authority_id, table.c.run_at <= func.now(), due)
        .order_by(table.c.run_at, table.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row: Row[Any] | None = (await session.execute(statement)).one_or_none()
    return row


def lease_values(queue: LeaseQueue, row: ClaimedRow) -> LeaseValues:
    """Return the columns of a new claim of a picked row."""
    return {"attempt": row.attempt + 1, "lease_until": func.now() + queue.lease}


def is_claimed(queue: LeaseQueue, authority_id: int, row: ClaimedRow) -> list[ColumnElement[bool]]:
    """Return the conditions under which the worker with this claim may still write."""
    table = queue.table
    conditions = [
        table.c.authority_id == authority_id,
        table.c.id == row.id,
        table.c.state == queue.running,
        table.c.attempt == row.attempt,
    ]
    return (
        [*conditions, table.c.lease_until > func.clock_timestamp()] if queue.only_within_lease else conditions
    )


async def _write(
    session: AsyncSession, queue: LeaseQueue, authority_id: int, row: ClaimedRow, **values: object
) -> bool:
    changed = await session.execute(
        update(queue.table)
        .where(*is_claimed(queue, authority_id, row))
        .values(**values)
        .returning(queue.table.c.id)
    )
    return changed.first() is not None


async def finish(
    session: AsyncSession, queue: LeaseQueue, authority_id: int, row: ClaimedRow, **values: object
) -> bool:
    """Mark claimed work as done, with further columns; return False, without writing, if the claim is lost."""
    values |= {"state": queue.done, "last_error": None}
    return await _write(session, queue, authority_id, row, **values)


async def fail(
    session: AsyncSession,
    queue: LeaseQueue,
    authority_id: int,
    row: FailedRow,
    reason: str,
    *,
    permanent: bool = False,
) -> bool:
    """Record a failed attempt: retry after a pause, or set the row aside after the last one or a permanent failure.

    Returns whether the row is set aside.
    """
    dead = permanent or row.attempt >= row.max_attempts
    pause = queue.pauses[min(row.attempt, len(queue.pauses)) - 1]
    values: dict[str, object] = {
        "state": queue.dead if dead else queue.waiting,
        "lease_until": None,
        "last_error": reason[:LONGEST_REASON],
        "run_at": func.now() + timedelta(minutes=pause),
    }
    await _write(session, queue, authority_id, row, **values)
    return dead


async def extend(
    session: AsyncSession, queue: LeaseQueue, authority_id: int, row: ClaimedRow, **values: object
) -> bool:
    """Extend a lease, and write columns of progress; return False if the claim is lost."""
    return await _write(session, queue, authority_id, row, lease_until=func.now() + queue.lease, **values)


async def release(session: AsyncSession, queue: LeaseQueue, authority_id: int, row: ClaimedRow) -> None:
    """End a lease, so that another worker can claim the row at once, because this one is stopping."""
    await _write(session, queue, authority_id, row, lease_until=func.now())


def announce_work(table: str, waiting: str) -> None:
    """Wake the workers when the transaction that makes a row due commits."""
    schema_rule(
        f"the_worker_hears_of_{table}_when_its_transaction_commits",
        f"""
CREATE FUNCTION announce_{table}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_notify('{CHANNEL}', NEW.authority_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_{table} AFTER INSERT OR UPDATE OF state ON {table} FOR EACH ROW
    WHEN (NEW.state = '{waiting}' AND NEW.run_at <= now()) EXECUTE FUNCTION announce_{table}();
""",
    )
