"""Pages for what the proxy refuses before we hear of it (infra/nginx.conf): proper pages, the same as our own."""

from typing import Any

from litestar import Request, Response, get

from alongside.platform.access.permissions import Permission
from alongside.platform.web.context import AppContext
from alongside.platform.web.render import HTML, plain_page

STATUSES = (400, 408, 413, 414, 431)


@get([f"/problems/{status}" for status in STATUSES], opt={"permission": Permission.VIEW_PUBLIC_PAGES})
async def show_problem(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The page of a status; it asks no database and belongs to no authority."""
    app_context: AppContext = request.app.state.app_context
    status = int(request.scope["path"].rpartition("/")[2])
    page = plain_page(app_context.environment, f"errors/{status}.html")
    return Response(page, status_code=status, media_type=HTML)


routes = [show_problem]
"""The pages of this module."""
