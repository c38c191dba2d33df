"""Real Chromium, started once for a run, and the app served to it."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.server import Served, served
from tests.databases import DatabaseCopy, DatabaseServer, copy_of_template, drop

QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that lies here drives a browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium with an empty profile that is thrown away."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium: apt-get install chromium")
        pytest.skip("there is no Chromium here: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, headless=True, args=QUIETLY)
        yield browser
        await browser.close()


@pytest.fixture
async def app_context(copy: DatabaseCopy) -> AsyncIterator[Served]:
    """The app on a socket, over a database of this test's own."""
    async with served(copy) as on_air:
        yield on_air


@pytest.fixture(scope="module")
async def module_app_context(database_server: DatabaseServer) -> AsyncIterator[Served]:
    """The app on a socket, over one database for all tests of a module."""
    copy = await copy_of_template(database_server)
    async with served(copy) as on_air:
        yield on_air
    await drop(database_server, copy)
