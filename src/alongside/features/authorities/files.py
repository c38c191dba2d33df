"""Read tenants/*.toml: an authority's file merged over the defaults, then validated as a whole."""

import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from alongside.errors import ConfigurationError
from alongside.features.authorities.settings import AuthoritySettings
from alongside.features.authorities.validation import Mistake, mistakes_across, mistakes_in
from alongside.settings import bundled

DEFAULTS = "_defaults.toml"


def tenants_folder() -> Path:
    """The folder of authority files: ALONGSIDE_TENANTS, else the folder bundled with the product."""
    named = os.environ.get("ALONGSIDE_TENANTS")
    return Path(named) if named else bundled("tenants")


def defaults_file(folder: Path) -> Path:
    """The defaults for the files of a folder: the folder's own file, else the bundled one."""
    own = folder / DEFAULTS
    return own if own.exists() else bundled("tenants") / DEFAULTS


def tenant_files(folder: Path) -> list[Path]:
    """The authority files of a folder, sorted by name."""
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("_"))


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Merge `above` over `below`: tables recursively; any other value, lists too, replaces the lower one."""
    result = dict(below)
    for key, value in above.items():
        lower = result.get(key)
        result[key] = (
            merged(lower, value) if isinstance(value, Mapping) and isinstance(lower, Mapping) else value
        )
    return result


def read_authority(path: Path) -> tuple[AuthoritySettings | None, list[Mistake]]:
    """Read one authority from its file merged over the defaults: its settings, or all mistakes in them.

    The defaults are those in the same folder, else the bundled ones.
    """
    written: dict[str, object] = {}
    for part in (defaults_file(path.parent), path):
        try:
            written = merged(written, tomllib.loads(part.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None, [Mistake(part.name, "", "This file is not there. Create it or name another.")]
        except UnicodeDecodeError:
            return None, [Mistake(part.name, "", "This file is not UTF-8. Save it as UTF-8.")]
        except tomllib.TOMLDecodeError as error:
            return None, [Mistake(part.name, "", f"This is not TOML: {error}. Correct that line.")]
    found = mistakes_in(written, path.name)
    if not found and written["slug"] != path.stem:
        found = [Mistake(path.name, "slug", f"It says {written['slug']}. Name the file so too.")]
    return (None, found) if found else (msgspec.convert(written, AuthoritySettings), [])


def read_authorities(folder: Path) -> tuple[list[AuthoritySettings], list[Mistake]]:
    """Read all authorities of a folder, with all mistakes within and between them."""
    read: dict[str, AuthoritySettings] = {}
    found: list[Mistake] = []
    for path in tenant_files(folder):
        settings, mistakes = read_authority(path)
        found += mistakes
        if settings is not None:
            read[path.name] = settings
    return list(read.values()), found + mistakes_across(read, _shipped(folder))


def _shipped(folder: Path) -> dict[str, AuthoritySettings]:
    """The authorities bundled with the product; empty when `folder` is the bundled folder."""
    own = bundled("tenants")
    if folder.resolve() == own.resolve():
        return {}
    read = {path.name: read_authority(path)[0] for path in tenant_files(own)}
    return {name: settings for name, settings in read.items() if settings is not None}


def declared_authority(slug: str, folder: Path | None = None) -> AuthoritySettings:
    """Read the authority in tenants/<slug>.toml. Raises ConfigurationError with every mistake in it.

    Values that must be unique are also compared with the other files of the folder and with the bundled ones.
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


def usual_settings() -> dict[str, object]:
    """The default settings in their stored (JSON) form."""
    return _as_stored(defaults_file(tenants_folder()))


@lru_cache(maxsize=4)
def _as_stored(defaults: Path) -> dict[str, object]:
    """Cached, because a process that serves 150 authorities needs the defaults 150 times."""
    usual: dict[str, object] = msgspec.to_builtins(tomllib.loads(defaults.read_text(encoding="utf-8")))
    return usual


def from_stored(stored: Mapping[str, object]) -> AuthoritySettings:
    """Convert stored settings; settings added since they were stored get their defaults.

    Raises ConfigurationError when this version can no longer read them.
    """
    try:
        return msgspec.convert(merged(usual_settings(), stored), AuthoritySettings)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"The settings stored for {stored.get('name')} cannot be read ({error}). "
            f"Run “alongside authority apply {stored.get('slug')}”."
        ) from error


def to_stored(settings: AuthoritySettings) -> dict[str, object]:
    """Convert settings to their stored (JSON) form."""
    stored: dict[str, object] = msgspec.json.decode(msgspec.json.encode(settings))
    return stored
