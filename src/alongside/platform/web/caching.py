"""How long a browser keeps an asset: a year under the address that names its content, not at all under any other."""

from urllib.parse import parse_qs

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from alongside.platform.web.templates import asset

A_YEAR = b"public, max-age=31536000, immutable"


def with_versions(app: ASGIApp) -> ASGIApp:
    """Say “immutable” only where `v` is the digest of what is sent.

    While a new version is rolled out, an old process may be asked for an address of the new one: what it sends must not
    be kept under that address for a year.
    """

    async def versioned(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_versioned(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = A_YEAR if message["status"] == 200 and _is_current(scope) else b"no-cache"
                message["headers"] = [*message.get("headers", []), (b"cache-control", kept)]
            await send(message)

        await app(scope, receive, send_versioned)

    return versioned


def _is_current(scope: Scope) -> bool:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    name = scope["path"].rpartition("/")[2]
    try:
        return f"/assets/{name}?v={query.get('v', [''])[0]}" == asset(name)
    except OSError:
        return False
