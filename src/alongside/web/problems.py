"""Pages for what the proxy refuses before we hear of it (infra/nginx.conf): proper pages, the same as our own."""

from typing import Any

from litestar import Request, Response, get

from alongside.access.permissions import Permission
from alongside.web.house import House
from alongside.web.render import HTML, plain_page

STATUSES = (400, 408, 413, 414, 431)


@get([f"/problems/{status}" for status in STATUSES], opt={"permission": Permission.OPEN_FRONT_DOOR})
async def show_problem(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The page of a status; it asks no database and belongs to no authority."""
    house: House = request.app.state.house
    status = int(request.scope["path"].rpartition("/")[2])
    page = plain_page(house.environment, f"errors/{status}.html")
    return Response(page, status_code=status, media_type=HTML)


routes = [show_problem]
"""The pages of this module."""
