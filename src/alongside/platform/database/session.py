"""The fenced transaction: the only way to the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

from alongside.errors import ConfigurationError
from alongside.platform.database.base import COMPLETE, Base
from alongside.platform.database.connecting import open_connection
from alongside.platform.database.requester_context import KEY, SERVER_PROCESS
from alongside.platform.database.tenant_context import PROCESS, signed_tenant_context
from alongside.settings import Settings

RETRYABLE_STATES = {"40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006", "53300"}
"""Lost serialisation, deadlock, the server going down or coming up, a broken connection, too many connections."""

ASYNCPG = "postgresql+asyncpg://"
"""asyncpg reads the address itself: SQLAlchemy knows neither `sslmode` nor `sslrootcert` in it."""

TOOK_TOO_LONG = {"57014", "25P03", "25P04"}
"""Cancelled by statement_timeout, ended by idle_in_transaction_session_timeout or by transaction_timeout."""

DATABASE_ERRORS = (DBAPIError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a statement, or a connection cut off at whatever moment, may raise: see `may_try_again`."""


FORGET_SETTINGS = "RESET ALL;"
FORGET_CURSORS = "CLOSE ALL;"
"""What stands before each BEGIN and after each COMMIT, in the same message: nothing that a transaction left behind for
the session is there in the next one. CLOSE takes a snapshot, so before BEGIN it would fix the isolation level."""

SET_TENANT_CONTEXT = text("SELECT set_config('alongside.tenant_context', :context, true)")


