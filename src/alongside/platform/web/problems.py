"""Error pages for requests that the proxy refuses (infra/nginx.conf), the same as our own."""

from litestar import Response, get

from alongside.platform.access.permissions import Permission
from alongside.platform.web.context import AppContext
from alongside.platform.web.http import HttpRequest
from alongside.platform.web.render import plain_response

STATUSES = (400, 408, 413, 414, 429, 431)


@get([f"/problems/{status}" for status in STATUSES], opt={"permission": Permission.VIEW_PUBLIC_PAGES})
async def show_problem(request: HttpRequest) -> Response[bytes]:
    """Return the page of a status, without the database and without an authority."""
    app_context: AppContext = request.app.state.app_context
    status = int(request.scope["path"].rpartition("/")[2])
    return plain_response(app_context.environment, status)


routes = [show_problem]
"""The routes of this module."""
