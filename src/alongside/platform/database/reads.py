"""Typed reads: a statement that is compiled once, run on asyncpg, and whose rows are decoded into a frozen type.

Half of the time of a page went into SQLAlchemy around its statements. A `Read` keeps what does not change between two
runs (SQL, order of parameters, conversions of columns) and leaves the rest to asyncpg. It runs in the transaction of
the session, so the tenant context, the policies and the retry rule are the same (docs/decisions/0013).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import asyncpg
import msgspec
from sqlalchemy import ColumnElement, Executable, Float, Label, Numeric, SelectBase
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

DRIVER = "alongside_driver"
"""The key in `AsyncSession.info` under which the session keeps its driver connection."""

PLAN_EACH_TIME = "SET LOCAL plan_cache_mode = force_custom_plan"
PLAN_AS_USUAL = "SET LOCAL plan_cache_mode = auto"

DIALECT = dialect()  # type: ignore[no-untyped-call]
Row_co = TypeVar("Row_co", covariant=True)
Convert = Callable[[Any], Any]


class Driver(Protocol):
    """A connection of asyncpg inside the transaction of a session."""

    async def begin(self) -> asyncpg.Connection:
        """Begin the transaction of the session unless it has begun. Returns the connection."""

    async def flush(self) -> None:
        """Flush what the session has not written yet."""

    async def give_up(self) -> None:
        """Take a broken connection out of the pool."""


class Read(Generic[Row_co]):
    """A SELECT and the type of its rows, whose fields are the columns in the order of the statement.

    Declare it once, at module level. `values` that do not change, such as a list of states, may be bound in the
    statement itself. With `plan_each_time` PostgreSQL plans each execution with its values: for a statement whose
    general plan, used from the sixth execution on, is slower by more than the planning takes.
    """

    def __init__(
        self, statement: Executable, row: Callable[..., Row_co], *, plan_each_time: bool = False
    ) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise ValueError("A read is compiled once: compare with any_(…) of an array instead of in_(…).")
        self.row = row
        self.plan_each_time = plan_each_time
        self.parameters: tuple[tuple[str, object, Convert | None], ...] = tuple(
            (bound.key, bound.effective_value, bound.type.dialect_impl(DIALECT).bind_processor(DIALECT))
            for bound in (compiled.binds[name] for name in compiled.positiontup or ())
        )
        columns: Sequence[ColumnElement[object]] = (
            list(statement.selected_columns) if isinstance(statement, SelectBase) else []
        )
        self._columns: tuple[tuple[int, Convert], ...] = tuple(
            (place, convert)
            for place, column in enumerate(columns)
            if not isinstance(column.type, Numeric | Float)  # asyncpg returns Decimal and float as they are
            and (convert := column.type.dialect_impl(DIALECT).result_processor(DIALECT, None)) is not None
        )

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """Return the arguments of the statement in order. Raises KeyError for a parameter without a value."""
        found = []
        for name, default, convert in self.parameters:
            value = values.get(name, default) if default is not None else values[name]
            found.append(convert(value) if convert is not None else value)
        return found

    def decoded(self, records: Sequence[asyncpg.Record]) -> list[Row_co]:
        """Return the rows of the result."""
        if not self._columns:
            return [self.row(*record) for record in records]
        found = []
        for record in records:
            values = list(record)
            for place, convert in self._columns:
                values[place] = convert(values[place])
            found.append(self.row(*values))
        return found


def columns_of(
    row: type[msgspec.Struct],
    table: type[DeclarativeBase],
    **others: ColumnElement[Any] | InstrumentedAttribute[Any],
) -> list[Label[Any]]:
    """Return the columns of a SELECT for the fields of a row, in their order: one of `others`, or of the table."""
    own = table.__table__.c
    return [(others[name] if name in others else own[name]).label(name) for name in row.__struct_fields__]


async def fetch_all(session: AsyncSession, read: Read[Row_co], values: Mapping[str, object]) -> list[Row_co]:
    """Run a read in the session's transaction. Raises DBAPIError, as SQLAlchemy does, for every error of PostgreSQL."""
    driver: Driver = session.info[DRIVER]
    await driver.flush()
    arguments = read.arguments(values)
    try:
        connection = await driver.begin()
        if read.plan_each_time:
            await connection.execute(PLAN_EACH_TIME)
        records = await connection.fetch(read.sql, *arguments)
        if read.plan_each_time:
            await connection.execute(PLAN_AS_USUAL)
    except asyncpg.PostgresError as problem:
        if isinstance(problem, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
            await driver.give_up()
        raise DBAPIError(read.sql, None, problem) from problem
    except BaseException:  # also when cancelled: nobody knows whether the transaction has begun
        await driver.give_up()
        raise
    return read.decoded(records)


async def fetch_one(session: AsyncSession, read: Read[Row_co], values: Mapping[str, object]) -> Row_co | None:
    """Run a read of at most one row. Raises ValueError for more."""
    found = await fetch_all(session, read, values)
    if len(found) > 1:
        raise ValueError(f"{len(found)} rows instead of one")
    return found[0] if found else None


async def select_all(
    session: AsyncSession, statement: Executable, row: Callable[..., Row_co], values: Mapping[str, object]
) -> list[Row_co]:
    """Run a SELECT that varies with the person who asks, and decode its rows; SQLAlchemy keeps its compiled form."""
    return [row(*one) for one in (await session.execute(statement, values)).all()]


async def select_one(
    session: AsyncSession, statement: Executable, row: Callable[..., Row_co], values: Mapping[str, object]
) -> Row_co | None:
    """Run such a SELECT of at most one row."""
    found = (await session.execute(statement, values)).one_or_none()
    return None if found is None else row(*found)
