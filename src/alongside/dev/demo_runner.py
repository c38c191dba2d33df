"""Run the demonstration: start PostgreSQL, the web app and the worker, and stop them together."""

import asyncio
import hashlib
import http.client
import json
import os
import secrets
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Self

import alongside.models_registry  # noqa: F401  (every table is declared before a database is opened)
from alongside.dev.postgres.embedded import AlreadyRunning, EmbeddedServer
from alongside.errors import ConfigurationError
from alongside.platform.access.principal import system
from alongside.platform.database.roles import APP, DATABASE, MIGRATOR, drop_database, prepare_cluster
from alongside.platform.database.schema import upgrade_schema
from alongside.platform.database.session import Database
from alongside.process_manager import ManagedProcess, Supervisor, child
from alongside.settings import PACKAGE, Settings, bundled
from alongside.web_server import SUPERVISOR, listen, web_processes

HOST = "127.0.0.1"
OPEN = ("wigan", "york")
"""The authorities to visit, each by its name under localhost, which browsers take to this machine."""

UNFINISHED = "everything has stopped before all data was there; the next start begins again"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Secrets:
    """Secrets that are kept between starts, in a file that only its owner can read."""

    signing_key: str
    secret: str
    migrator: str
    app: str

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """Read the secrets, or create them at the first start."""
        if not path.exists():
            made = {name: secrets.token_hex(32) for name in cls.__annotations__}
            half = path.with_suffix(".half")
            half.unlink(missing_ok=True)
            with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                json.dump(made, file)
            half.rename(path)
        return cls(**json.loads(path.read_text()))


def chosen_folder() -> Path:
    """The data folder of the demonstration: `var/` of the project, else a folder in the current directory."""
    project = PACKAGE.parent.parent
    if PACKAGE.parent.name == "src" and (project / "pyproject.toml").exists():
        return project / "var"
    return Path.cwd() / "alongside-demonstration"


def demonstrate(folder: Path, port: int, web: int, say: Say) -> int:
    """Run the demonstration until it is stopped; returns the exit code.

    Raises ConfigurationError, with nothing left running, when it runs already, the port is taken or it cannot start.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with it ignored
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    server = EmbeddedServer(folder / "postgres")
    loading = folder / "loading"
    try:
        server.claim()
        sock = listen(HOST, port)
        say(f"starting PostgreSQL in {folder}")
        server.start()
        settings = asyncio.run(prepare(server, folder, port, say))
        return asyncio.run(_keep_alive(server, sock.fileno(), web, settings, say))
    except AlreadyRunning:
        raise ConfigurationError(
            f"The demonstration in {folder} is running already: end that one first."
        ) from None
    except KeyboardInterrupt:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # it ends already
        if server.running():
            unfinished = loading.exists()
            server.stop(at_once=unfinished)
            say(UNFINISHED if unfinished else "everything has stopped; what you did is kept")


async def prepare(server: EmbeddedServer, folder: Path, port: int, say: Say) -> Settings:
    """Set up roles, schema and demonstration data; repeating it is safe.

    The file `loading` exists from before the first data until all of it is there. A start that finds it begins with an
    empty database, because an interrupted one left a part. So does a start with another baseline than the one in the
    file `baseline`, because an earlier version made the database.
    """
    loading, known = folder / "loading", folder / "secrets.json"
    earlier = is_of_earlier_version(folder)
    if earlier and not loading.exists():
        say("an earlier version made this demonstration: it is made again, and what you did is lost")
    if loading.exists() or earlier:
        loading.touch()
        await drop_database(server.superuser_url, DATABASE)
    elif not known.exists():
        loading.touch()
    remember_baseline(folder)
    kept = Secrets.kept_in(known)
    await prepare_cluster(server.superuser_url, {MIGRATOR: kept.migrator, APP: kept.app})
    settings = Settings(
        database_url=server.socket_url(APP, kept.app, DATABASE),
        migrator_url=server.socket_url(MIGRATOR, kept.migrator, DATABASE),
        signing_key=kept.signing_key.encode(),
        secret=kept.secret.encode(),
        demonstration=True,
        base_url=f"http://{{slug}}.localhost:{port}",
        log_format="text",
        anchors=folder / "anchors",
    )
    assert settings.migrator_url is not None
    say("bringing the database to the present schema")
    await upgrade_schema(settings.migrator_url, settings.signing_key)
    await apply_authorities(settings, say)
    load = (
        getattr(import_module("alongside.dev.demo_data"), "load", None)
        if find_spec("alongside.dev.demo_data")
        else None
    )
    if load is not None:
        await load(settings, say)
    loading.unlink(missing_ok=True)
    return settings


def is_of_earlier_version(folder: Path) -> bool:
    """Return whether another baseline than this version's made the database in a folder."""
    kept = folder / "baseline"
    return (folder / "secrets.json").exists() and (
        not kept.exists() or kept.read_text(encoding="utf-8") != _baseline_digest()
    )


