"""What a browser's own buttons do: back after signing out, back to a filtered board, twice on one button, two windows."""

import asyncpg
import pytest
from playwright.async_api import Browser

from tests.browser.journey import NEED_TYPED, comes_in
from tests.browser.server import Served
from tests.browser.session import Visitor, fill, visiting
from tests.personas import HEAD_OF_MILL, TWIN_HEAD_OF_MILL


async def posted(mill: Visitor) -> str:
    """A need of Mill's; where it stands."""
    await mill.goes("/needs/new")
    await fill(mill, NEED_TYPED)
    await mill.presses("Post this need")
    return mill.path


async def test_back_after_signing_out_shows_nothing(app_context: Served, chromium: Browser) -> None:
    """Not from the browser's memory either: the next person at this computer sees the sign-in page."""
    async with visiting(chromium, app_context) as mill:
        await comes_in(mill, HEAD_OF_MILL)
        need = await posted(mill)
        await mill.page.get_by_role("button", name="Sign out").click()
        await mill.page.wait_for_url(lambda url: need not in url)
        for _ in range(3):
            await mill.page.go_back()
            assert "Fluency in Year 3 and 4" not in await mill.page.content()
            assert "Mina Mill</a>" not in await mill.page.content()
        await mill.goes(need)
        assert mill.path == "/sign-in"


async def test_another_authority_in_the_same_browser_shows_nothing_of_the_first(
    app_context: Served, chromium: Browser
) -> None:
    """A session is of one host: at the other one is a stranger, and back again one is not."""
    async with visiting(chromium, app_context, HEAD_OF_MILL) as mill:
        need = await posted(mill)
        mill.host = TWIN_HEAD_OF_MILL.host
        await mill.goes(need)
        assert mill.path == "/sign-in"
        assert "Fluency" not in await mill.page.content()
        mill.wrong.clear()  # the first host's icons are still on their way
        mill.host = HEAD_OF_MILL.host
        assert await mill.goes(need) == 200


async def test_back_keeps_the_filters_of_the_board(app_context: Served, chromium: Browser) -> None:
    """All of them are in the address, with htmx too."""
    async with visiting(chromium, app_context, HEAD_OF_MILL) as mill:
        await posted(mill)
        await mill.goes("/needs-and-offers")
        async with mill.page.expect_response(lambda one: "theme=mathematics" in one.url):
            await mill.page.select_option("[name=theme]", "mathematics")
        await mill.page.wait_for_url("**/needs-and-offers?*theme=mathematics*")
        await mill.page.get_by_role("link", name="Fluency in Year 3 and 4").click()
        await mill.page.wait_for_url("**/needs/*")
        await mill.page.go_back()
        await mill.page.wait_for_url("**/needs-and-offers?*theme=mathematics*")
        assert await mill.page.input_value("[name=theme]") == "mathematics"
        assert "Fluency in Year 3 and 4" in await mill.reads()


@pytest.mark.parametrize("javascript", [True, False])
async def test_what_was_typed_survives_a_mistake(
    app_context: Served, chromium: Browser, javascript: bool
) -> None:
    """Every answer, to the last tick."""
    async with visiting(chromium, app_context, HEAD_OF_MILL, java_script_enabled=javascript) as mill:
        await mill.goes("/needs/new")
        await fill(mill, NEED_TYPED | {"days": "many"})
        await mill.presses("Post this need")
        assert (await mill.page.title()).startswith("Error: ")
        for name in ("title", "wanted", "success_criteria"):
            assert await mill.page.input_value(f"[name={name}]") == NEED_TYPED[name]
        assert await mill.page.input_value("[name=days]") == "many"
        for name in ("form_of_support", "urgency", "audience", "key_stage"):
            assert await mill.page.is_checked(f"[name={name}][value={NEED_TYPED[name]}]")
        assert await mill.page.is_checked("[name=when_not_sure]")


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_double_click_makes_one_need(
    app_context: Served, chromium: Browser, javascript: bool
) -> None:
    """And going back to press again makes no second one."""
    async with visiting(chromium, app_context, HEAD_OF_MILL, java_script_enabled=javascript) as mill:
        await mill.goes("/needs/new")
        await fill(mill, NEED_TYPED)
        await mill.page.get_by_role("button", name="Post this need").dblclick()
        await mill.page.wait_for_url("**/needs/*-*")
    connection = await asyncpg.connect(app_context.copy.superuser_url)
    assert await connection.fetchval("SELECT count(*) FROM need") == 1
    await connection.close()


async def test_an_edit_that_came_too_late_shows_both_texts(app_context: Served, chromium: Browser) -> None:
    """Two windows on one need: the second to save sees what the first wrote, and loses nothing."""
    async with (
        visiting(chromium, app_context, HEAD_OF_MILL) as first,
        visiting(chromium, app_context, HEAD_OF_MILL) as second,
    ):
        need = await posted(first)
        await first.goes(f"{need}/edit")
        await second.goes(f"{need}/edit")
        for window, text in ((first, "Fluency in Year 5"), (second, "Fluency in Year 6")):
            await window.page.fill("[name=title]", text)
            await window.page.locator("main form[method=post] button").first.click()
            await window.page.wait_for_load_state()
        shown = await second.page.content()
        assert "Fluency in Year 5" in shown
        assert "Fluency in Year 6" in shown
        await second.goes(need)
        assert "Fluency in Year 5" in await second.reads()


async def test_what_is_no_longer_possible_says_how_things_stand(
    app_context: Served, chromium: Browser
) -> None:
    """A second window still offers to pause a need that has been withdrawn: 409, in words, with a way on."""
    async with (
        visiting(chromium, app_context, HEAD_OF_MILL) as first,
        visiting(chromium, app_context, HEAD_OF_MILL) as second,
    ):
        need = await posted(first)
        await second.goes(need)
        await first.goes(f"{need}/withdrawal")
        await first.page.locator("[name=reason]").first.check()
        await first.page.locator("main form[method=post] button").first.click()
        await first.page.wait_for_load_state()
        async with second.page.expect_navigation() as going:
            await second.page.get_by_role("button", name="Pause").click()
        assert (await going.value).status == 409
        assert "ithdrawn" in await second.reads()
        assert await second.page.locator("main a").count() >= 1


async def test_what_is_not_there_and_what_is_not_mine_look_the_same(
    app_context: Served, chromium: Browser
) -> None:
    """Word for word."""
    async with (
        visiting(chromium, app_context, HEAD_OF_MILL) as mill,
        visiting(chromium, app_context, TWIN_HEAD_OF_MILL) as twin,
    ):
        need = await posted(mill)
        assert await twin.goes(need) == 404
        anothers = await twin.reads()
        assert await twin.goes(f"{need[:-4]}dead") == 404
        assert await twin.reads() == anothers
