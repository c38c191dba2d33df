"""Fixtures for all tests: a database with the personas, and a client for the app."""

import gc
import logging
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from hypothesis import settings

from alongside.features.schools.term_dates import hard_news
from alongside.platform.database.session import Database
from tests.client import Client
from tests.databases import (
    SIGNING_KEY,
    DatabaseCopy,
    DatabaseServer,
    app_over,
    copy_of_template,
    current_database_server,
    drop,
    make_known,
    open_database,
    start_database_server,
)
from tests.sampling import ALL, SEED

settings.register_profile("suite", deadline=None)  # a busy machine is no failure
settings.load_profile("suite")

_server: Any = None

LONGEST = (
    "tests/setup/test_demonstration.py",
    "tests/access/test_every_route.py",
    "tests/simulation/test_a_week.py",
    "tests/large/test_every_page_is_small.py",
    "tests/browser/test_pages_are_accessible.py",
    "tests/faults/test_crashes.py",
    "tests/mutants/test_sample.py",
    "tests/dev/test_load_demonstration.py",
    "tests/faults/test_timers.py",
    "tests/faults/test_pool.py",
    "tests/processes/test_a_new_authority.py",
    "tests/processes/test_commands.py",
    "tests/browser/test_policy.py",
    "tests/browser/test_the_whole_journey.py",
    "tests/browser/test_an_escalation_is_walked.py",
)
"""Files and tests that take half a minute or more, in the order in which they start; then the browser tests, then the
rest.
"""


def pytest_configure(config: pytest.Config) -> None:
    """Start the PostgreSQL server of this run, in the controlling process; a run within a run uses the same."""
    global _server
    shared = hasattr(config, "workerinput") or "ALONGSIDE_TEST_DATABASE_SERVER" in os.environ
    if not shared and not config.option.collectonly:
        _server = start_database_server()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for slug in ("northshire", "southshire"):
        make_known(slug)


def pytest_report_header() -> str:
    """Name the sample of this run."""
    return "sample: every case" if ALL else f"sample: ALONGSIDE_SAMPLE_SEED={SEED}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first, so that no worker is left with one of them at the end."""

    def position(item: pytest.Item) -> int:
        file = item.nodeid.split("::")[0]
        if file in LONGEST:
            return LONGEST.index(file)
        return len(LONGEST) + (not file.startswith("tests/browser/"))

    items.sort(key=position)


def pytest_collection_finish() -> None:
    """Exclude imported and collected objects from garbage collection, as the app does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server."""
    if _server is not None:
        _server.stop()


@pytest.fixture(autouse=True)
def a_school_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad news is sent at once on any day on which the tests run: its clock shows a Wednesday in term."""
    monkeypatch.setattr(hard_news, "current_time", lambda: datetime(2026, 11, 25, 10, tzinfo=UTC))


@pytest.fixture(scope="session")
def database_server() -> DatabaseServer:
    """The server of this run."""
    return current_database_server()


@pytest.fixture
async def copy(database_server: DatabaseServer) -> AsyncIterator[DatabaseCopy]:
    """A database for this test."""
    made = await copy_of_template(database_server)
    yield made
    await drop(database_server, made)


@pytest.fixture
async def database(copy: DatabaseCopy) -> AsyncIterator[Database]:
    """The database of this test, as the app's role."""
    opened = open_database(copy)
    yield opened
    await opened.close()


@pytest.fixture
async def operator(database_server: DatabaseServer, copy: DatabaseCopy) -> AsyncIterator[Database]:
    """The same database as the migrator, for hosts and settings of authorities."""
    opened = Database(database_server.url(copy.name, "alongside_migrator"), SIGNING_KEY, pool_size=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def module_database(database_server: DatabaseServer) -> AsyncIterator[DatabaseCopy]:
    """A database shared by the tests of a module that only read, or clean up after themselves."""
    made = await copy_of_template(database_server)
    yield made
    await drop(database_server, made)


@pytest.fixture
async def client(copy: DatabaseCopy) -> AsyncIterator[Client]:
    """A client for the app, with a database for this test."""
    async with app_over(copy) as app:
        yield Client(app)


@pytest.fixture(scope="module")
async def module_client(module_database: DatabaseCopy) -> AsyncIterator[Client]:
    """A client for the app, with a database shared by the tests of a module."""
    async with app_over(module_database) as app:
        yield Client(app)
