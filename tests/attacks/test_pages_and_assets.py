"""Secrets in responses, and how long assets are cached."""

import gzip
import re
from pathlib import Path

import pytest

from alongside.platform.web.security import csrf_token
from alongside.platform.web.templates import ASSETS, asset
from tests.client import Client, attribute, soup
from tests.personas import HEAD_OF_MILL

TEMPLATES = Path(__file__).parents[2] / "templates"


async def test_no_two_responses_hold_the_same_token(client: Client) -> None:
    """Text from the address beside a constant token could be compared with it by the compressed length."""
    found: set[str] = set()
    for _ in range(5):
        page = soup(await client.get("/needs/new?title=reflected", as_=HEAD_OF_MILL))
        (token,) = {attribute(one, "value") for one in page.select("input[name=csrf_token]")}
        found.add(token)
        found.add(token[64:])
    assert len(found) == 10
    answer = await client.post("/sign-out", {"csrf_token": token}, as_=HEAD_OF_MILL)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "token", ["", "0" * 64, "0" * 128, "x" * 128, csrf_token("another session"), "é" * 128, "00" * 31]
)
async def test_no_other_token_is_taken(client: Client, token: str) -> None:
    """Neither a wrong token nor a malformed one."""
    answer = await client.post("/needs", {"csrf_token": token}, as_=HEAD_OF_MILL)
    assert answer.status_code == 403


async def test_an_asset_is_kept_only_under_the_address_of_its_content(client: Client) -> None:
    """An old process that is asked for a newer address does not have its response cached for a year."""
    for name in ("alongside.js", "govuk-frontend.js", "govuk-frontend.css", "htmx.js"):
        right = await client.get(asset(name))
        assert right.headers["cache-control"] == "public, max-age=31536000, immutable"
        for address in (f"/assets/{name}", f"/assets/{name}?v=0123456789", f"{asset(name)}0"):
            other = await client.get(address)
            assert other.status_code == 200
            assert other.headers.get_list("cache-control") == ["no-cache"]
    missing = await client.get("/assets/none.js?v=1")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers["cache-control"]


def test_whatever_a_page_loads_names_its_content() -> None:
    """Also what one script imports from another."""
    for script in ASSETS.glob("*.js"):
        for imported in re.findall(r"""(?:from|import)\s*["'](\./[^"']+)["']""", script.read_text()):
            name = imported.removeprefix("./").partition("?")[0]
            assert imported == f"./{asset(name).removeprefix('/assets/')}", script.name
    for template in TEMPLATES.rglob("*.html"):
        assert "/assets/" not in template.read_text(), template


async def test_a_first_page_with_all_it_loads_is_small_and_is_loaded_once(client: Client) -> None:
    """At most 85 kB, compressed as nginx does, for a phone or an old computer at a school; the next page is its HTML."""
    for path in ("/home", "/needs-and-offers", "/directory"):
        page = await client.get(path, as_=HEAD_OF_MILL)
        assert page.status_code == 200
        loaded = [attribute(one, "href") for one in soup(page).select("link[rel=stylesheet], link[rel=icon]")]
        loaded += [attribute(one, "src") for one in soup(page).select("script[src], img[src]")]
        assert len(loaded) >= 7
        answers = [
            page,
            await client.get(asset("govuk-frontend.js")),
            *[await client.get(one) for one in loaded],
        ]
        assert {one.status_code for one in answers} == {200}
        assert all("immutable" in one.headers["cache-control"] for one in answers[1:])
        assert sum(len(gzip.compress(one.content, 6)) for one in answers) < 85_000


async def test_another_colour_is_seen_at_once(client: Client) -> None:
    """The style sheet with the colour is kept for a year only under the address of this colour."""
    page = soup(await client.get("/sign-in"))
    (address,) = {attribute(one, "href") for one in page.select("link[href*=brand]")}
    right, wrong = await client.get(address), await client.get("/brand.css?v=123456")
    assert "immutable" in right.headers["cache-control"]
    assert address.rpartition("=")[2] in right.text
    assert "immutable" not in wrong.headers["cache-control"]
