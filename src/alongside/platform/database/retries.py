"""Errors of a database that is away or busy: which are temporary, and transactions that run again after them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from alongside.errors import ServiceUnavailable

RETRYABLE_STATES = {"40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006", "53300"}
"""Serialisation failure, deadlock, the server going down or coming up, a broken connection, too many connections."""

TOOK_TOO_LONG = {"57014", "25P03", "25P04"}
"""Cancelled by statement_timeout, ended by idle_in_transaction_session_timeout or by transaction_timeout."""

DATABASE_ERRORS = (SQLAlchemyError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a transaction may raise while the database is away, and also for a wrong statement: see `is_retryable`."""

MAX_ATTEMPTS = 5
Result = TypeVar("Result")


def is_retryable(error: BaseException | None) -> bool:
    """Return whether the transaction failed for a temporary reason, so that it may be run again."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or _state(error.orig) in RETRYABLE_STATES:
            return True
        return is_retryable(error.orig) or is_retryable(getattr(error.orig, "__cause__", None))
    return not isinstance(
        error, ValueError
    ) and isinstance(  # a wrong argument is both of asyncpg and a ValueError
        error,
        ConnectionError
        | asyncpg.PostgresConnectionError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError
        | asyncpg.CannotConnectNowError
        | asyncpg.TooManyConnectionsError
        | asyncpg.exceptions.AdminShutdownError
        | asyncpg.exceptions.CrashShutdownError,
    )


def is_passing(error: BaseException) -> bool:
    """Return whether work failed only because the database is away or busy, so that it may be done again."""
    return is_retryable(error) or isinstance(error, OSError)


def took_too_long(error: BaseException | None) -> bool:
    """Return whether PostgreSQL ended the transaction because of a time limit, so that it must not be run again."""
    return _state(error.orig if isinstance(error, DBAPIError) else error) in TOOK_TOO_LONG


def is_unavailable(error: BaseException) -> bool:
    """Return whether a page failed because the database is away or busy, and not because of a fault in the page."""
    return isinstance(error, PoolTimeout) or is_retryable(error) or took_too_long(error)


async def run_with_retries(transaction: Callable[[], Awaitable[Result]]) -> Result:
    """Run a transaction of a request, and run it again after a temporary error of the database.

    It must be safe to run twice, because a commit that was cut off may have taken effect: an action is recognised by
    its idempotency key. Raises ServiceUnavailable after the last attempt, and at once after a time limit.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return await transaction()
        except DATABASE_ERRORS as problem:
            waited_long_enough = isinstance(problem, PoolTimeout | TimeoutError) or took_too_long(problem)
            if not waited_long_enough and not is_retryable(problem):
                raise
            if waited_long_enough or attempt == MAX_ATTEMPTS:
                raise ServiceUnavailable from problem
            await asyncio.sleep(0.025 * 2**attempt)
    raise ServiceUnavailable


def _state(error: BaseException | None) -> str | None:
    """Return the SQLSTATE of an error of the driver."""
    state: str | None = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state
