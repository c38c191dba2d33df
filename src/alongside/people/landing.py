"""Where somebody goes after signing in: back to where they came from, and never to another site."""

import re

DESK = "/desk"
SAFE = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*(\?[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*)?")
"""A path on this host, in the characters of an address and no others (so no backslash, tab, line break or #)."""


def same_site(wanted: str) -> str:
    """The path that somebody wanted, if it is one of ours for certain; else their desk.

    Refused are `//host`, backslashes, schemes, control characters and everything that a browser might read as
    another host. Source: WHATWG URL standard, “relative slash state”.
    """
    path = wanted.partition("?")[0]
    if len(wanted) > 1000 or SAFE.fullmatch(wanted) is None or "//" in path or path.startswith("/sign"):
        return DESK
    return wanted
