"""A provider that is down, slow, rotates keys or has invalid metadata: an error page and no session (E14)."""

from typing import Any

import pytest
from joserfc.jwk import RSAKey
from litestar import Litestar

from alongside.features.people.sign_in import http_client
from alongside.platform.database.session import Database
from tests.client import words
from tests.databases import DatabaseCopy
from tests.features.people.sign_in.books import added, everything, know, nobody_came_in, sessions
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import Forger
from tests.features.people.sign_in.test_sessions import is_in, signed_in

DOWN = "/not-signed-in/provider_down"


async def callback(browser: Browser, forger: Forger, **header: Any) -> str:
    """Come back from the forger with an honest token; where that leads."""
    _, asked = await browser.begin("forged_oidc")
    key = header.pop("key", None)
    forger.id_token = lambda: forger.sign(forger.claims(asked["nonce"]), key, **header)
    answer = await browser.get(f"/sign-in/forged_oidc/callback?code=any&state={asked['state']}")
    location: str = answer.headers["location"]
    return location


async def test_a_provider_that_is_down_at_the_start(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    forger.down = {"openid-configuration"}
    answer = await browser.get("/sign-in/forged_oidc")
    assert answer.headers["location"] == DOWN
    page = await browser.follow(answer)
    assert page.status_code == 503
    assert "does not answer" in words(page)
    await nobody_came_in(copy)
    forger.down = set()
    await know(copy, forger.issuer(), "stranger")
    assert await callback(browser, forger) == "/home"


@pytest.mark.parametrize("part", ["token", "jwks"])
async def test_a_provider_that_goes_down_on_the_way(
    part: str, forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    forger.down = {part}
    await know(copy, forger.issuer(), "stranger")
    assert await callback(browser, forger) == DOWN
    assert await sessions(copy) == []


@pytest.mark.parametrize("part", ["openid-configuration", "token"])
async def test_a_provider_that_is_slow_holds_nobody_and_no_connection(
    part: str, forger: Forger, browser: Browser, database: Database, app: Litestar, copy: DatabaseCopy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(http_client, "SECONDS", 0.3)
    forger.slow = {part}
    here = await signed_in(database, app)
    if part == "token":
        assert await callback(browser, forger) == DOWN
    else:
        assert (await browser.get("/sign-in/forged_oidc")).headers["location"] == DOWN
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await is_in(here), "those who are signed in go on working"


async def test_a_key_changed_on_the_way_is_asked_for_once(
    forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    await know(copy, forger.issuer(), "stranger")
    assert await callback(browser, forger) == "/home"
    second = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    forger.shown = [second]
    forger.asked.clear()
    assert await callback(browser, forger, key=second, kid="second") == "/home"
    assert [path for path in forger.asked if path.endswith("jwks")] == ["/oidc/jwks"]
    forger.asked.clear()
    assert await callback(browser, forger, kid="third") == "/not-signed-in/not_believed"
    assert [path for path in forger.asked if path.endswith("jwks")] == ["/oidc/jwks"]
    assert await callback(browser, forger) == "/not-signed-in/not_believed", (
        "the key taken back is believed no more"
    )


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "https://evil.example/token"},
        {"token_endpoint": "http://169.254.169.254/latest/meta-data"},
        {"jwks_uri": "https://evil.example/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"authorization_endpoint": "https://evil.example/auth"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "https://evil.example/out"},
        {"userinfo_endpoint": "https://evil.example/me"},
    ],
)
async def test_a_provider_that_points_elsewhere_is_not_followed(
    said: dict[str, Any], forger: Forger, browser: Browser, copy: DatabaseCopy
) -> None:
    forger.description = said
    answer = await browser.get("/sign-in/forged_oidc")
    assert answer.headers["location"] == "/not-signed-in/not_believed"
    assert forger.asked == ["/oidc/.well-known/openid-configuration"]
    await nobody_came_in(copy)


async def test_a_secret_that_is_not_set_is_told_to_the_operator_alone(
    forger: Forger, browser: Browser, copy: DatabaseCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALONGSIDE_SECRET_NORTHSHIRE_FORGEDOIDC")
    answer = await browser.get("/sign-in/forged_oidc")
    assert answer.headers["location"] == DOWN
    assert "ALONGSIDE_SECRET_NORTHSHIRE_FORGEDOIDC" not in (await browser.follow(answer)).text
    assert (await everything(copy))[0] == added()[0]
