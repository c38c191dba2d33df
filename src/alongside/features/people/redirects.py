"""Addresses: where somebody goes after signing in, and how this authority is reached from outside."""

import re

from alongside.features.authorities.settings import AuthoritySettings, Contact

DESK = "/home"
SAFE = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?")
"""A path on this host, in the characters of an address and no others: no backslash, tab, line break or #."""

ON_THIS_MACHINE = ("localhost", "127.0.0.1")


def same_site(wanted: str) -> str:
    """The path that somebody wanted, if it is one of ours for certain; else their desk.

    Refused are `//host`, backslashes, schemes, control characters and everything that a browser might read
    as another host. Source: WHATWG URL standard, “relative slash state”.
    """
    path = wanted.partition("?")[0]
    if (
        len(wanted) > 1000
        or SAFE.fullmatch(wanted) is None
        or "//" in path
        or path.startswith(("/sign", "/not-signed-in"))
    ):
        return DESK
    return wanted


def origin_of(settings: AuthoritySettings, host: str, *, demonstration: bool = False) -> str:
    """The authority's address, with no slash at its end, as links in mails and providers use it.

    A host with a port that the settings do not name is believed in the demonstration only.
    """
    host = host.lower()
    if host not in settings.hosts and not demonstration:
        host = settings.hosts[0]
    name = host.partition(":")[0]
    local = name in ON_THIS_MACHINE or name.endswith(".localhost")
    return f"{'http' if local else 'https'}://{host}"


def whom_to_ask(settings: AuthoritySettings) -> list[Contact]:
    """Who helps with signing in and roles: the core team, where the authority names it."""
    core = settings.contacts.get("core_team")
    return [core] if core else list(settings.contacts.values())
