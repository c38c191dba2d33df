"""The head of a request is limited in bytes, headers and seconds, and refused with a page."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from bs4 import BeautifulSoup

from alongside.platform.web import protocol
from alongside.platform.web.protocol import LimitedProtocol, limited_protocol
from alongside.web_server import _pages
from tests.client import element
from tests.patience import PATIENCE


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers every request."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


class Held(LimitedProtocol):
    """Records the most bytes of a head in memory."""

    most = 0

    def data_received(self, data: bytes) -> None:
        """Count before and after."""
        super().data_received(data)
        Held.most = max(Held.most, self._head)


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Any:
    """The app with our protocol."""
    return getattr(request, "param", hello)


@pytest.fixture
async def port(served: Any) -> AsyncIterator[int]:
    """The port of a server with our protocol."""
    listening = socket.create_server(("127.0.0.1", 0))
    made = type("Watched", (Held, limited_protocol(_pages())), {"pages": _pages()})
    config = uvicorn.Config(
        served, http=made, lifespan="off", ws="none", log_config=None, server_header=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    await task
    listening.close()


SILENCE = 2.0
"""Seconds without a further byte after which a response has ended."""


async def ask(port: int, *sent: bytes, pause: float = 0.0) -> bytes:
    """Send pieces and read the response until the connection is closed, or silent after a response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = b""
    with suppress(ConnectionError):
        for piece in sent:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    with suppress(ConnectionError):
        while True:
            try:
                part = await asyncio.wait_for(reader.read(65_536), SILENCE if answered else PATIENCE)
            except TimeoutError:
                assert answered, "the connection was neither answered nor closed"
                break
            if not part:
                break
            answered += part
    writer.close()
    return answered


def page_of(answered: bytes) -> tuple[int, str]:
    """Return status and heading of a response, after checking that it is a whole page with the security headers."""
    head, _, body = answered.partition(b"\r\n\r\n")
    assert b"content-security-policy: " in head and b"content-type: text/html" in head
    tree = BeautifulSoup(body, "html5lib")
    assert tree.html and tree.html["lang"] == "en-GB" and tree.title
    return int(head.split()[1]), element(tree, "h1").text


START = b"GET / HTTP/1.1\r\nhost: northshire.localhost\r\n"


async def test_300_mb_of_headers_are_not_held(port: int) -> None:
    """However much is sent, little more than the limit is read."""
    header = b"x-long: " + b"a" * 1_000_000 + b"\r\n"
    answered = await ask(port, START, *[header] * 300)
    assert Held.most < protocol.MOST_HEAD + 300_000
    if answered:  # unless the connection was reset while data was on its way
        assert page_of(answered) == (431, "The request is too large")


async def test_a_cookie_jar_that_is_too_full_is_answered_with_a_page(port: int) -> None:
    """What a browser can really send: 40 kB of cookies."""
    answered = await ask(port, START + b"cookie: " + b"a" * 40_000 + b"\r\n\r\n")
    assert page_of(answered) == (431, "The request is too large")


async def test_very_many_headers_are_refused(port: int) -> None:
    """Each header costs more memory than its bytes."""
    many = b"".join(b"x-%d: a\r\n" % number for number in range(protocol.MOST_HEADERS + 1))
    assert page_of(await ask(port, START + many + b"\r\n"))[0] == 431


async def test_a_long_address_is_refused(port: int) -> None:
    """No page of ours has one."""
    request = b"GET /needs-and-offers?q=" + b"a" * protocol.MOST_URL + b" HTTP/1.1\r\nhost: a\r\n\r\n"
    assert page_of(await ask(port, request)) == (414, "The address is too long")


async def test_what_is_no_http_is_answered_with_a_page(port: int) -> None:
    """The framework answered with three words of plain text."""
    assert page_of(await ask(port, b"rubbish\r\n\r\n")) == (400, "This request cannot be read")


async def test_headers_that_never_end_are_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow sender holds a connection for seconds only."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    assert page_of(await ask(port, START, pause=0.4))[0] == 408
    assert await ask(port, b"", pause=0.4) == b""


async def test_ordinary_requests_pass_one_after_the_other(port: int) -> None:
    """On one connection, also after a body and pipelined; the count restarts with each."""
    cookie = b"cookie: " + b"a" * 20_000 + b"\r\n\r\n"
    answered = await ask(port, START + cookie, START + cookie + START + cookie, START + b"\r\n", pause=0.1)
    assert answered.count(b"HTTP/1.1 200 OK") == 4
    post = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n" + b"x" * 100_000
    assert (await ask(port, post + START + b"\r\n")).count(b"HTTP/1.1 200 OK") == 2


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    """An app that reads the whole body, and returns the headers it has then."""
    while (await receive()).get("more_body"):
        pass
    said = b",".join(name for name, _ in scope.get("headers", ()))
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]}
    )
    await send({"type": "http.response.body", "body": said})


CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n"


@pytest.mark.parametrize("served", [reads_all], indirect=True)
@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(b"0\r\n" + b"x-long: " + b"a" * 1_000_000, id="one trailer"),
        pytest.param(b"0\r\n" + b"x-long: aaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 30_000, id="many trailers"),
        pytest.param(b"1;long=" + b"a" * 1_000_000, id="the head of a chunk"),
    ],
)
async def test_what_follows_the_body_is_limited_like_what_comes_before(port: int, endless: bytes) -> None:
    """Trailers count as headers: 60 MB of them were held in memory. The connection is closed without a response."""
    assert await ask(port, CHUNKED + b"1\r\nx\r\n", endless, pause=0.1) == b""


@pytest.mark.parametrize("served", [reads_all], indirect=True)
async def test_trailers_are_dropped_and_are_no_headers(port: int) -> None:
    """A cookie or host sent after the body is ignored; the connection stays open."""
    answered = await ask(port, CHUNKED + b"0\r\ncookie: a=b\r\nx-more: 1\r\n\r\n" + START + b"\r\n")
    assert answered.count(b"HTTP/1.1 200 OK") == 2
    assert b"host,transfer-encoding" in answered
    assert b"cookie" not in answered and b"x-more" not in answered


@pytest.mark.parametrize("served", [reads_all], indirect=True)
async def test_a_large_body_in_small_chunks_is_heard(port: int) -> None:
    """More framing than content, and far more than the limit of a head, is an ordinary upload."""
    answered = await ask(port, CHUNKED, *[b"1\r\nx\r\n" * 5_000] * 20, b"0\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 200 OK")
