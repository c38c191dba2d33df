"""Helpers that build settings: Northshire's with changed values."""

import tomllib
from pathlib import Path
from typing import Any

from alongside.features.authorities.files import merged, read_authority
from alongside.features.authorities.settings import AuthoritySettings

NORTHSHIRE = Path(__file__).parents[2] / "tenants" / "northshire.toml"


def in_file(folder: Path, more: str = "", name: str = "northshire", without: str = "") -> Path:
    """A tenant's file: Northshire's, with lines put before its first table, or without one of its own."""
    text = NORTHSHIRE.read_text(encoding="utf-8")
    if without:
        text = "\n".join(line for line in text.splitlines() if not line.startswith(without))
    top, bracket, rest = text.partition("[brand]")
    path = folder / f"{name}.toml"
    path.write_text(f"{top}{more}\n{bracket}{rest}", encoding="utf-8")
    return path


def settings_with(folder: Path, overrides: dict[str, Any]) -> AuthoritySettings:
    """Northshire's settings with these values merged over them; they must be valid."""
    import msgspec

    from alongside.features.authorities.files import defaults_file
    from alongside.features.authorities.validation import mistakes_in

    read = tomllib.loads(defaults_file(NORTHSHIRE.parent).read_text(encoding="utf-8"))
    read = merged(merged(read, tomllib.loads(NORTHSHIRE.read_text(encoding="utf-8"))), overrides)
    assert mistakes_in(read, "northshire.toml") == []
    return msgspec.convert(read, AuthoritySettings)


def northshire() -> AuthoritySettings:
    """Northshire's unchanged settings."""
    settings, mistakes = read_authority(NORTHSHIRE)
    assert settings is not None, mistakes
    return settings
