"""Security headers of every response, and the CSRF checks of every write."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from alongside.errors import CsrfError

TOKEN_BYTES = 32

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "HX-Request",
}
ENCODED_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
"""The same for ASGI, once: the middleware below is made for each of 800 routes."""


def with_security_headers(app: ASGIApp) -> ASGIApp:
    """Add the security headers to every response, including errors and redirects; existing headers are kept."""

    async def secured(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name.lower() for name, _ in headers}
                headers += [pair for pair in ENCODED_HEADERS if pair[0] not in present]
                message["headers"] = headers
            await send(message)

        await app(scope, receive, send_secured)

    return secured


def refuse_other_sites(headers: Mapping[str, str], host: str) -> None:
    """Refuse a write that another site caused, by Sec-Fetch-Site or else Origin; one of them must be present.

    Raises CsrfError. Source: OWASP Cross-Site Request Forgery Prevention, fetch metadata with Origin fallback.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CsrfError("This was sent from another website, so nothing was done.")
    elif origin is None or origin.split("://", 1)[-1] != host:
        raise CsrfError(
            "For your security, we did not save this. Go back, reload the page and send it again."
        )


def csrf_token(session_token: str) -> str:
    """Return the CSRF token for a form: bound to the session, and different each time.

    A random pad, then the token XORed with that pad, in hexadecimal. So no two responses contain the same token, and
    the length of a compressed page reveals nothing about it. Source: breachattack.com, “masking secrets”.
    """
    pad = secrets.token_bytes(TOKEN_BYTES)
    return (pad + _under(pad, _token_of(session_token))).hex()


def refuse_wrong_token(session_token: str | None, given: str) -> None:
    """Refuse a write without a valid CSRF token of this session. Raises CsrfError."""
    try:
        masked = bytes.fromhex(given)
    except ValueError:
        masked = b""
    found = _under(masked[:TOKEN_BYTES], masked[TOKEN_BYTES:]) if len(masked) == 2 * TOKEN_BYTES else b""
    if not session_token or not hmac.compare_digest(_token_of(session_token), found):
        raise CsrfError("This form is from an earlier sign-in.")


def _token_of(session_token: str) -> bytes:
    return hmac.new(session_token.encode(), b"alongside csrf", hashlib.sha256).digest()


def _under(pad: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, text, strict=True))
