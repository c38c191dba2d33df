"""The settings of all authorities, cached in this process."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar, cast

import msgspec
import structlog

from alongside.errors import ConfigurationError
from alongside.features.authorities.secret_names import foreign_names
from alongside.features.authorities.settings import AuthoritySettings
from alongside.platform.school_calendar.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Registered:
    """A cached authority: its settings, their version in the database, and its calendar."""

    settings: AuthoritySettings
    version: int
    calendar: Calendar


Value = TypeVar("Value")

log = structlog.get_logger("alongside.features.authorities")
_by_id: dict[int, Registered] = {}
_by_host: dict[str, int] = {}


def register_settings(settings: AuthoritySettings, version: int) -> None:
    """Add an authority to the cache, or replace its entry.

    A sign-in provider whose secret is not one of this authority's is left out, with an error in the log. Parts that
    equal those of another cached authority are kept once: most authorities keep most of the defaults.
    """
    authority_id = settings.dfe_code
    forget_authority(authority_id)
    ways = tuple(way for way in settings.sign_in if not foreign_names(settings.slug, way))
    if ways != settings.sign_in:
        log.error("a way to sign in names a secret of others", authority=authority_id)
        settings = msgspec.structs.replace(settings, sign_in=ways)
    for other in islice(_by_id.values(), 1):
        settings = shared(settings, other.settings)
    _by_id[authority_id] = Registered(settings, version, calendar_from(settings))
    _by_host.update(dict.fromkeys(settings.hosts, authority_id))


HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", re.ASCII)


def shared(value: Value, like: object) -> Value:
    """Return `value` with every part that is written like the same part of `like` replaced by that part.

    Equal values may be written differently (3 and 3.0, or other orders of a list's entries): these stay apart.
    """
    if type(value) is not type(like):
        return value
    if msgspec.json.encode(value) == msgspec.json.encode(like):
        return like
    if isinstance(value, msgspec.Struct):
        parts = {name: getattr(value, name) for name in value.__struct_fields__}
        replaced = {name: shared(part, getattr(like, name)) for name, part in parts.items()}
        return msgspec.structs.replace(value, **replaced)
    if isinstance(value, dict) and isinstance(like, dict):
        return cast("Value", {key: shared(part, like.get(key)) for key, part in value.items()})
    return value


def assign_hosts(owners: Mapping[str, int]) -> None:
    """Replace the map of hosts to cached authorities."""
    _by_host.clear()
    _by_host.update({host: owner for host, owner in owners.items() if owner in _by_id})


def forget_authority(authority_id: int) -> None:
    """Remove an authority from the cache."""
    _by_id.pop(authority_id, None)
    for host in [host for host, owner in _by_host.items() if owner == authority_id]:
        del _by_host[host]


def registered_ids() -> frozenset[int]:
    """The ids of the cached authorities."""
    return frozenset(_by_id)


def settings_of(authority_id: int) -> AuthoritySettings:
    """The settings of an authority. Raises ConfigurationError for one that was never applied."""
    return _registered(authority_id).settings


def calendar_of(authority_id: int) -> Calendar:
    """The school calendar of an authority. Raises ConfigurationError for one that was never applied."""
    return _registered(authority_id).calendar


def version_of(authority_id: int) -> int:
    """The cached version of an authority's settings; 0 for none."""
    known = _by_id.get(authority_id)
    return known.version if known else 0


def settings_for_host(host: str) -> AuthoritySettings | None:
    """The authority that is served at a host (as in the Host header, with its port), or None.

    Anything but a host name with an optional port (a user name, a path, `@`) gives None: links are built from it.
    """
    if HOST.fullmatch(host) is None:
        return None
    host = host.lower().rstrip(".")
    authority_id = _by_host.get(host)
    if authority_id is None:
        authority_id = _by_host.get(host.partition(":")[0])
    return None if authority_id is None else _by_id[authority_id].settings


def all_settings() -> tuple[AuthoritySettings, ...]:
    """The settings of every cached authority, sorted by code."""
    return tuple(_by_id[authority_id].settings for authority_id in sorted(_by_id))


def _registered(authority_id: int) -> Registered:
    try:
        return _by_id[authority_id]
    except KeyError:
        raise ConfigurationError(
            f"No settings of authority {authority_id} are known. "
            "Declare it in tenants/ and run “alongside authority apply”."
        ) from None


def calendar_from(settings: AuthoritySettings) -> Calendar:
    """Build the calendar of an authority from its settings."""
    return Calendar(
        terms=tuple(sorted(settings.terms, key=lambda term: term.starts_on)),
        inset_days=frozenset(settings.inset_days),
        added_holidays=frozenset(settings.bank_holidays.added),
        removed_holidays=frozenset(settings.bank_holidays.removed),
        pause_in_holidays=settings.periods.pause_in_holidays,
        school_day_ends=settings.periods.school_day_ends,
    )