def remember_baseline(folder: Path) -> None:
    """Keep the digest of this version's baseline beside the database."""
    (folder / "baseline").write_text(_baseline_digest(), encoding="utf-8")


def _baseline_digest() -> str:
    return hashlib.sha256((bundled("migrations") / "versions" / "0001_baseline.sql").read_bytes()).hexdigest()


async def apply_authorities(settings: Settings, say: Say) -> None:
    """Apply `tenants/*.toml` where something differs, as `alongside authority apply` does."""
    from alongside.features.authorities.files import read_authorities, tenants_folder
    from alongside.features.authorities.settings_cache import register_settings
    from alongside.features.consortia.commands import apply_authority, planned_lines, today

    declared, mistakes = read_authorities(tenants_folder())
    if mistakes:
        raise ConfigurationError(f"The authorities cannot be applied: {mistakes[0]}.")
    database = Database.of_migrator(settings)
    try:
        for one in declared:
            register_settings(one, 0)
            async with database.transaction(one.dfe_code) as session:
                lines, refused = await planned_lines(session, one)
                if refused:
                    raise ConfigurationError(f"{one.name} cannot be applied: {refused[0]}")
                if lines:
                    say(f"applying the settings of {one.name}")
                    await apply_authority(session, system(one.dfe_code, today()), one)
    finally:
        await database.close()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment from which a child process reads the same settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    return others | {
        "DATABASE_URL": settings.database_url,
        "ALONGSIDE_RLS_SIGNING_KEY": settings.signing_key.decode(),
        "ALONGSIDE_SECRET": settings.secret.decode(),
        "ALONGSIDE_DEMONSTRATION": "yes" if settings.demonstration else "no",
        "ALONGSIDE_BASE_URL": settings.base_url,
        "ALONGSIDE_MAIL": settings.mail,
        "ALONGSIDE_LOG_FORMAT": settings.log_format,
        **({"ALONGSIDE_ANCHORS": str(settings.anchors)} if settings.anchors else {}),
        SUPERVISOR: str(os.getpid()),
    }


async def _keep_alive(server: EmbeddedServer, descriptor: int, web: int, settings: Settings, say: Say) -> int:
    environment = environment_of(settings)

    def start_again() -> subprocess.Popen[bytes]:
        server.start()
        assert server.process is not None
        return server.process

    async def greet() -> None:
        port = int(settings.base_url.rpartition(":")[2])
        while not await asyncio.to_thread(_answers, port):  # noqa: ASYNC110  (another process, no event to wait for)
            await asyncio.sleep(0.1)
        say("ready. Open one of these; Ctrl-C stops everything, and what you did is kept.")
        for slug in OPEN:
            say(f"    {settings.address(slug, '')}")

    database = ManagedProcess("PostgreSQL", start_again, server.process, outlives=True)
    worker = ManagedProcess("the worker", lambda: child(["worker"], environment))
    with web_processes(descriptor, web, environment) as kept:
        return await Supervisor([database, *kept, worker], say).run(greet=greet)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/ready", headers={"Host": f"{OPEN[0]}.localhost:{port}"})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
