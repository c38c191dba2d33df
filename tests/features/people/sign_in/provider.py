"""Real OpenID Connect providers in a separate process, and a user who signs in there."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

FOLDER = Path(__file__).parents[3] / "oidc"
SECRET = "a secret of tests, long enough for all"


@dataclass(frozen=True)
class Provider:
    """One provider: its issuer, and the client that we are to it."""

    issuer: str
    client_id: str


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def node_or_skip() -> str:
    """The Node that runs the providers; without it the tests are skipped, but never where CI=true."""
    node = shutil.which("node")
    if node and not (FOLDER / "node_modules" / "oidc-provider").is_dir() and shutil.which("npm"):
        subprocess.run(["npm", "ci", "--silent"], cwd=FOLDER, check=False, timeout=300)
    if node and (FOLDER / "node_modules" / "oidc-provider").is_dir():
        return node
    if os.environ.get("CI") == "true":
        pytest.fail(
            "Node and the packages of tests/oidc are needed: apt-get install nodejs npm, then make test-needs"
        )
    pytest.skip("needs Node and npm for a real OpenID provider")


@contextmanager
def running(providers: list[dict[str, Any]]) -> Iterator[None]:
    """Providers that listen until the block ends."""
    process = subprocess.Popen(
        [node_or_skip(), "oidc.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(providers) + "\n")
        process.stdin.flush()
        assert any(line == "ready\n" for line in iter(process.stdout.readline, "")), (
            "the providers did not start"
        )
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "input" and given.get("name"):
            self.fields[given["name"]] = given.get("value", "")


class Visitor:
    """A user at the provider: logs in, consents, and says to which address the browser is sent back."""

    def __init__(self) -> None:
        """Nobody is logged in yet."""
        self.http = httpx.AsyncClient(follow_redirects=False, timeout=10)

    async def close(self) -> None:
        """Leave."""
        await self.http.aclose()

    async def sign_in(self, address: str, subject: str) -> str:
        """Follow an authorisation request to its end as one account; the address of the callback."""
        response = await self.http.get(address)
        for _ in range(12):
            if response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if not target.startswith(address.partition("/auth")[0]):
                    return target
                response = await self.http.get(target)
                continue
            assert response.status_code == 200, response.text
            form = _Form()
            form.feed(response.text)
            fields = form.fields | ({"login": subject, "password": "any"} if "login" in form.fields else {})
            response = await self.http.post(urljoin(str(response.url), form.action), data=fields)
        raise AssertionError("the provider leads in circles")
