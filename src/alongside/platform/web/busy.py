"""Refuses pages of an authority for which too many requests wait, before the app sees the request.

Refusing a thousand costs next to nothing. Forms reach the app, because their text is shown again.
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from alongside.platform.web.context import AppContext
from alongside.platform.web.render import HTML, plain_page
from alongside.platform.web.responses import RETRY_AFTER
from alongside.platform.web.security import HEADERS

ALWAYS_SERVED = ("/assets/", "/health/", "/metrics")
"""Paths that are served also while too many requests for pages wait."""


def refusing_when_busy(app: ASGIApp, app_context: AppContext) -> ASGIApp:
    """Wrap the app; it stands behind the middleware that finds the address that a trusted proxy names."""
    page = plain_page(app_context.environment, "errors/503.html")
    more = {"content-type": f"{HTML}; charset=utf-8", "content-length": str(len(page))}
    headers = [(name.encode(), value.encode()) for name, value in (HEADERS | RETRY_AFTER | more).items()]

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and _is_refused(scope, app_context):
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": page, "more_body": False})
        else:
            await app(scope, receive, send)

    return guarded


def _is_refused(scope: HTTPScope, app_context: AppContext) -> bool:
    if scope["method"] == "POST" or scope["path"].startswith(ALWAYS_SERVED):
        return False
    tenant = app_context.known_tenant(host_of(scope))
    client = scope["client"]
    return tenant is not None and app_context.turns.refuses(tenant.authority_id, client[0] if client else "")


def host_of(scope: HTTPScope) -> str:
    """Return the host that a request names."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
