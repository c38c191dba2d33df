"""Every page, empty, full and in error, wide and narrow: axe finds nothing, nothing runs over, the focus is seen."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

import asyncpg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from tests.access.dataset import make_world, put
from tests.access.matrix import routes_of
from tests.browser.pages import LISTS, NO_PAGES, THINGS, address
from tests.browser.server import Served, served
from tests.browser.session import let_in, visiting_in
from tests.databases import DatabaseServer, copy_of_template, drop
from tests.personas import DELEGATE_OF_MILL, HEAD_OF_FORD, HEAD_OF_MILL, MILL, NORTHSHIRE, Persona
from tests.sampling import sampled

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
AXE = Axe().axe_script
ASK_AXE = "options => axe.run(document, options).then(found => found.violations)"
"""Only what is amiss leaves the browser: all that was looked at is a hundred times as much."""
WIDE, NARROW, NARROWEST = 1280, 375, 320
LONG = "Fluency" * 30
BATCH = UUID(int=99)
REFUSALS = {
    "/not-signed-in/{because}": 403,
    "/invitations/{token}": 404,
    **{f"/problems/{status}": status for status in (400, 408, 413, 414, 429, 431)},
}
"""Pages that say why not."""

SHOWS_FOCUS = """
() => {
  const look = (one) => {
    const parts = [one, one.labels?.[0]].filter(Boolean)
    return parts.flatMap((part) => [null, '::before', '::after'].map((kind) => {
      const s = getComputedStyle(part, kind)
      return [s.outlineStyle, s.outlineColor, s.boxShadow, s.backgroundColor, s.borderColor].join()
    })).join('|') + [...one.querySelectorAll('circle')].map((c) => getComputedStyle(c).fill).join()
  }
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
  return [...document.querySelectorAll(wanted)].filter((one) => {
    if (!one.checkVisibility()) return false // a menu closes when the focus leaves it
    const before = (one.blur(), look(one))
    one.focus({ focusVisible: true, preventScroll: true })
    const same = look(one) === before
    one.blur()
    return same
  }).map((one) => one.outerHTML.slice(0, 120))
}
"""


@pytest.fixture(scope="module")
async def full(database_server: DatabaseServer) -> AsyncIterator[tuple[Served, dict[str, Any]]]:
    """The app over a database with one of everything, some of it with endless words."""
    copy = await copy_of_template(database_server)
    world = await make_world(copy.superuser_url)
    things = world.ids["own"] | {
        "urn": MILL,
        "person_id": HEAD_OF_FORD.person_id,
        "batch_id": BATCH,
        "role_assignment_id": DELEGATE_OF_MILL.role_assignment_id,
    }
    await _more(copy.superuser_url)
    async with served(copy) as app_context:
        yield app_context, things
    await drop(database_server, copy)


async def _more(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    inside: dict[str, Any] = {"authority_id": NORTHSHIRE}
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("UPDATE need SET wanted = $1, title = title || ' ' || left($1, 80)", LONG)
        await connection.execute(
            "UPDATE offer SET description = $1, title = title || ' ' || left($1, 80)", LONG
        )
        await connection.execute(
            "INSERT INTO invitation (batch_id, authority_id, token_hash, name, email, role, school_urn, expires_at)"
            " VALUES ($1, $2, 'x', 'Ina Invited', $3, 'delegate', $4, now() + interval '9 days')",
            BATCH,
            NORTHSHIRE,
            f"{'a' * 60}@{'school.' * 8}example",
            MILL,
        )
        for person in (HEAD_OF_MILL.person_id,):
            await put(
                connection,
                "notification",
                **inside,
                person_id=person,
                kind="need_posted",
                text="A need was posted",
                path="/needs-and-offers",
                once="seen",
            )
            await put(
                connection,
                "email_outbox",
                **inside,
                person_id=person,
                to_address="mina@example.org",
                subject="A need was posted",
                body="Look",
                path="/needs-and-offers",
                state="given_up",
                last_error="No such mailbox",
            )
    finally:
        await connection.close()


async def look_at(page: Page) -> list[str]:
    """What is wrong with the page that is open: wide in light colours, narrow in dark ones."""
    found = []
    assert await page.title()
    if await page.locator("h1").count() != 1:
        found.append("not one h1")
    await page.evaluate(AXE)
    schemes: tuple[tuple[int, Literal["light", "dark"]], ...] = ((WIDE, "light"), (NARROW, "dark"))
    for width, colours in schemes:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        for one in await page.evaluate(ASK_AXE, OPTIONS):
            where = "; ".join(node["html"][:160] for node in one["nodes"][:3])
            found.append(f"{width}, {colours}: {one['id']}: {one['help']}: {where}")
    for width in (NARROW, NARROWEST):
        await page.set_viewport_size({"width": width, "height": 900})
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: runs over")
    unseen = await page.evaluate(SHOWS_FOCUS)
    found += [f"the focus is not seen on {one}" for one in unseen]
    return found


@pytest.fixture(scope="module")
async def windows(chromium: Browser) -> AsyncIterator[Callable[[Persona | None], Awaitable[BrowserContext]]]:
    """A window for each person, opened and signed in once: these tests look at pages and leave nothing in it."""
    kept: dict[Persona | None, BrowserContext] = {}

    async def of(one: Persona | None) -> BrowserContext:
        if one not in kept:
            kept[one] = await chromium.new_context(bypass_csp=True)
            if one is not None:
                await let_in(kept[one], one)
        return kept[one]

    yield of
    for context in kept.values():
        await context.close()


async def _check(
    windows: Any, app_context: Served, one: Persona | None, path: str, status: int = 200
) -> None:
    async with visiting_in(await windows(one), app_context, one) as visitor:
        assert await visitor.goes(path) == status, await visitor.reads()
        assert await look_at(visitor.page) == []


def test_every_page_is_looked_at(full: Any) -> None:
    """A page that nobody placed in the list fails here."""
    app_context, _ = full
    gets = {route.path for route in routes_of(app_context.app) if route.method == "GET"}
    placed = {
        re.sub(r"{(to_release)}", "{proposal_id}", path)
        .replace("{preparing}", "{agreement_id}")
        .replace("{agreement_to_claim}", "{agreement_id}")
        .replace("{visit_request_to_answer}", "{visit_request_id}")
        .replace("{visit_to_answer}", "{visit_id}")
        .replace("{disputed_visit}", "{visit_id}")
        for path in THINGS
    }
    bare = {re.sub(r":\w+}", "}", path) for path in gets}
    assert bare - placed - set(LISTS) - set(NO_PAGES) == set()


@pytest.mark.parametrize("path", sampled(LISTS, 1 / 3, "first day"))
async def test_a_page_with_nothing_on_it_yet(module_app_context: Served, windows: Any, path: str) -> None:
    """The first day."""
    await _check(windows, module_app_context, LISTS[path], address(path, {}), REFUSALS.get(path, 200))


@pytest.mark.parametrize("path", sampled([*LISTS, *THINGS], 1 / 3, "busy day"))
async def test_a_full_page_and_its_form_in_error(full: Any, windows: Any, path: str) -> None:
    """A busy day, with endless words; and whatever form the page has, sent with nothing in it."""
    app_context, things = full
    one = (LISTS | THINGS)[path]
    async with visiting_in(await windows(one), app_context, one) as visitor:
        status = await visitor.goes(address(path, things))
        assert status in (REFUSALS.get(path, 200), 409), await visitor.reads()
        assert await look_at(visitor.page) == []
        await visitor.page.set_viewport_size({"width": WIDE, "height": 900})
        form = visitor.page.locator("main form[method=post]:not(details *)").filter(
            has=visitor.page.locator("textarea, input.govuk-input")
        )
        if not await form.count():
            return
        for typed in await form.first.locator("textarea, input.govuk-input").all():
            await typed.evaluate("one => { one.value = '' }")
        async with visitor.page.expect_navigation() as going:
            await form.first.locator("button").first.click()
        answer = await going.value
        assert answer.status in (200, 409, 422), await visitor.reads()
        assert await look_at(visitor.page) == []


@pytest.mark.parametrize("path", ["/nowhere", "/needs/00000000-0000-7000-8000-00000000dead"])
async def test_what_is_not_there(module_app_context: Served, windows: Any, path: str) -> None:
    """The same page for both."""
    await _check(windows, module_app_context, HEAD_OF_MILL, path, 404)
