"""The framework alone: an application with one constant page, served in the same way."""

import socket
import sys

import uvicorn
from litestar import Litestar, get

PAGE = "x" * 15_000
"""About the size of the board page."""


@get("/", media_type="text/html")
async def constant() -> str:
    """The constant page."""
    return PAGE


app = Litestar([constant], openapi_config=None)

if __name__ == "__main__":
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
