"""A database that accepts connections and never answers: the page says so and keeps the typed text."""

import asyncio
import re
import socket
from dataclasses import replace

from tests.client import Client, words
from tests.databases import DatabaseCopy, app_over
from tests.features.needs.form_values import need
from tests.personas import HEAD_OF_MILL


async def test_what_is_typed_is_kept_while_the_database_is_silent(copy: DatabaseCopy) -> None:
    """503 with the form to be sent again, for a GET and for a POST."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # the kernel accepts connections, and no process answers
        port = silent.getsockname()[1]
        async with app_over(replace(copy, app_url=re.sub(r":\d+/", f":{port}/", copy.app_url))) as app:
            client = Client(app)
            looked, posted = await asyncio.gather(
                client.get("/needs-and-offers", as_=HEAD_OF_MILL),
                client.post("/needs", need(title="Kept while it is silent"), as_=HEAD_OF_MILL),
            )
    assert (looked.status_code, posted.status_code) == (503, 503), words(looked)
    assert "Kept while it is silent" in posted.text
