"""What the peers share: the authority of a host, the signed context, labels and headers. Uses only the standard library."""

import hashlib
import hmac
import json
import math
import os
import time
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

KEY = os.environ["SIGNING_KEY"].encode()
LABELS = json.loads(os.environ["LABELS"])
"""Labels of themes, urgencies and phases by key, as the authority's settings have them."""

THEMES, URGENCIES, PHASES = LABELS["themes"], LABELS["urgencies"], LABELS["phases"]
HOSTS = {"northshire.localhost": (901, "Northshire"), "southshire.localhost": (902, "Southshire")}
KINDS = [("", "Needs and offers"), ("need", "Needs only"), ("offer", "Offers only")]
SORTS = [("newest", "Newest"), ("nearest", "Nearest to my school"), ("urgent", "Most urgent")]
ALL = ("", "All")
NAVIGATION = [
    ("/home", "Home"),
    ("/needs-and-offers", "Needs and offers"),
    ("/agreements", "Support agreements"),
    ("/directory", "Good practice"),
    ("/schools", "Schools"),
    ("/people", "People"),
]
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "permissions-policy": "camera=(), geolocation=()",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
COOKIE = "__Host-alongside"
PROCESS = "SELECT security.server_process()"
LIFETIME = 300
IDLE_MINUTES = 30
PAGE_LENGTH = 25
METRES_PER_MILE = 1609.344


def database() -> dict[str, str]:
    """The parts of DATABASE_URL, an address with a unix socket."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    query = parse_qs(parts.query)
    return {
        "user": parts.username or "",
        "password": parts.password or "",
        "name": parts.path[1:],
        "host": query.get("host", [parts.hostname or ""])[0],
        "port": query.get("port", [str(parts.port)])[0],
    }


def tenant_context(authority_id: int, process: str) -> str:
    """The signed context of an authority for one connection, as `platform/database/tenant_context.py` makes it."""
    claim = f"v2.{authority_id}.{int(time.time()) + LIFETIME}"
    return f"{claim}.{hmac.new(KEY, f'{claim}.{process}'.encode(), hashlib.sha256).hexdigest()}"


def token_hash(token: str) -> bytes:
    """The hash under which a session is stored."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(token: str) -> str:
    """A token for forms, derived from the session."""
    return hmac.new(token.encode(), b"csrf of a peer", hashlib.sha256).hexdigest()


def days_ago(moment: datetime, today: date) -> str:
    """How long ago a day was."""
    gone = (today - moment.date()).days
    return {0: "today", 1: "yesterday"}.get(gone, f"{gone} days ago")


def miles(ours: tuple[int | None, int | None], theirs: tuple[int | None, int | None]) -> str | None:
    """The distance between two schools in miles; None if one is unknown."""
    if None in ours or None in theirs:
        return None
    found = f"{math.dist(ours, theirs) / METRES_PER_MILE:.1f}".removesuffix(".0")  # type: ignore[arg-type]
    return f"{found} mile{'' if found == '1' else 's'}"


def days(number: object) -> str:
    """A number of days in words."""
    if number is None:
        return "days not settled yet"
    found = f"{number:f}".rstrip("0").rstrip(".")  # type: ignore[str-format]
    return f"{found} day{'' if found == '1' else 's'}"
