"""Database sessions with a tenant context: the only way in which the app opens a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import asyncpg
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import QueuePool

from alongside.errors import ConfigurationError
from alongside.platform.database.base import COMPLETE, Base
from alongside.platform.database.connecting import open_connection
from alongside.platform.database.kept import KEPT, KeptByAuthority
from alongside.platform.database.reads import DRIVER
from alongside.platform.database.requester_context import KEY, SERVER_PROCESS
from alongside.platform.database.tenant_context import PROCESS, signed_tenant_context
from alongside.settings import Settings

ASYNCPG = "postgresql+asyncpg://"
"""Prefix for SQLAlchemy. asyncpg parses the address itself, because SQLAlchemy ignores `sslmode` and `sslrootcert`."""


FORGET_SETTINGS = "RESET ALL;"
FORGET_CURSORS = "CLOSE ALL;"
"""Sent before each BEGIN and after each COMMIT, in the same message, so that no session state survives a transaction.

CLOSE takes a snapshot, so before BEGIN it would fix the isolation level.
"""

SET_TENANT_CONTEXT = text("SELECT set_config('alongside.tenant_context', :context, true)")


_OUT_OF_STEP = (asyncpg.InternalClientError, AsyncAdapt_asyncpg_dbapi.InternalClientError)
"""The server ended in the midst of an operation: the next user of the connection would meet the same error."""


class TenantConnection(asyncpg.Connection):
    """A connection whose next BEGIN sets the tenant context in the same message, without an extra round trip."""

    __slots__ = ("_process", "next_tenant_context")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without a context: a transaction opened in any other way sees no rows and raises."""
        super().__init__(*args, **kwargs)
        self.next_tenant_context: str | None = None
        self._process: str | None = None

    def _get_unique_id(self, prefix: str) -> str:
        """Name a prepared statement of a typed read unguessably; asyncpg would count."""
        return f"{prefix}_{uuid4().hex}"

    async def server_process(self) -> str:
        """Return the server process behind this connection, to which contexts are bound; read once."""
        if self._process is None:
            self._process = str(await self.fetchval(PROCESS))
        return self._process

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str:
        """Run a command; add the tenant context to a BEGIN once, and clear the session state after it."""
        if query.startswith("BEGIN"):
            tenant_context, self.next_tenant_context = self.next_tenant_context, None
            query = f"{FORGET_SETTINGS} {query} {tenant_context or ''}"
        elif query.startswith("COMMIT"):
            query = f"{query.rstrip(';')}; {FORGET_CURSORS}"
        status: str = await super().execute(query, *args, timeout=timeout)
        return status


