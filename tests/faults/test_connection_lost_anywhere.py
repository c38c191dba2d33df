"""The connection to PostgreSQL ends at any message of a request: it is run again, and is never an internal error."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alongside.features.authorities import queries
from alongside.platform.database.reads import Read, fetch_all
from alongside.platform.database.retries import is_retryable
from alongside.platform.database.session import Database
from tests.client import Client, words
from tests.databases import DatabaseCopy, app_over, open_database
from tests.faults.cutting_proxy import Break, CuttingProxy, cutting_proxy
from tests.features.escalations.builders import an_escalation
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL, NORTHSHIRE, OFFICER
from tests.sampling import sampled


@dataclass(frozen=True)
class Behind:
    """The app behind a proxy, and the page of an escalation, which is logged in a second transaction."""

    proxy: CuttingProxy
    client: Client
    database: Database
    escalation: str

    async def read(self) -> httpx.Response:
        """Read the escalation."""
        return await self.client.get(self.escalation, as_=OFFICER)

    async def read_on_new_connections(self) -> httpx.Response:
        """Read the escalation after the pool was emptied."""
        await self.database.engine.dispose()
        return await self.read()

    async def post(self) -> httpx.Response:
        """Post a need."""
        return await self.client.post("/needs", need(checked_second="y"), as_=HEAD_OF_MILL)


@pytest.fixture(scope="module")
async def behind(module_database: DatabaseCopy) -> AsyncIterator[Behind]:
    """The app with all its connections through the proxy."""
    direct = open_database(module_database, pool_size=1)
    escalation_id = await an_escalation(direct)
    await direct.close()
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(
        queries, "FRESH_FOR", float("inf")
    )  # messages are counted, so no page reads settings again
    async with (
        cutting_proxy(module_database.app_url) as proxy,
        app_over(replace(module_database, app_url=proxy.url)) as app,
    ):
        database = app.state.app_context.database
        yield Behind(proxy, Client(app), database, f"/escalations/{escalation_id}")
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("asked", "status", "step"),
    [(Behind.read, 200, 6), (Behind.read_on_new_connections, 200, 18), (Behind.post, 303, 12)],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
async def test_a_request_whose_connection_ends_is_run_again(
    behind: Behind, asked: Callable[[Behind], Awaitable[httpx.Response]], status: int, step: int
) -> None:
    """At each message; a sample takes every `step`th."""
    await asked(behind)
    behind.proxy.arm(None)
    await asked(behind)
    chosen = sampled(range(step), 1 / step, asked.__name__)
    points = [number for number in range(behind.proxy.messages) if number % step in chosen]
    assert len(points) > 4
    ended = {}
    for number in points:
        how = list(Break)[number // step % len(Break)]
        behind.proxy.arm(number, how)
        answer = await asked(behind)
        ended[number, how] = (answer.status_code, behind.proxy.broken)
    assert {place: end for place, end in ended.items() if end != (status, 1)} == {}


@pytest.mark.parametrize("state", ["57P03", "53300"], ids=["starting or in recovery", "too many connections"])
async def test_a_server_that_takes_no_connections_is_unavailable(behind: Behind, state: str) -> None:
    """In the second transaction of a page as well; a server that recovers meanwhile is not noticed."""
    await behind.read()  # prepares the statements, which takes more messages
    behind.proxy.arm(None)
    await behind.read()
    behind.proxy.arm(behind.proxy.messages - 4)
    behind.proxy.refusals = [state] * 50
    answer = await behind.read()
    assert (answer.status_code, behind.proxy.broken) == (503, 1), words(answer)
    behind.proxy.refusals = [state] * 2
    answer = await behind.read_on_new_connections()
    assert (answer.status_code, behind.proxy.refusals) == (200, []), words(answer)


async def test_a_wrong_value_is_a_fault_and_is_not_run_again(behind: Behind) -> None:
    """The driver calls it an InterfaceError, as it calls a lost connection."""
    wrong = Read(text("SELECT CAST(:day AS date)"), str)
    with pytest.raises((asyncpg.InterfaceError, DBAPIError)) as caught:
        async with behind.database.transaction(NORTHSHIRE, read_only=True) as session:
            await fetch_all(session, wrong, {"day": "no date"})
    assert not is_retryable(caught.value)
