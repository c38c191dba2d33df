"""The Server-Timing header: the statements and times of a page, for signed-in people where the app is developed.

Production never sends it, because times would help to guess what a page found. Source: W3C, Server Timing.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import asyncpg
from asyncpg.connection import LoggedQuery
from sqlalchemy import Connection, event
from sqlalchemy.pool import ManagesConnection

from alongside.platform.access.principal import Principal
from alongside.platform.database.session import Database
from alongside.platform.web.context import AppContext
from alongside.platform.web.http import HttpResponse

HEADER = "server-timing"
FRAME = re.compile(r"(RESET ALL; )?\s*(BEGIN|COMMIT|ROLLBACK)")
"""What begins or ends a transaction is not counted as a statement."""


@dataclass
class Timing:
    """Statements of one request, and seconds of them and of rendering."""

    began: float = field(default_factory=time.perf_counter)
    statements: int = 0
    database: float = 0.0
    render: float = 0.0

    def add_header(self, response: HttpResponse, app_context: AppContext, person: Principal | None) -> None:
        """Add the header where it may be sent."""
        if not app_context.demonstration or person is None or not person.signed_in:
            return
        plural = "" if self.statements == 1 else "s"
        response.headers[HEADER] = (
            f'db;desc="{self.statements} statement{plural}";dur={self.database * 1000:.1f}, '
            f"render;dur={self.render * 1000:.1f}, total;dur={(time.perf_counter() - self.began) * 1000:.1f}"
        )


_current: ContextVar[Timing | None] = ContextVar("timing", default=None)


def begin_timing() -> Timing:
    """Begin the measurement of a request, to which the statements of this task are added."""
    timing = Timing()
    _current.set(timing)
    return timing


@contextmanager
def rendering() -> Iterator[None]:
    """Measure the block as rendering of this task's request."""
    began = time.perf_counter()
    yield
    timing = _current.get()
    if timing is not None:
        timing.render += time.perf_counter() - began


def _add(seconds: float) -> None:
    timing = _current.get()
    if timing is not None:
        timing.statements += 1
        timing.database += seconds


def observe_statements(database: Database) -> None:
    """Count the statements of a database: SQLAlchemy's by its events, typed reads by asyncpg's logger.

    asyncpg's logger does not see the prepared statements that SQLAlchemy uses, except those run for many rows.
    """

    def before(connection: Connection, *_: object) -> None:
        connection.info["statement_began"] = time.perf_counter()

    def after(connection: Connection, *given: object) -> None:
        if not given[-1]:  # whether for many rows
            _add(time.perf_counter() - connection.info["statement_began"])

    def connected(adapted: ManagesConnection, _record: object) -> None:
        driver = adapted.driver_connection
        assert isinstance(driver, asyncpg.Connection)
        driver.add_query_logger(_logged)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "connect", connected)


def _logged(record: LoggedQuery) -> None:
    if not FRAME.match(record.query):
        _add(record.elapsed)
