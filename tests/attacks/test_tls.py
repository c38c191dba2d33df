"""Where TLS is required, nothing is sent to PostgreSQL or a mail server without it."""

import asyncio
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from alongside.errors import ConfigurationError
from alongside.platform.database.listener import Listener
from alongside.platform.database.session import Database
from alongside.platform.notifications.email_messages import RenderedEmail
from alongside.platform.notifications.transports import transport_of
from alongside.settings import Settings
from tests.databases import DatabaseCopy
from tests.patience import PATIENCE
from tests.setup.test_settings import RIGHT

MESSAGE = RenderedEmail(
    "head@school.example",
    "A need was posted",
    "Text",
    "<p>Text</p>",
    "one",
    "b@b.example",
    "https://a.example",
)


def settings(required: str, certificates: Path | None = None, **more: str) -> Settings:
    """Return the settings of an installation."""
    own = {"ALONGSIDE_TLS_CERTIFICATES": str(certificates)} if certificates else {}
    return Settings.from_environment(RIGHT | {"ALONGSIDE_TLS_REQUIRED": required} | own | more)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-days", "1"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    return folder / "cert.pem"


@asynccontextmanager
async def with_tls(plain: str, certificate: Path) -> AsyncIterator[str]:
    """Yield the address of a proxy that requires TLS as PostgreSQL does, in front of a server without it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.parent / "key.pem")
    parts = urlsplit(plain)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(8) == struct.pack(">II", 8, 80877103)  # SSLRequest
        writer.write(b"S")
        await writer.drain()
        with suppress(OSError):
            await writer.start_tls(context)
            behind, onward = await asyncio.open_connection(parts.hostname, parts.port)
            await asyncio.gather(pump(reader, onward), pump(behind, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    yield parts._replace(netloc=f"{parts.username}:{parts.password}@localhost:{port}").geturl()
    listening.close()


async def ask(address: str) -> None:
    """Connect as the app does."""
    database = Database(address, b"k" * 32)
    try:
        async with database.system_connection() as connection:
            await connection.execute(text("SELECT 1"))
    finally:
        await database.close()


async def test_the_database_is_spoken_to_over_tls_or_not_at_all(
    copy: DatabaseCopy, certificate: Path
) -> None:
    """Without TLS no connection; with TLS and the right certificate all of them, including the listener's."""
    plain = copy.app_url.replace("127.0.0.1", "localhost")
    await ask(settings("no", DATABASE_URL=plain).database_url)
    with pytest.raises(ConnectionError, match="SSL"):
        await ask(settings("yes", certificate, DATABASE_URL=plain).database_url)
    async with with_tls(plain, certificate) as secure:
        address = settings("yes", certificate, DATABASE_URL=secure).database_url
        await ask(address)
        connected = asyncio.Event()
        listener = Listener(address, lambda *_: None, connected.set)
        listener.start()
        await asyncio.wait_for(connected.wait(), PATIENCE)
        await listener.stop()
        with pytest.raises(ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            await ask(settings("yes", DATABASE_URL=secure).database_url)
        with pytest.raises(ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            await ask(address.replace("@localhost", "@127.0.0.1"))


class MailServer:
    """A server that accepts every email, without STARTTLS."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each line as SMTP does."""
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode():
            self.heard.append(line.strip())
            word = line.split()[0].upper()
            if word == "DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) != b".\r\n":
                    pass
            writer.write(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n" if word == "EHLO" else b"250 well\r\n")
            if word == "QUIT":
                break
        writer.close()


@pytest.fixture
async def mail_server() -> AsyncIterator[tuple[MailServer, int]]:
    """The server and its port."""
    one = MailServer()
    listening = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    yield one, listening.sockets[0].getsockname()[1]
    listening.close()


async def test_no_email_and_no_password_goes_to_a_server_without_tls(
    mail_server: tuple[MailServer, int],
) -> None:
    """Without the setting the email is accepted; with it nothing but the greeting is exchanged."""
    one, port = mail_server
    mail = f"smtp://127.0.0.1:{port}"
    await transport_of(settings("no", ALONGSIDE_MAIL=mail).mail, "a@b.example")(MESSAGE)
    assert any(line.startswith("RCPT") for line in one.heard)
    one.heard.clear()
    required = settings("yes", ALONGSIDE_MAIL=f"smtp://user:hush@127.0.0.1:{port}").mail
    with pytest.raises(Exception, match="STARTTLS"):
        await transport_of(required, "a@b.example")(MESSAGE)
    assert not [line for line in one.heard if not line.startswith(("EHLO", "QUIT"))]


def test_a_weaker_mode_in_the_address_is_refused() -> None:
    """The setting and the address must not contradict each other."""
    for mode in ("disable", "prefer", "require", "verify-ca"):
        with pytest.raises(ConfigurationError, match="sslmode=verify-full"):
            settings("yes", DATABASE_URL=f"postgresql://a:b@db.example/alongside?sslmode={mode}")
    asked = settings(
        "yes", DATABASE_URL="postgresql://a:b@db.example/alongside?sslmode=verify-full&sslrootcert=/x"
    )
    assert asked.database_url.endswith("?sslmode=verify-full&sslrootcert=/x")
    local = "postgresql://a:b@/alongside?host=/run/postgresql"
    assert settings("yes", DATABASE_URL=local).database_url == local
    with pytest.raises(ConfigurationError, match="ALONGSIDE_TLS_CERTIFICATES"):
        settings("yes", Path("/nowhere/ca.pem"))
