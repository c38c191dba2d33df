"""The authorization code flow at real providers: state, PKCE, codes, misdirected callbacks (E1, E3, E4)."""

import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from litestar import Litestar

from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import added, everything, know, nobody_came_in, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.provider import SECRET, Visitor
from tests.personas import TWIN_HEAD_OF_MILL

pytestmark = pytest.mark.oidc
BEGUN_ELSEWHERE = "/not-signed-in/begun_elsewhere"
KNOWN = added(identities=1)
"""What there is when one identity is known and nobody has come in."""


def changed(address: str, **values: str | None) -> str:
    """A callback with other parameters; None takes one away."""
    parts = urlsplit(address)
    kept: dict[str, str | None] = {name: value[0] for name, value in parse_qs(parts.query).items()}
    query = urlencode({name: value for name, value in (kept | values).items() if value is not None})
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{query}"


async def answer_for(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy, way: str = "honest"
) -> str:
    """An honest answer of the provider, not yet shown to us."""
    await know(copy, getattr(ways, way), "head-of-mill")
    address, _ = await browser.begin(way)
    return await visitor.sign_in(address, "head-of-mill")


@pytest.mark.parametrize("state", [None, "", "another", "x" * 500])
async def test_a_wrong_state_is_refused(
    state: str | None, ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    answer = await browser.arrive(changed(back, state=state))
    assert answer.headers["location"] == BEGUN_ELSEWHERE
    assert "Start signing in again" in words(await browser.follow(answer))
    await nobody_came_in(copy, KNOWN)


async def test_a_state_given_twice_is_refused(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    answer = await browser.arrive(back + "&state=another")
    assert answer.status_code == 422
    await nobody_came_in(copy, KNOWN)


async def test_an_answer_brought_by_another_browser_is_refused(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy, app: Litestar
) -> None:
    """Login CSRF: the attacker's own answer, put under the victim's hands."""
    back = await answer_for(ways, browser, visitor, copy)
    victim = Browser(app)
    assert (await victim.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    await victim.begin("honest")
    assert (await victim.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    assert victim.token is None
    await nobody_came_in(copy, KNOWN)


async def test_an_answer_is_good_once_also_with_the_cookie_put_back(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    kept = dict(browser.cookies)
    await browser.arrive(back)
    assert len(await sessions(copy)) == 1
    assert (await browser.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    thief = Browser(browser.app)
    thief.cookies = kept
    answer = await thief.arrive(back)
    assert answer.headers["location"] == "/not-signed-in/not_believed"
    assert thief.token is None
    assert len(await sessions(copy)) == 1


async def test_a_state_opens_one_session_even_with_a_fresh_code(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    await know(copy, ways.honest, "head-of-mill")
    address, _ = await browser.begin("honest")
    kept = dict(browser.cookies)
    await browser.arrive(await visitor.sign_in(address, "head-of-mill"))
    again = Browser(browser.app)
    again.cookies = kept
    answer = await again.arrive(await visitor.sign_in(address, "head-of-mill"))
    assert answer.headers["location"] == BEGUN_ELSEWHERE
    assert len(await sessions(copy)) == 1


async def test_a_sign_in_begun_too_long_ago_is_refused(
    ways: SimpleNamespace,
    browser: Browser,
    visitor: Visitor,
    copy: DatabaseCopy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    now = time.time()
    monkeypatch.setattr("alongside.features.people.sign_in.encrypted_cookie.time.time", lambda: now + 601)
    assert (await browser.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    monkeypatch.undo()
    await nobody_came_in(copy, KNOWN)


@pytest.mark.parametrize("spoil", ["cut", "turned", "invented"])
async def test_a_cookie_that_is_not_ours_is_refused(
    spoil: str, ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    sealed = browser.cookies["__Host-signing-in"]
    browser.cookies["__Host-signing-in"] = {
        "cut": sealed[:-4],
        "turned": sealed[:-40] + sealed[-40:].swapcase(),
        "invented": "eyJhbGciOiJub25lIn0.e30.",
    }[spoil]
    assert (await browser.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    await nobody_came_in(copy, KNOWN)


async def test_a_sign_in_begun_at_one_authority_ends_at_no_other(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy, app: Litestar
) -> None:
    """The same provider, the same person's number, another authority's host."""
    await know(copy, ways.honest, "head-of-mill", TWIN_HEAD_OF_MILL)
    address, _ = await browser.begin("honest")
    back = await visitor.sign_in(address, "head-of-mill")
    other = Browser(app, "southshire.localhost")
    other.cookies = dict(browser.cookies)
    assert (await other.arrive(back)).headers["location"] == BEGUN_ELSEWHERE
    assert other.token is None
    assert (await browser.arrive(back)).headers["location"] == "/not-signed-in/unknown"
    await nobody_came_in(copy, KNOWN)


async def test_an_answer_of_one_provider_is_none_of_another(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    """Mix-up: the code of one at the other's callback, with either sign-in under way."""
    before = await answer_for(ways, browser, visitor, copy)
    parts = urlsplit(before)
    there = before.replace(parts.path, "/sign-in/other/callback")
    assert (await browser.arrive(there)).headers["location"] == BEGUN_ELSEWHERE
    _, asked = await browser.begin("other")
    mixed = changed(there, state=asked["state"])
    assert (await browser.arrive(mixed)).headers["location"] == "/not-signed-in/not_believed"
    _, asked = await browser.begin("other")
    renamed = changed(there, state=asked["state"], iss=ways.other)
    assert (await browser.arrive(renamed)).headers["location"] == "/not-signed-in/not_believed"
    await nobody_came_in(copy, KNOWN)


@pytest.mark.parametrize("issuer", [None, "", "https://evil.example", "other"])
async def test_an_answer_that_names_another_issuer_is_refused(
    issuer: str | None, ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    back = await answer_for(ways, browser, visitor, copy)
    said = ways.other if issuer == "other" else issuer
    assert (await browser.arrive(changed(back, iss=said))).headers[
        "location"
    ] == "/not-signed-in/not_believed"
    await nobody_came_in(copy, KNOWN)


async def test_each_provider_has_a_redirect_uri_of_its_own_and_pkce(
    ways: SimpleNamespace, browser: Browser
) -> None:
    asked = [(await browser.begin(way))[1] for way in ("honest", "other", "dfe")]
    assert len({one["redirect_uri"] for one in asked}) == 3
    assert {one["code_challenge_method"] for one in asked} == {"S256"}
    assert len({one[name] for one in asked for name in ("state", "nonce", "code_challenge")}) == 9
    assert all(len(one["state"]) >= 43 and len(one["nonce"]) >= 43 for one in asked)


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    """The thief injects the victim's code into a sign-in of their own: the provider asks for the victim's verifier."""
    back = await answer_for(ways, browser, visitor, copy)
    thief = Browser(browser.app)
    _, asked = await thief.begin("honest")
    answer = await thief.arrive(changed(back, state=asked["state"]))
    assert answer.headers["location"] == "/not-signed-in/not_believed"
    await nobody_came_in(copy, KNOWN)


async def test_the_provider_itself_refuses_what_we_rely_on(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor
) -> None:
    """No PKCE, a foreign redirect, a wrong verifier, a wrong secret: or the tests above would prove nothing."""
    address, asked = await browser.begin("honest")
    back = await visitor.sign_in(address, "head-of-mill")
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked["redirect_uri"],
        "code_verifier": "v" * 43,
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        without = {name: value for name, value in asked.items() if not name.startswith("code_challenge")}
        response = await http.get(f"{ways.honest}/auth", params=without)
        assert "error=invalid_request" in response.headers["location"]
        response = await http.get(
            f"{ways.honest}/auth", params=asked | {"redirect_uri": "https://evil.example/"}
        )
        assert response.status_code == 400
        response = await http.post(f"{ways.honest}/token", data=form, auth=("alongside", "wrong"))
        assert response.status_code == 401
        response = await http.post(
            f"{ways.honest}/token", data=form, auth=("alongside", SECRET.replace(" ", "+"))
        )
        assert response.status_code == 400


async def test_somebody_who_stops_at_the_provider_is_told_so(
    ways: SimpleNamespace, browser: Browser, copy: DatabaseCopy
) -> None:
    _, asked = await browser.begin("honest")
    query = urlencode({"error": "access_denied", "state": asked["state"], "iss": ways.honest})
    answer = await browser.get(f"/sign-in/honest/callback?{query}")
    page = await browser.follow(answer)
    assert "You were not signed in" in words(page)
    assert "access_denied" not in page.text
    await nobody_came_in(copy)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=x", "?code=x&state=&iss="])
async def test_a_callback_out_of_the_blue_is_refused(
    query: str, ways: SimpleNamespace, browser: Browser, copy: DatabaseCopy
) -> None:
    assert (await browser.get(f"/sign-in/honest/callback{query}")).headers["location"] == BEGUN_ELSEWHERE
    await nobody_came_in(copy)


async def test_there_is_no_way_that_the_authority_did_not_choose(
    ways: SimpleNamespace, browser: Browser
) -> None:
    for path in ("/sign-in/evil", "/sign-in/evil/callback", "/not-signed-in/evil"):
        assert (await browser.get(path)).status_code == 404


async def test_signing_in_at_a_second_provider_links_nothing(
    ways: SimpleNamespace, browser: Browser, visitor: Visitor, copy: DatabaseCopy
) -> None:
    """Signed in by one, a sign-in by another, same number and same address: unknown, and no link (E9)."""
    await browser.arrive(await answer_for(ways, browser, visitor, copy))
    assert browser.token
    before = await everything(copy)
    address, _ = await browser.begin("other")
    answer = await browser.arrive(await visitor.sign_in(address, "head-of-mill"))
    assert answer.headers["location"] == "/not-signed-in/unknown"
    await nobody_came_in(copy, before)
