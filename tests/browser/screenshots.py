"""Takes the pictures of the README from a running demonstration: `python -m tests.browser.screenshots [ADDRESS]`."""

import asyncio
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.conftest import QUIETLY

FOLDER = Path(__file__).parents[2] / "infra/screenshots"
ADDRESS = "http://wigan.localhost:8000"
DESKTOP, PHONE = (1280, 900), (375, 812)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, whose page it is, the path, and the first link that is followed there, if any."""

    name: str
    role: str
    path: str
    follow: str | None = None
    size: tuple[int, int] = DESKTOP


PICTURES = (
    Picture("home", "Headteacher", "/home"),
    Picture("home-on-a-phone", "Headteacher", "/home", size=PHONE),
    Picture("needs-and-offers", "Headteacher", "/needs-and-offers"),
    Picture("agreement", "Headteacher", "/agreements", follow="main tbody a"),
    Picture("good-practice", "Headteacher", "/directory?q=phonix+catchup"),
    Picture("consortium", "Consortium lead", "/consortium"),
    Picture("plan", "Consortium lead", "/plans", follow="main tbody a, main .alongside-card a"),
    Picture("escalation", "Core team officer", "/escalations", follow="main tbody a"),
)


async def sign_in(page: Page, address: str, role: str) -> None:
    """Sign in as the first invented person of a role."""
    await page.goto(f"{address}/sign-in?q={'Ambergarth' if role == 'Headteacher' else ''}")
    await page.get_by_role("button", name=role).first.click()
    await page.wait_for_load_state()


async def take(browser: Browser, address: str, picture: Picture) -> None:
    """Take one picture."""
    width, height = picture.size
    context = await browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
    page = await context.new_page()
    await sign_in(page, address, picture.role)
    await page.goto(address + picture.path)
    if picture.follow:
        await page.locator(picture.follow).first.click()
        await page.wait_for_load_state()
    await page.screenshot(path=FOLDER / f"{picture.name}.png")
    await context.close()


async def main(address: str) -> None:
    """Take all pictures."""
    async with async_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=program, args=QUIETLY)
        for picture in PICTURES:
            await take(browser, address, picture)
            print(picture.name)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ADDRESS))
