"""The type of an HTTP request: Litestar's, without its own user, authentication and state."""

from litestar import Request
from litestar.datastructures import State

HttpRequest = Request[object, object, State]
