"""The list of needs and offers in other frameworks, on the same database, each in an environment of its own."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alongside.dev.postgres.embedded import free_port
from alongside.features.authorities.settings import on_offer
from alongside.features.schools.phases import PHASES
from tests.benchmarks.databases import CACHE
from tests.benchmarks.web import Server, started
from tests.databases import SIGNING_KEY, DatabaseCopy, make_known

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Peer:
    """A page in another framework: a requirements file, and the command that serves it on a port."""

    name: str
    requirements: str
    command: tuple[str, ...]


PEERS = (
    Peer(
        "Django ORM and templates",
        "django.txt",
        ("gunicorn", "--workers", "1", "--bind", "127.0.0.1:{port}", "--log-level", "error", "django_list:application"),
    ),
    Peer(
        "FastAPI and async SQLAlchemy",
        "fastapi.txt",
        ("uvicorn", "--port", "{port}", "--loop", "uvloop", "--http", "httptools", "--log-level", "error", "--no-access-log",
         "fastapi_list:app"),
    ),
)  # fmt: skip


def environment_of(peer: Peer) -> Path:
    """The virtual environment of a peer, built once. Raises RuntimeError when its packages cannot be had."""
    requirements = FOLDER / peer.requirements
    key = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"peer-{requirements.stem}-{key}"
    if not (folder / "ready").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(folder / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r", str(requirements)])
        (folder / "ready").touch()
    return folder


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


@contextmanager
def served_peer(peer: Peer, copy: DatabaseCopy) -> Iterator[Server]:
    """A peer in one process over a database copy. Raises RuntimeError when its packages cannot be had."""
    folder = environment_of(peer)
    port = free_port()
    program, *arguments = peer.command
    command = [str(folder / "bin" / program), *(one.format(port=port) for one in arguments)]
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {
        "PYTHONPATH": str(FOLDER),
        "DATABASE_URL": copy.app_url,
        "SIGNING_KEY": SIGNING_KEY.decode(),
        "LABELS": json.dumps(_labels()),
    }
    with started(command, environment, port) as server:
        yield server


def _labels() -> dict[str, dict[str, str]]:
    settings = make_known("northshire")
    return {
        "themes": {key: one.label for key, one in on_offer(settings.themes).items()},
        "urgencies": {key: one.label for key, one in settings.urgencies.items()},
        "phases": dict(PHASES),
    }


TAGS = re.compile(rb"<[^>]+>")
ROWS = re.compile(rb'<li class="alongside-card">(.*?)</ul>\s*</li>', re.DOTALL)
LINK = re.compile(rb'href="([^"]+)"')


def row_texts(page: bytes) -> list[str]:
    """The links and the text of each row of the list, without white space, so that peers can be compared."""
    return [
        b" ".join((*LINK.findall(row), *TAGS.sub(b" ", row).split())).decode().replace(" ,", ",")
        for row in ROWS.findall(page)
    ]
