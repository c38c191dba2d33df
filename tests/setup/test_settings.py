"""The settings of an installation: errors say what to do, and no secret is shown."""

from pathlib import Path

import pytest

from alongside.errors import ConfigurationError
from alongside.settings import Settings

RIGHT = {
    "DATABASE_URL": "postgresql://alongside_app:hush@localhost/alongside",
    "ALONGSIDE_RLS_SIGNING_KEY": "f" * 32,
    "ALONGSIDE_SECRET": "s" * 32,
}


def test_the_needed_ones_are_enough() -> None:
    settings = Settings.from_environment(RIGHT)
    assert settings.signing_key == b"f" * 32
    assert not settings.demonstration
    assert settings.address("wigan", "wigan.example") == "https://wigan.example"


def test_nothing_secret_shows_when_they_are_printed() -> None:
    shown = repr(
        Settings.from_environment(
            RIGHT | {"ALONGSIDE_MAIL": "notify:hidden", "ALONGSIDE_METRICS_TOKEN": "tok"}
        )
    )
    for secret in ("hush", "ffff", "ssss", "hidden", "tok'"):
        assert secret not in shown


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_one_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} is not set") as refusal:
        Settings.from_environment({other: value for other, value in RIGHT.items() if other != name})
    assert "alongside demo" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("ALONGSIDE_SECRET", "short", "openssl rand"),
        ("ALONGSIDE_RLS_SIGNING_KEY", "short", "openssl rand"),
        ("ALONGSIDE_DEMONSTRATION", "perhaps", "yes or no"),
        ("ALONGSIDE_MAIL", "pigeon", "smtp://"),
        ("ALONGSIDE_BASE_URL", "https://one.example", "{host}"),
        ("ALONGSIDE_BASE_URL", "https://{other}", "{host}"),
        ("ALONGSIDE_POOL_SIZE", "0", "above 0"),
        ("ALONGSIDE_LOG_FORMAT", "poem", "json or text"),
    ],
)
def test_one_that_is_wrong_is_named_with_its_cure_and_without_its_value(
    name: str, value: str, cure: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_environment(RIGHT | {name: value})
    assert name in str(refusal.value)
    assert cure in str(refusal.value)
    assert value == "0" or value not in str(refusal.value)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("k" * 40 + "\n")
    given = {name: value for name, value in RIGHT.items() if name != "ALONGSIDE_SECRET"}
    settings = Settings.from_environment(given | {"ALONGSIDE_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.secret == b"k" * 40
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Settings.from_environment(given | {"ALONGSIDE_SECRET_FILE": str(tmp_path / "nothing")})
