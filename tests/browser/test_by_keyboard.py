"""The journey's pages without a mouse: Tab, arrows, Space and Enter are all that is pressed."""

from playwright.async_api import Browser

from tests.browser.server import Served
from tests.browser.session import Visitor, visiting
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK

NAME = "() => document.activeElement.name || document.activeElement.textContent.trim()"
FAR = 120


async def tabs_to(visitor: Visitor, name: str) -> None:
    """Press Tab until the control of that name, or the button or link with that text, has the focus."""
    for _ in range(FAR):
        if await visitor.page.evaluate(NAME) == name:
            return
        await visitor.page.keyboard.press("Tab")
    raise AssertionError(f"{name} is out of reach of the keyboard on {visitor.page.url}")


async def types(visitor: Visitor, **answers: str) -> None:
    """Go to one field after the other and type."""
    for name, text in answers.items():
        await tabs_to(visitor, name.replace("__", "-"))
        await visitor.page.keyboard.type(text)


async def ticks(visitor: Visitor, name: str, downs: int = 0) -> None:
    """Choose among radios with the arrow keys, or tick a box."""
    await tabs_to(visitor, name)
    await visitor.page.keyboard.press("Space")
    for _ in range(downs):
        await visitor.page.keyboard.press("ArrowDown")


async def enters(visitor: Visitor, name: str) -> None:
    """Follow a link or press a button by Enter, found by its text or its name."""
    await tabs_to(visitor, name)
    async with visitor.page.expect_navigation():
        await visitor.page.keyboard.press("Enter")


async def test_the_first_tab_skips_to_the_content(module_app_context: Served, chromium: Browser) -> None:
    """Not through the navigation on every page."""
    async with visiting(chromium, module_app_context, HEAD_OF_MILL) as mill:
        await mill.goes("/home")
        await mill.page.keyboard.press("Tab")
        assert await mill.page.evaluate(NAME) == "Skip to main content"
        assert await mill.page.locator(".govuk-skip-link").bounding_box() is not None
        await mill.page.keyboard.press("Enter")
        await mill.page.keyboard.press("Tab")
        assert await mill.page.evaluate("document.querySelector('main').contains(document.activeElement)")


async def test_after_a_mistake_the_summary_has_the_focus_and_leads_to_the_field(
    module_app_context: Served, chromium: Browser
) -> None:
    """It is read out first; Enter on a line of it puts the cursor where the mistake is."""
    async with visiting(chromium, module_app_context, HEAD_OF_MILL) as mill:
        await mill.goes("/needs/new")
        await enters(mill, "act")
        assert (await mill.page.title()).startswith("Error: ")
        assert await mill.page.evaluate("document.activeElement.className.includes('govuk-error-summary')")
        links = await mill.page.locator(".govuk-error-summary__list a").all()
        assert len(links) >= 6
        for link in links:
            await link.focus()
            wanted = (await link.get_attribute("href") or "").removeprefix("#")
            await mill.page.keyboard.press("Enter")
            assert await mill.page.evaluate("document.activeElement.id") == wanted


async def test_a_need_is_posted_answered_and_agreed_by_keyboard(
    app_context: Served, chromium: Browser
) -> None:
    """From the sign-in page to the agreement."""
    async with visiting(chromium, app_context) as mill, visiting(chromium, app_context, HEAD_OF_PARK) as park:
        await mill.goes("/sign-in")
        await types(mill, q="Mina")
        async with mill.page.expect_navigation():
            await mill.page.keyboard.press("Enter")
        await enters(mill, "role_assignment_id")
        await enters(mill, "Post a need")
        await types(mill, theme="Math", title="Fluency in Year 3")
        await types(
            mill, wanted="Number has fallen for two years.", success_criteria="All recall their bonds."
        )
        await ticks(mill, "form_of_support", downs=1)
        await ticks(mill, "urgency")
        await ticks(mill, "when_not_sure")
        await ticks(mill, "days_not_sure")
        await ticks(mill, "audience")
        await enters(mill, "act")
        assert "Fluency in Year 3" in await mill.reads()
        assert mill.path.startswith("/needs/")
        need = mill.path
        await _offers(park)
        await park.goes(need)
        await enters(park, "Propose an offer for this need")
        await ticks(park, "picked")
        await types(park, days="2", starts_on__day="1", starts_on__month="12", starts_on__year="2026")
        await types(park, ends_on__day="19", ends_on__month="3", ends_on__year="2027")
        await enters(park, "Propose")
        assert park.path.startswith("/proposals/")
        await mill.goes(park.path)
        await enters(mill, "Accept")
        assert "support" in (await mill.reads()).lower()


async def _offers(park: Visitor) -> None:
    await park.goes("/offers/new")
    await types(park, title="Phonics that sticks", description="We work with you.")
    await ticks(park, "themes")
    await types(park, evidence_early_reading="Nine in ten pass.")
    await ticks(park, "forms_of_support")
    await types(park, leader_name="Pat Park")
    await ticks(park, "leader_is_head")
    await types(park, days_total="6", engagements_max="2")
    await ticks(park, "when_not_sure")
    await ticks(park, "appetite")
    await ticks(park, "audience")
    await enters(park, "act")
    assert "Phonics that sticks" in await park.reads()
    assert park.path.startswith("/offers/")


async def test_shortcuts_go_through_a_list_and_can_be_switched_off(
    module_app_context: Served, chromium: Browser
) -> None:
    """Never inside a field (WCAG 2.1.4)."""
    async with visiting(chromium, module_app_context, HEAD_OF_MILL) as mill:
        await mill.goes("/schools")
        keys, links = mill.page.keyboard, mill.page.locator("main tbody a")
        first, second = await links.nth(0).inner_text(), await links.nth(1).inner_text()
        for key, expected in (("j", first), ("j", second), ("k", first), ("ArrowDown", second)):
            await keys.press(key)
            assert await mill.page.evaluate(NAME) == expected, key
        field = mill.page.locator("main input[name=q]").first
        await field.focus()
        await keys.type("j?k")
        assert await field.input_value() == "j?k" and not await mill.page.locator("dialog[open]").count()
        await links.first.focus()
        await keys.press("?")
        await mill.page.get_by_role("button", name="Switch shortcuts off").click()
        await keys.press("Escape")
        await links.first.focus()
        for key in ("j", "?"):
            await keys.press(key)
        assert await mill.page.evaluate(NAME) == first
        assert not await mill.page.locator("dialog[open]").count()
        await mill.page.get_by_role("button", name="Keyboard shortcuts").click()
        await mill.page.get_by_role("button", name="Switch shortcuts on").click()
        await keys.press("Escape")
        await links.first.focus()
        await keys.press("j")
        async with mill.page.expect_navigation():
            await keys.press("Enter")
        assert await mill.page.locator("h1").inner_text() == second
