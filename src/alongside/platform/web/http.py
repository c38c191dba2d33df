"""The types of requests and responses: Litestar's, without its own user, authentication and state."""

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream

HttpRequest = Request[object, object, State]
HttpResponse = Response[bytes] | Stream
