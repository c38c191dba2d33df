"""The framework alone: an app of one page that is always the same, served as ours is."""

import socket
import sys

import uvicorn
from litestar import Litestar, get

PAGE = "x" * 15_000
"""About as long as the board."""


@get("/", media_type="text/html")
async def constant() -> str:
    """Always the same."""
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