class TenantConnection(asyncpg.Connection):
    """A connection whose next BEGIN carries the fence in the same message: no extra round trip."""

    __slots__ = ("_process", "next_tenant_context")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start unfenced: a transaction opened by any other door sees no row and says so."""
        super().__init__(*args, **kwargs)
        self.next_tenant_context: str | None = None
        self._process: str | None = None

    async def server_process(self) -> str:
        """The server process behind this connection, to which contexts are bound: asked for once."""
        if self._process is None:
            self._process = str(await self.fetchval(PROCESS))
        return self._process

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        """Run a command; to the BEGIN of a transaction add the fence, which is then spent; after it leave nothing."""
        if query.startswith("BEGIN"):
            fence, self.next_tenant_context = self.next_tenant_context, None
            query = f"{FORGET_SETTINGS} {query} {fence or ''}"
        elif query.startswith("COMMIT"):
            query = f"{query.rstrip(';')}; {FORGET_CURSORS}"
        status: str = await super().execute(query, *args, timeout=timeout)
        return status


class Database:
    """One pool of connections to PostgreSQL as the app's role, and the key that signs fences.

    `url` is a `postgresql://` address; `pool_size` connections at most, `pool_wait` seconds to wait for one. `pooler`
    says that a pooler in transaction mode stands between: the server process is then read in each transaction, and no
    statement stays prepared (docs/decisions/0008). Raises RuntimeError in a process that has not imported
    alongside.models_registry: with some tables missing, foreign keys cannot be resolved and retention passes over
    what it does
    not know.
    """

    def __init__(
        self,
        url: str,
        signing_key: bytes,
        *,
        pool_size: int = 10,
        pool_wait: float = 2.0,
        pooler: bool = False,
    ) -> None:
        if COMPLETE not in Base.metadata.info:
            raise RuntimeError(
                "Import alongside.models_registry before a database is opened: some tables are not declared."
            )
        self.signing_key = signing_key
        self.address = url
        self.pooler = pooler
        self.engine: AsyncEngine = create_async_engine(
            ASYNCPG,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait,
            pool_reset_on_return="rollback",
            connect_args={
                "async_creator_fn": open_connection,
                "dsn": url,
                "connection_class": TenantConnection,
                "timeout": 5,
                "command_timeout": 15,
                "prepared_statement_name_func": _statement_name,
                **({"statement_cache_size": 0, "prepared_statement_cache_size": 0} if pooler else {}),
            },
        )

    @classmethod
    def of(cls, settings: Settings, *, pool_size: int = 1, pool_wait: float = 2.0) -> Self:
        """The app's way to the database of an installation."""
        return cls(
            settings.database_url,
            settings.signing_key,
            pool_size=pool_size,
            pool_wait=pool_wait,
            pooler=settings.pooler,
        )

    @classmethod
    def of_migrator(cls, settings: Settings) -> Self:
        """The operator's way, for what the app's role may not write: hosts and settings of authorities.

        Raises WrongSetUp without ALONGSIDE_MIGRATOR_URL.
        """
        return cls(settings.needed_migrator_url(), settings.signing_key, pool_size=1)

    @asynccontextmanager
    async def transaction(self, authority_id: int, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """One transaction within one authority: committed when the block ends well, else rolled back.

        Raises what PostgreSQL raises, also at the commit: no error of a commit is swallowed.
        """
        async with self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, TenantConnection)
            mode = "SET TRANSACTION READ ONLY; " if read_only else ""
            session = AsyncSession(bind=connection, expire_on_commit=False, autoflush=True)
            session.info[KEY] = self.signing_key
            try:
                if self.pooler:
                    driver.next_tenant_context = mode
                    process = str(await session.scalar(text(PROCESS)))
                    context = signed_tenant_context(authority_id, self.signing_key, process)
                    await session.execute(SET_TENANT_CONTEXT, {"context": context})
                else:
                    process = await _process_behind(connection, driver)
                    context = signed_tenant_context(authority_id, self.signing_key, process)
                    driver.next_tenant_context = f"{mode}SET LOCAL alongside.tenant_context = '{context}'"
                session.info[SERVER_PROCESS] = process
                yield session
                await session.commit()
            finally:
                driver.next_tenant_context = None
                await session.close()

    @asynccontextmanager
    async def system_connection(self) -> AsyncIterator[AsyncConnection]:
        """One transaction outside any authority: it can read the shared tables (the list of authorities) only."""
        async with self.engine.begin() as connection:
            yield connection

    def connections_used(self) -> int:
        """How many connections of the pool are in use just now."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    async def close(self) -> None:
        """Let all connections go."""
        await self.engine.dispose()


def _statement_name() -> str:
    """A name that nobody can guess, so that injected SQL cannot put a statement of its own under it."""
    return f"alongside_{uuid4().hex}"


async def _process_behind(connection: AsyncConnection, driver: TenantConnection) -> str:
    """The server process of a connection; one that cannot tell it is not used again. Raises as a statement does."""
    try:
        return await driver.server_process()
    except asyncpg.PostgresError as problem:
        await connection.invalidate()
        raise DBAPIError(PROCESS, None, problem) from problem
    except BaseException:
        await connection.invalidate()
        raise


def is_retryable(error: BaseException | None) -> bool:
    """Whether the transaction failed for a reason that passes: run the whole of it once more."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        return error.connection_invalidated or state in RETRYABLE_STATES or is_retryable(error.orig)
    return isinstance(
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


def took_too_long(error: BaseException | None) -> bool:
    """Whether PostgreSQL ended the transaction because of its time limits: trying again would make it worse."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in TOOK_TOO_LONG


async def check_database_role(database: Database) -> None:
    """Stop the start-up when the app would connect as a role that could pass by the fence.

    Raises WrongSetUp for a superuser, a role with BYPASSRLS, an owner of tables, a role whose statements others could
    read (track_activities), or a server before PostgreSQL 18.
    """
    async with database.system_connection() as connection:
        row = (
            await connection.execute(
                text(
                    "SELECT current_user AS name, rolsuper OR rolbypassrls AS passes, "
                    "current_setting('server_version_num')::int AS version, "
                    "current_setting('track_activities')::bool AS shown, "
                    "EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                    "        WHERE n.nspname IN ('public', 'security') AND pg_has_role(c.relowner, 'member')) AS owns "
                    "FROM pg_roles WHERE rolname = current_user"
                )
            )
        ).one()
    if row.version < 180000:
        raise ConfigurationError("PostgreSQL 18 or newer is needed: point DATABASE_URL at one.")
    if row.passes or row.owns:
        raise ConfigurationError(
            f"The role {row.name} in DATABASE_URL could read past row-level security. "
            "Use alongside_app, which owns nothing and cannot bypass (infra/README.md)."
        )
    if row.shown:
        raise ConfigurationError(
            f"What the role {row.name} runs could be read by others while it runs. "
            f"As a superuser: ALTER ROLE {row.name} SET track_activities = off (infra/roles.sql does it)."
        )
