"""The bundled nginx.conf against each limit of the app; it is run where nginx is installed."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from alongside.app import page_routes
from alongside.platform.web.problems import STATUSES
from alongside.platform.web.protocol import MOST_HEAD
from tests.browser.server import Served, served
from tests.client import Client, attribute, element, soup, words
from tests.databases import DatabaseCopy
from tests.patience import PATIENCE
from tests.personas import HEAD_OF_MILL, LEAD_OF_NORTH

CONFIGURATION = (Path(__file__).parents[2] / "infra" / "nginx.conf").read_text()
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HOST = HEAD_OF_MILL.host


def uploads() -> dict[str, int]:
    """Return each page that takes files, and its maximum bytes."""
    found = {}
    for handler in page_routes():
        largest = getattr(handler, "request_max_body_size", None)
        if isinstance(largest, int):
            found[min(handler.paths)] = largest
    return found


def size(name: str) -> int:
    """Return a size in the configuration, in bytes."""
    found = re.search(rf"^\s*{name} (?:\d+ )?(\d+)([mk]);", CONFIGURATION, re.MULTILINE)
    assert found, name
    return int(found[1]) * {"k": 1024, "m": 1024**2}[found[2]]


def test_every_upload_passes_the_proxy() -> None:
    """The proxy accepts what the app accepts, with a margin: the app's refusal keeps the text, the proxy's cannot."""
    assert len(uploads()) >= 4
    assert max(uploads().values()) * 1.25 < size("client_max_body_size")


def test_the_proxys_limits_of_headers_are_the_apps() -> None:
    """Nothing that passes nginx is refused by the app."""
    assert 4 * size("large_client_header_buffers") == MOST_HEAD


def test_what_the_proxy_refuses_gets_a_page() -> None:
    """Each status has its page in the app, and no other."""
    named = {int(found) for found in re.findall(r"error_page \d+ (?:=\d+ )?/problems/(\d+);", CONFIGURATION)}
    assert named == set(STATUSES)


@dataclass(frozen=True)
class Proxy:
    """The ports of nginx, and its certificate."""

    port: int
    plain: int
    context: ssl.SSLContext


@pytest.fixture
async def app(copy: DatabaseCopy) -> AsyncIterator[Served]:
    """The app behind the proxy."""
    async with served(copy) as one:
        yield one


@pytest.fixture
def proxy(app: Served, tmp_path: Path) -> Iterator[Proxy]:
    """The bundled configuration with the test's names, ports and certificate."""
    if NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed: .ci/run installs it")
        pytest.skip("nginx is not installed")
    plain, secure = free_port(), free_port()
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "key.pem"
    subject = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate), "-days", "1"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    changed = CONFIGURATION
    for ours, theirs in (
        ("wigan.alongside.example york.alongside.example", HOST),
        ("/etc/alongside/tls", str(tmp_path)),
        ("/var/log/nginx/alongside.log", str(tmp_path / "access.log")),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{app.port}"),
        ("rate=100r/s", "rate=1r/s"),  # so that few requests exceed the limits
        ("burst=400", "burst=40"),
        ("limit_conn alongside_open 500;", "limit_conn alongside_open 10;"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
    ):
        assert ours in changed, ours
        changed = changed.replace(ours, theirs)
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"worker_processes 1; daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{paths}{changed}\n}}\n"
    )
    process = subprocess.Popen([NGINX, "-e", str(tmp_path / "error.log"), "-c", str(main)])
    try:
        wait_for(secure, process)
        yield Proxy(secure, plain, ssl.create_default_context(cafile=str(certificate)))
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the port is open."""
    for _ in range(200):
        assert process.poll() is None, "nginx does not take the shipped configuration"
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")


class Named(httpx.AsyncHTTPTransport):
    """Asks for the certificate of the authority's name, as a browser does."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Name it."""
        request.extensions.setdefault("sni_hostname", HOST)
        return await super().handle_async_request(request)


def behind(proxy: Proxy, app: Served) -> Client:
    """A client behind the proxy."""
    client = Client(app.app)
    client.http = httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{proxy.port}", transport=Named(verify=proxy.context), timeout=PATIENCE
    )
    return client


async def test_each_upload_reaches_the_app_and_only_the_app_refuses_it(proxy: Proxy, app: Served) -> None:
    """At each limit and a little above, the response is the app's and keeps the typed text."""
    client = behind(proxy, app)
    for path, largest in uploads().items():
        address = re.sub(r"\{[^}]*\}", HEAD_OF_MILL.person_id.hex, path)
        for length in (largest - 2_000, largest + 300_000):
            answer = await client.http.post(
                address,
                files={
                    "file": ("a.bin", b"\x00" * length),
                    "text": (None, "Typed beside the file by a person"),
                },
                headers=client._headers(LEAD_OF_NORTH, {"sec-fetch-site": "same-origin"}),
            )
            assert answer.status_code in (403, 404, 413), (path, length)
            assert "Typed beside the file by a person" in words(answer), (path, length)
    await client.http.aclose()


