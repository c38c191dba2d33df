"""Cache headers of assets: a year for an address with the current digest, no caching for others."""

from urllib.parse import parse_qs

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from alongside.platform.web.templates import asset

A_YEAR = b"public, max-age=31536000, immutable"


def with_versions(app: ASGIApp) -> ASGIApp:
    """Send “immutable” only where the parameter `v` is the digest of the asset.

    During a rollout an old process may be asked for an address of the new version: its old asset must not be cached
    under that address for a year.
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