class Database:
    """One pool of connections to PostgreSQL as the app's role, and the key that signs tenant contexts.

    `url` is a `postgresql://` address; `pool_size` connections at most, `pool_wait` seconds to wait for one. `pooler`
    says that a pooler in transaction mode is used: the server process is then read in each transaction, and no
    statement stays prepared (docs/decisions/0008). Raises RuntimeError in a process that has not imported
    alongside.models_registry: without all tables, foreign keys cannot be resolved and retention would miss some.
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
        self.kept = KeptByAuthority()
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
        """Return the database of an installation, as the app's role."""
        return cls(
            settings.database_url,
            settings.signing_key,
            pool_size=pool_size,
            pool_wait=pool_wait,
            pooler=settings.pooler,
        )

    @classmethod
    def of_migrator(cls, settings: Settings) -> Self:
        """Return the database as the migrator, to write hosts and settings of authorities, which the app's role may
        not.

        Raises ConfigurationError without ALONGSIDE_MIGRATOR_URL.
        """
        return cls(settings.needed_migrator_url(), settings.signing_key, pool_size=1)

    @asynccontextmanager
    async def transaction(self, authority_id: int, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """Open one transaction for one authority: commit when the block ends without an error, otherwise roll back.

        Raises what PostgreSQL raises, also at the commit.
        """
        async with self.engine.connect() as connection:
            pooled = await connection.get_raw_connection()
            driver = pooled.driver_connection
            assert isinstance(driver, TenantConnection)
            mode = "SET TRANSACTION READ ONLY; " if read_only else ""
            session = LazySession(connection)
            session.info[KEY] = self.signing_key
            reads = session.info[DRIVER] = _Driver(session, connection, driver, pooled.dbapi_connection)
            if read_only:
                session.info[KEPT] = self.kept.of(authority_id)
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
                if session.is_made():
                    await session.commit()
                else:
                    await reads.end()
            except (DBAPIError, asyncpg.InternalClientError) as problem:
                if isinstance(getattr(problem, "orig", None) or problem, _OUT_OF_STEP):
                    await connection.invalidate()
                raise
            finally:
                if not read_only:
                    self.kept.forget(authority_id)
                driver.next_tenant_context = None
                session.info.pop(DRIVER, None)  # the connection belongs to the next session
                if session.is_made():
                    await session.close()

    @asynccontextmanager
    async def system_connection(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction without an authority: it can read only the shared tables."""
        async with self.engine.begin() as connection:
            yield connection

    def connections_used(self) -> int:
        """Return how many connections of the pool are in use."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


class LazySession(AsyncSession):
    """A session that makes SQLAlchemy's own when it is first used: a page with typed reads alone needs none."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Keep the connection for later."""
        self._kept_connection = connection
        self._kept_info: dict[object, object] = {}

    @property
    def info(self) -> dict[object, object]:
        """What belongs to this session, also before SQLAlchemy's is made."""
        return self._kept_info

    def is_made(self) -> bool:
        """Return whether SQLAlchemy's session has been used."""
        return "sync_session" in self.__dict__

    def __getattr__(self, name: str) -> object:
        if name not in ("sync_session", "_proxied", "_async_bind", "_async_binds"):
            raise AttributeError(name)
        super().__init__(bind=self._kept_connection, expire_on_commit=False, autoflush=True)
        self.sync_session.__dict__["info"] = self._kept_info
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class _Driver:
    """The connection of a session for typed reads; `adapter` is SQLAlchemy's, which knows whether it has begun."""

    session: LazySession
    connection: AsyncConnection
    driver: TenantConnection
    adapter: Any

    async def begin(self) -> asyncpg.Connection:
        """Begin the transaction of the session unless it has begun. Returns the connection."""
        if self.adapter._transaction is None:  # noqa: SLF001  (what the driver says could be another session's)
            transaction = self.driver.transaction()
            await transaction.start()
            self.adapter._transaction = transaction  # noqa: SLF001  (SQLAlchemy must not begin again, and ends it)
        return self.driver

    async def flush(self) -> None:
        """Flush what the session has not written yet."""
        if self.session.is_made() and (self.session.new or self.session.dirty or self.session.deleted):
            await self.session.flush()

    async def end(self) -> None:
        """Commit, if the transaction has begun and SQLAlchemy does not know of it."""
        transaction = self.adapter._transaction  # noqa: SLF001  (see `begin`)
        if transaction is None:
            return
        try:
            await transaction.commit()
        except BaseException as problem:
            await self.give_up()
            if isinstance(problem, asyncpg.PostgresError):
                raise DBAPIError("COMMIT", None, problem) from problem
            raise
        self.adapter._transaction = None  # noqa: SLF001  (it has ended)

    async def give_up(self) -> None:
        """Take a broken connection out of the pool."""
        await self.connection.invalidate()


def _statement_name() -> str:
    """Return an unguessable name, so that injected SQL cannot prepare a statement under it."""
    return f"alongside_{uuid4().hex}"


async def _process_behind(connection: AsyncConnection, driver: TenantConnection) -> str:
    """Return the server process of a connection; if the query fails, discard the connection and raise the error."""
    try:
        return await driver.server_process()
    except asyncpg.PostgresError as problem:
        await connection.invalidate()
        raise DBAPIError(PROCESS, None, problem) from problem
    except BaseException:
        await connection.invalidate()
        raise


async def check_database_role(database: Database) -> None:
    """Check at the start that the app does not connect as a role that bypasses row-level security.

    Raises ConfigurationError for a superuser, a role with BYPASSRLS, an owner of tables, a role whose statements others
    could read (track_activities), or a server before PostgreSQL 18.
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
            "Use alongside_app, which owns nothing and cannot bypass (docs/operator.md)."
        )
    if row.shown:
        raise ConfigurationError(
            f"What the role {row.name} runs could be read by others while it runs. "
            f"As a superuser: ALTER ROLE {row.name} SET track_activities = off (infra/roles.sql does it)."
        )
