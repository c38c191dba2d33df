"""Reading tenants/*.toml: an authority's own file over the defaults, checked as a whole."""

import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from alongside.errors import ConfigurationError
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.validation import Mistake, mistakes_across, mistakes_in
from alongside.settings import bundled

DEFAULTS = "_defaults.toml"


def tenants_folder() -> Path:
    """Where authorities are declared: ALONGSIDE_TENANTS, else what travels with the product."""
    named = os.environ.get("ALONGSIDE_TENANTS")
    return Path(named) if named else bundled("tenants")


def defaults_file(folder: Path) -> Path:
    """The defaults that hold for the files of a folder: its own, else the product's."""
    own = folder / DEFAULTS
    return own if own.exists() else bundled("tenants") / DEFAULTS


def tenant_files(folder: Path) -> list[Path]:
    """The files that declare an authority, by name."""
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("_"))


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """What stands above over what stands below: table by table; anything else, lists too, replaces."""
    result = dict(below)
    for key, value in above.items():
        lower = result.get(key)
        result[key] = (
            merged(lower, value) if isinstance(value, Mapping) and isinstance(lower, Mapping) else value
        )
    return result


def read_authority(path: Path) -> tuple[AuthoritySettings | None, list[Mistake]]:
    """One authority from its file over the defaults: its settings, or all that is wrong with them.

    The defaults are those beside the file, else the product's own.
    """
    written: dict[str, Any] = {}
    for part in (defaults_file(path.parent), path):
        try:
            written = merged(written, tomllib.loads(part.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None, [Mistake(part.name, "", "This file is not there. Create it or name another.")]
        except UnicodeDecodeError:
            return None, [Mistake(part.name, "", "This file is not UTF-8. Save it as UTF-8.")]
        except tomllib.TOMLDecodeError as error:
            return None, [Mistake(part.name, "", f"This is not TOML: {error}. Mend that line.")]
    found = mistakes_in(written, path.name)
    if not found and written["slug"] != path.stem:
        found = [Mistake(path.name, "slug", f"It says {written['slug']}. Name the file so too.")]
    return (None, found) if found else (msgspec.convert(written, AuthoritySettings), [])


def read_authorities(folder: Path) -> tuple[list[AuthoritySettings], list[Mistake]]:
    """All authorities of a folder, and all that is wrong with any of them or between them."""
    read: dict[str, AuthoritySettings] = {}
    found: list[Mistake] = []
    for path in tenant_files(folder):
        settings, mistakes = read_authority(path)
        found += mistakes
        if settings is not None:
            read[path.name] = settings
    return list(read.values()), found + mistakes_across(read, _shipped(folder))


def _shipped(folder: Path) -> dict[str, AuthoritySettings]:
    """The authorities that travel with the product, unless these are the ones being read."""
    own = bundled("tenants")
    if folder.resolve() == own.resolve():
        return {}
    read = {path.name: read_authority(path)[0] for path in tenant_files(own)}
    return {name: settings for name, settings in read.items() if settings is not None}


def declared_authority(slug: str, folder: Path | None = None) -> AuthoritySettings:
    """The authority that is declared in tenants/<slug>.toml. Raises WrongSetUp with every mistake in it.

    It must also share nothing with the other files of the folder, nor with those it may have been copied from.
    """
    folder = folder or tenants_folder()
    name = f"{slug}.toml"
    settings, mistakes = read_authority(folder / name)
    if settings is not None:
        others = (read_authority(path)[0] for path in tenant_files(folder) if path.name != name)
        across = mistakes_across(
            {name: settings} | {f"{one.slug}.toml": one for one in others if one is not None},
            _shipped(folder),
        )
        mistakes = [mistake for mistake in across if mistake.file == name]
    if settings is None or mistakes:
        raise ConfigurationError("\n".join(str(mistake) for mistake in mistakes))
    return settings


def usual_settings() -> dict[str, Any]:
    """The defaults, in the form in which the database holds settings."""
    return _as_stored(defaults_file(tenants_folder()))


@lru_cache(maxsize=4)
def _as_stored(defaults: Path) -> dict[str, Any]:
    """Read once: a process that serves 150 authorities asks for them 150 times."""
    usual: dict[str, Any] = msgspec.to_builtins(tomllib.loads(defaults.read_text(encoding="utf-8")))
    return usual


def from_stored(stored: Mapping[str, Any]) -> AuthoritySettings:
    """Settings as the database holds them; what a newer product asks for comes from the defaults.

    Raises WrongSetUp when this product can no longer read them.
    """
    try:
        return msgspec.convert(merged(usual_settings(), stored), AuthoritySettings)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"The settings stored for {stored.get('name')} cannot be read ({error}). "
            f"Run “alongside authority apply {stored.get('slug')}”."
        ) from error


def to_stored(settings: AuthoritySettings) -> dict[str, Any]:
    """Settings as the database is to hold them."""
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(settings))
    return stored
