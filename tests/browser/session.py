"""Somebody at a browser, and a watch on whatever a page does that it should not."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from alongside.platform.web.context import SESSION_COOKIE
from tests.browser.server import Served
from tests.patience import PATIENCE
from tests.personas import HEAD_OF_MILL, Persona

EXPECTED = ("the server responded with a status of 4",)
"""Chromium writes this line for every page that answers 409 or 422: it is no fault of the page."""

DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")


@dataclass
class Visitor:
    """A browser window and what went wrong in it."""

    page: Page
    served: Served
    host: str
    wrong: list[str] = field(default_factory=list)

    async def goes(self, path: str) -> int:
        """Open a page; its status."""
        answer = await self.page.goto(self.served.at(path, self.host))
        assert answer is not None, path
        return answer.status

    @property
    def path(self) -> str:
        """Where the window is."""
        return urlsplit(self.page.url).path

    async def reads(self) -> str:
        """The words of the page's main part, white space folded."""
        return " ".join((await self.page.locator("main").inner_text()).split())

    async def presses(self, text: str) -> None:
        """Press the button or follow the link of that name, and wait for what comes."""
        main = self.page.locator("main")
        named = main.get_by_role("button", name=text, exact=True).or_(
            main.get_by_role("link", name=text, exact=True)
        )
        await named.first.click()
        await self.page.wait_for_load_state()

    def watch(self, page: Page) -> None:
        """Note errors, messages of the console, dialogs, and requests that leave the house."""

        def heard(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not any(one in message.text for one in EXPECTED):
                self.wrong.append(f"{page.url}: {message.text}")

        def asked(request: Request) -> None:
            whither = urlsplit(request.url)
            if (
                whither.scheme in ("http", "https", "ws", "wss")
                and whither.netloc != f"{self.host}:{self.served.port}"
            ):
                self.wrong.append(f"{page.url}: asked {request.url}")

        async def spoke(dialog: Any) -> None:
            self.wrong.append(f"{page.url}: dialog {dialog.message}")
            await dialog.dismiss()

        page.on("console", heard)
        page.on("request", asked)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("dialog", spoke)


async def let_in(context: BrowserContext, one: Persona) -> None:
    """Give a browser the cookie of a member of the cast."""
    await context.add_cookies(
        [
            {
                "name": SESSION_COOKIE,
                "value": one.token,
                "url": f"https://{one.host}/",
                "secure": True,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )


@asynccontextmanager
async def visiting(
    browser: Browser, served: Served, one: Persona | None = None, **options: Any
) -> AsyncIterator[Visitor]:
    """A window of one's own, signed in as a member of the cast if one is named; it fails if anything went wrong in it."""
    context = await browser.new_context(**options)
    try:
        if one is not None:
            await let_in(context, one)
        async with visiting_in(context, served, one) as visitor:
            yield visitor
    finally:
        await context.close()


@asynccontextmanager
async def visiting_in(
    context: BrowserContext, served: Served, one: Persona | None = None
) -> AsyncIterator[Visitor]:
    """A new tab in a window that there is, which knows the style sheets and scripts that it has seen before."""
    context.set_default_timeout(PATIENCE * 1000)
    visitor = Visitor(await context.new_page(), served, (one or HEAD_OF_MILL).host)
    visitor.watch(visitor.page)
    try:
        yield visitor
        assert visitor.wrong == []
    finally:
        await visitor.page.close()


async def fill(visitor: Visitor, answers: Mapping[str, str | Sequence[str]]) -> None:
    """Answer a form as a person does: type into what is typed into, choose what is chosen from."""
    for name, given in answers.items():
        if DAY.fullmatch(str(given)):
            parts = zip(("day", "month", "year"), str(given).split("/"), strict=True)
            for part, number in parts:
                await visitor.page.fill(f"main form [name='{name}-{part}']", number)
            continue
        controls = visitor.page.locator(f"main form [name='{name}']")
        kind = await controls.first.evaluate("one => one.localName + ':' + one.type")
        if kind.startswith("select"):
            await controls.select_option(str(given))
        elif kind in ("input:radio", "input:checkbox"):
            for value in [given] if isinstance(given, str) else given:
                await visitor.page.check(f"main form [name='{name}'][value='{value}']")
        else:
            await controls.fill(str(given))