async def test_what_nginx_refuses_is_a_page_of_ours(proxy: Proxy, app: Served) -> None:
    """413 above every limit, 431 for headers, 414 for the address, 400 for invalid HTTP: with our pages."""
    client = behind(proxy, app)
    large = await client.http.post("/needs", content=b"x" * 34_000_000, headers=client._headers(None, {}))
    jar = await client.http.get("/", headers={"host": HOST, "cookie": "a" * 9_000})
    long = await client.http.get("/needs-and-offers?q=" + "a" * 9_000, headers={"host": HOST})
    for answer, status, heading in (
        (large, 413, "This is too large"),
        (jar, 431, "The request is too large"),
        (long, 414, "The address is too long"),
    ):
        assert (answer.status_code, element(soup(answer), "h1").text) == (status, heading)
        assert "nginx" not in answer.text
    raw = await asyncio.to_thread(tls_answer, proxy, b"rubbish\r\n\r\n")
    assert b"This request cannot be read" in raw
    await client.http.aclose()


def tls_answer(proxy: Proxy, sent: bytes) -> bytes:
    """Return the response to bytes that are not HTTP."""
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as one,
        proxy.context.wrap_socket(one, server_hostname=HOST) as line,
    ):
        line.sendall(sent)
        answered = b""
        while part := line.recv(65_536):
            answered += part
        return answered


async def test_html_is_compressed_and_its_token_is_never_the_same(proxy: Proxy, app: Served) -> None:
    """The configuration compresses HTML; that is safe because no two responses contain the same token."""
    client = behind(proxy, app)
    tokens = set()
    for _ in range(3):
        page = await client.get("/needs/new", as_=HEAD_OF_MILL)
        assert page.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in page.headers["vary"]
        tokens.add(attribute(element(soup(page), "input[name=csrf_token]"), "value"))
    assert len(tokens) == 3
    await client.http.aclose()


async def test_one_address_cannot_send_too_many_requests(proxy: Proxy, app: Served) -> None:
    """It gets the app's page, and when to try again."""
    client = behind(proxy, app)
    for _ in range(500):
        answer = await client.http.get("/assets/icon.svg", headers={"host": HOST})
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert element(soup(answer), "h1").text == "Too many requests"
    await client.http.aclose()


async def test_one_address_cannot_hold_too_many_requests_open(proxy: Proxy, app: Served) -> None:
    """Bodies that never end hold connections to nginx, and none to the app."""
    client, release = behind(proxy, app), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"aim="
        await release.wait()

    kind = {"host": HOST, "content-type": "application/x-www-form-urlencoded"}
    held = [
        asyncio.create_task(client.http.post("/needs", content=endless(), headers=kind)) for _ in range(10)
    ]
    async with asyncio.timeout(PATIENCE):
        while (
            answer := await client.http.get("/assets/icon.svg", headers={"host": HOST})
        ).status_code == 200:
            await asyncio.sleep(0.2)
    assert answer.status_code == 429
    release.set()
    await asyncio.gather(*held, return_exceptions=True)
    await client.http.aclose()


async def test_what_is_not_for_outside_is_not_there(proxy: Proxy, app: Served) -> None:
    """Metrics, readiness and the error pages are not served to browsers."""
    client = behind(proxy, app)
    for path in ("/metrics", "/health/ready", "/problems/413"):
        assert (await client.http.get(path, headers={"host": HOST})).status_code == 404
    await client.http.aclose()


async def test_a_name_that_is_no_authoritys_is_not_answered(proxy: Proxy, app: Served) -> None:
    """Neither over TLS, where not even the certificate is shown, nor behind a known name, nor without TLS."""
    client = behind(proxy, app)
    for extensions in ({"sni_hostname": "nobody.example"}, {"sni_hostname": ""}):
        with pytest.raises(httpx.ConnectError):
            await client.http.get("/", headers={"host": HOST}, extensions=extensions)
    for address in ("/", f"http://127.0.0.1:{proxy.plain}/"):
        for host in ("nobody.example", "127.0.0.1", f"{HOST}.nobody.example"):
            with pytest.raises(httpx.RemoteProtocolError):
                await client.http.get(address, headers={"host": host})
    redirected = await client.http.get(f"http://127.0.0.1:{proxy.plain}/needs", headers={"host": HOST})
    assert (redirected.status_code, redirected.headers["location"]) == (308, f"https://{HOST}/needs")
    await client.http.aclose()
