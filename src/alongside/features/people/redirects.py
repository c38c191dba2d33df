"""Safe redirect targets after sign-in, and the base URL of an authority."""

import re

from alongside.features.authorities.settings import AuthoritySettings, Contact

DESK = "/home"
SAFE = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?")
"""A path on this host in URL characters only: no backslash, tab, line break or #."""

ON_THIS_MACHINE = ("localhost", "127.0.0.1")


def same_site(wanted: str) -> str:
    """The wanted path if it is certainly on this site, else the home page.

    Rejected are `//host`, backslashes, schemes, control characters and everything that a browser might read
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
    """The authority's base URL without a trailing slash, for links in emails and redirect URIs.

    A host that is not in the settings is accepted only in the demonstration; otherwise the first host is used.
    """
    host = host.lower()
    if host not in settings.hosts and not demonstration:
        host = settings.hosts[0]
    name = host.partition(":")[0]
    local = name in ON_THIS_MACHINE or name.endswith(".localhost")
    return f"{'http' if local else 'https'}://{host}"


def whom_to_ask(settings: AuthoritySettings) -> list[Contact]:
    """The contacts for help with sign-in and roles: the core team if the authority has that contact, else all."""
    core = settings.contacts.get("core_team")
    return [core] if core else list(settings.contacts.values())
