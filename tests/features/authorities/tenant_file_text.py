"""Helpers that build settings: Northshire's with changed values."""

import tomllib
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from alongside.features.authorities.files import defaults_file, merged, read_authority, to_stored
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.validation import mistakes_in
from alongside.platform.database.tenant_context import signed_tenant_context
from tests.databases import SIGNING_KEY, DatabaseCopy, server_process

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
    read = tomllib.loads(defaults_file(NORTHSHIRE.parent).read_text(encoding="utf-8"))
    read = merged(merged(read, tomllib.loads(NORTHSHIRE.read_text(encoding="utf-8"))), overrides)
    assert mistakes_in(read, "northshire.toml") == []
    return msgspec.convert(read, AuthoritySettings)


async def store_settings(copy: DatabaseCopy, settings: AuthoritySettings, version: int = 2) -> None:
    """Store Northshire's settings as the operator does, as version 2 or a later one."""
    operator = await asyncpg.connect(copy.superuser_url)
    try:
        async with operator.transaction():
            context = signed_tenant_context(
                settings.authority_id, SIGNING_KEY, await server_process(operator)
            )
            await operator.execute("SELECT set_config('alongside.tenant_context', $1, true)", context)
            await operator.execute(
                "INSERT INTO authority_settings (authority_id, version, settings, applied_by)"
                " VALUES ($1, $2, $3, 'operator')",
                settings.authority_id,
                version,
                msgspec.json.encode(to_stored(settings)).decode(),
            )
            await operator.execute(
                "UPDATE authority SET settings_version = $2 WHERE authority_id = $1",
                settings.authority_id,
                version,
            )
    finally:
        await operator.close()


def northshire() -> AuthoritySettings:
    """Northshire's unchanged settings."""
    settings, mistakes = read_authority(NORTHSHIRE)
    assert settings is not None, mistakes
    return settings
