"""A setting that names an environment variable may name only this authority's own secrets."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from alongside.errors import ConfigurationError
from alongside.features.authorities.secret_names import is_own_name, prefix_of
from alongside.features.authorities.settings import SignIn
from alongside.features.authorities.settings_cache import register_settings, settings_of
from alongside.features.people.sign_in.dfe import role_at
from alongside.features.people.sign_in.providers import secret_of
from tests.databases import make_known
from tests.features.authorities.test_check_settings import SIGN_IN, in_file, sentences
from tests.personas import NORTHSHIRE

FOREIGN = (
    "ALONGSIDE_RLS_SIGNING_KEY",
    "ALONGSIDE_SECRET",
    "ALONGSIDE_SECRET_FILE",
    "ALONGSIDE_ANCHOR_KEY",
    "ALONGSIDE_MIGRATOR_URL",
    "ALONGSIDE_SECRET_",
    "ALONGSIDE_SECRET_NORTHSHIRE",
    "ALONGSIDE_SECRET_NORTHSHIRE_",
    "ALONGSIDE_SECRET_NORTHSHIRE_FILE",
    "ALONGSIDE_SECRET_NORTHSHIRE_WEST_OIDC",
    "ALONGSIDE_SECRET_SOUTHSHIRE_OIDC",
    "DATABASE_URL",
    "PATH",
    "AWS_SECRET_ACCESS_KEY",
)


def way(secret_in: str, issuer: str = "https://evil.example", **more: Any) -> SignIn:
    return SignIn(
        key="evil", kind="oidc", label="X", issuer=issuer, client_id="1", secret_in=secret_in, **more
    )


@pytest.mark.parametrize("name", FOREIGN)
def test_check_refuses_a_secret_that_is_not_the_authoritys_own(tmp_path: Path, name: str) -> None:
    found = sentences(in_file(tmp_path, SIGN_IN.format("oidc", "https://x.example", name)))
    assert any("sign_in[1].secret_in: " in one for one in found), found


def test_check_takes_an_own_name_and_refuses_a_foreign_one_for_the_api(tmp_path: Path) -> None:
    own = "ALONGSIDE_SECRET_NORTHSHIRE_OIDC"
    assert sentences(in_file(tmp_path, SIGN_IN.format("oidc", "https://x.example", own))) == []
    line = SIGN_IN.format("dfe_sign_in", "https://x.example", own)
    line = line.replace(f'"{own}"', f'"{own}", api_secret_in = "ALONGSIDE_RLS_SIGNING_KEY"')
    assert any("sign_in[1].api_secret_in: " in one for one in sentences(in_file(tmp_path, line)))


@pytest.mark.parametrize("slug", ["york", "york-north", "york-", "york--north"])
def test_no_name_belongs_to_two_authorities(slug: str) -> None:
    """Each authority gets its own variables only, however similar the short names are."""
    others = {"york", "york-north", "york-", "york--north"} - {slug}
    assert is_own_name(slug, f"{prefix_of(slug)}OIDC")
    assert not any(is_own_name(other, f"{prefix_of(slug)}OIDC") for other in others)


@pytest.mark.parametrize("name", FOREIGN)
def test_settings_with_a_foreign_secret_offer_no_such_way(name: str) -> None:
    """However they got into the database: the process that reads them omits that way of signing in."""
    before = settings_of(NORTHSHIRE)
    good = way("ALONGSIDE_SECRET_NORTHSHIRE_OIDC")
    try:
        register_settings(msgspec.structs.replace(before, sign_in=(way(name), good)), 1)
        assert settings_of(NORTHSHIRE).sign_in == (good,)
        api = msgspec.structs.replace(good, api_secret_in=name)
        register_settings(msgspec.structs.replace(before, sign_in=(api,)), 1)
        assert settings_of(NORTHSHIRE).sign_in == ()
    finally:
        make_known("northshire")


@pytest.mark.parametrize("name", ["ALONGSIDE_RLS_SIGNING_KEY", "ALONGSIDE_SECRET", "PATH", ""])
async def test_no_other_variable_is_ever_read_for_a_provider(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last check, if a setting bypassed all others."""
    monkeypatch.setenv("ALONGSIDE_RLS_SIGNING_KEY", "f" * 32)
    with pytest.raises(ConfigurationError, match="does not name a secret"):
        secret_of(way(name))
    with pytest.raises(ConfigurationError, match="does not name a secret"):
        await role_at(way("ALONGSIDE_SECRET_NORTHSHIRE_OIDC", api_secret_in=name), None, "x")  # type: ignore[arg-type]
