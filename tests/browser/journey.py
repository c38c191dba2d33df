"""The main journey, walked page by page as two headteachers and a lead walk it."""

import re
from typing import Any

import asyncpg
from playwright.async_api import Browser

from alongside.platform.access.principal import ROLE_NAMES
from alongside.platform.database.base import Base
from alongside.platform.database.row_level_security import owned_tables
from tests.browser.server import Served
from tests.browser.session import Visitor, fill, visiting
from tests.features.needs.form_values import NEED
from tests.features.offers.form_values import OFFER
from tests.personas import HEAD_OF_MILL, HEAD_OF_PARK, LEAD_OF_NORTH, Persona

PRESSED = ("act",)
NEED_TYPED = {name: value for name, value in NEED.items() if name not in PRESSED}
OFFER_TYPED = {name: value for name, value in OFFER.items() if name not in PRESSED} | {
    "themes": ["mathematics"],
    "evidence_mathematics": "Two schools came to see it.",
}
OFFER_TYPED = {
    name: value
    for name, value in OFFER_TYPED.items()
    if name not in ("evidence_early_reading", "evidence_writing")
}
PROPOSAL = {"days": "2", "starts_on": "1/12/2026", "ends_on": "19/3/2027", "message": "Glad to help."}
AIM = {"aim": "Fluent in number bonds", "measure": "Bonds in a minute", "baseline": "12", "target": "20"}
MASKED = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id"),
    (r"[\d-]+T[\d:.]+(\+|Z)[\d:]*", "time"),
    (r"(\\\\x)?[0-9a-f]{32,}", "token"),
)
PASSING = {"user_session", "idempotency_key", "audit_seal", "audit_head", "scheduled_job_run"}
"""What belongs to the browser or the sending of a form, and not to what was agreed."""


async def comes_in(visitor: Visitor, one: Persona) -> None:
    """Through the sign-in page, by the button that carries the name."""
    await visitor.goes("/")
    named = re.compile(f"^Sign in +as {one.name}, {ROLE_NAMES[one.role]}")
    await visitor.page.get_by_role("button", name=named).click()
    await visitor.page.wait_for_load_state()
    assert visitor.path in ("/home", "/consortium"), visitor.page.url


async def follows(visitor: Visitor, text: str) -> None:
    """A link or button somewhere in the main part, by a part of its name."""
    main = visitor.page.locator("main")
    await main.get_by_role("link", name=text).or_(main.get_by_role("button", name=text)).first.click()
    await visitor.page.wait_for_load_state()


async def walk(browser: Browser, served: Served, *, javascript: bool) -> dict[str, list[str]]:
    """From a need to two closing reviews and another role; what the database then holds."""
    await _second_role(served)
    options: dict[str, Any] = {"java_script_enabled": javascript}
    async with (
        visiting(browser, served, **options) as mill,
        visiting(browser, served, **options) as park,
        visiting(browser, served, **options) as lead,
    ):
        await comes_in(mill, HEAD_OF_MILL)
        await comes_in(park, HEAD_OF_PARK)
        await _post(mill, park)
        await _agree(mill, park)
        await _do(mill, park)
        await _look_on(lead)
    return await end_state(served)


async def _post(mill: Visitor, park: Visitor) -> None:
    await mill.presses("Post a need")
    await fill(mill, NEED_TYPED)
    await mill.presses("Post this need")
    assert "Fluency in Year 3 and 4" in await mill.reads()
    await park.presses("Post an offer")
    await fill(park, OFFER_TYPED)
    await park.presses("Post this offer")
    assert "Phonics that sticks" in await park.reads()


async def _agree(mill: Visitor, park: Visitor) -> None:
    assert await park.goes("/needs-and-offers?q=fluency&sort=newest") == 200, await park.reads()
    await follows(park, "Fluency in Year 3 and 4")
    await park.presses("Propose an offer for this need")
    await park.page.locator("[name=picked]").first.check()
    await fill(park, PROPOSAL)
    await park.presses("Propose")
    assert "Waiting for Mill Primary School" in await park.reads()
    await mill.goes("/home")
    await follows(mill, "Answer a proposal")
    await mill.presses("Accept")
    await park.page.reload()
    release = park.page.get_by_role("button", name=re.compile("^Release "))
    if await release.count():
        await release.click()
        await park.page.wait_for_load_state()
    await mill.goes("/agreements")
    await follows(mill, "Fluency in Year 3 and 4")
    await mill.presses("Add an aim")
    await fill(mill, AIM)
    await mill.presses("Save the aim")
    await mill.presses("Sign this agreement")
    await mill.presses("Sign this agreement")
    await park.goes(mill.path)
    await park.presses("Sign this agreement")
    await park.presses("Sign this agreement")
    assert "Active" in await park.reads()


async def _do(mill: Visitor, park: Visitor) -> None:
    agreement = park.path
    for done in ("Two lessons seen", "Two more lessons seen"):
        await park.presses("Record or plan a visit")
        await fill(park, {"visit_on": "24/11/2026", "days": "1", "focus": "Number bonds", "done": done})
        await park.presses("Record this visit")
    assert "2 days used of 2 days" in await park.reads()
    for one, more in ((park, {}), (mill, {"outcome": "met"})):
        await one.goes(agreement)
        await one.presses("Give your closing review")
        for group in await one.page.locator("[name^=rating_][value=green]").all():
            await group.check()
        for reached in await one.page.locator("[name^=reached_]").all():
            await reached.fill("88 words a minute")
        for reason in await one.page.locator("[name^=reason_]").all():
            await reason.fill("The tests show it")
        await fill(one, {"changed": "Children recall their bonds", "again": "yes"} | more)
        await one.presses("Give this review")
    assert "Closed" in await mill.reads()


async def _look_on(lead: Visitor) -> None:
    await comes_in(lead, LEAD_OF_NORTH)
    await lead.goes("/consortium")
    assert "Mill Primary School" in await lead.reads()
    await lead.goes("/agreements?state=past")
    await lead.goes("/roles")
    await lead.page.get_by_role("button", name=re.compile("Act in this role")).first.click()
    await lead.page.wait_for_load_state()
    assert await lead.page.get_by_role("link", name=re.compile("Core team officer")).count() == 1


async def _second_role(served: Served) -> None:
    """The lead of North is an officer of the core team as well."""
    connection = await asyncpg.connect(served.copy.superuser_url)
    try:
        await connection.execute(
            "INSERT INTO role_assignment (authority_id, person_id, role, starts_on) VALUES ($1, $2, 'core_officer', '2020-09-01')",
            LEAD_OF_NORTH.authority_id,
            LEAD_OF_NORTH.person_id,
        )
    finally:
        await connection.close()


async def end_state(served: Served) -> dict[str, list[str]]:
    """Every row of every table but the passing ones, with ids, times and tokens masked."""
    connection = await asyncpg.connect(served.copy.superuser_url)
    found = {}
    try:
        for table in owned_tables(Base.metadata):
            if table.name in PASSING:
                continue
            rows = [
                row["row"]
                for row in await connection.fetch(f"SELECT row_to_json(t)::text AS row FROM {table.name} t")
            ]
            for pattern, name in MASKED:
                rows = [re.sub(pattern, name, row) for row in rows]
            found[table.name] = sorted(rows)
    finally:
        await connection.close()
    return found
