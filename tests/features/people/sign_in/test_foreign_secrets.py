"""A provider whose secret belongs to another authority is never used."""

import msgspec
import pytest

from alongside.features.authorities.settings_cache import register_settings, settings_of
from tests.attacks.test_secret_names import way
from tests.features.people.sign_in.browser import Browser
from tests.features.people.sign_in.forger import Forger
from tests.personas import NORTHSHIRE, SOUTHSHIRE


async def test_the_signing_key_never_reaches_a_token_endpoint(
    forger: Forger, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider of the attacker's with the signing key as its secret: no sign-in begins there."""
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", "the signing key of this installation")
    here = settings_of(NORTHSHIRE)
    register_settings(
        msgspec.structs.replace(here, sign_in=(way("ALONGSIDE_RLS_SIGNING_KEY", forger.issuer("oidc")),)), 1
    )
    answer = await browser.get("/sign-in/evil")
    assert answer.status_code in (404, 405)
    assert settings_of(SOUTHSHIRE).sign_in, "the other authority's ways stay"
