"""Serves the web app on a socket, with one process or several that share it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from prometheus_client.multiprocess import mark_process_dead

from alongside.errors import ConfigurationError
from alongside.features.directory.search.embeddings import can_read
from alongside.features.directory.search.model_client import SOCKET, model_socket, start_model
from alongside.platform.web.problems import STATUSES
from alongside.platform.web.protocol import limited_protocol
from alongside.platform.web.render import plain_page
from alongside.platform.web.templates import make_environment
from alongside.process_manager import ManagedProcess, child
from alongside.settings import Settings, bundled

BACKLOG = 2048
SUPERVISOR = "ALONGSIDE_SUPERVISOR"
"""The variable with the process id of the supervisor; when that ends, this process ends too."""

PR_SET_PDEATHSIG = 1


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that child processes may share.

    Raises ConfigurationError when the port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if isinstance(error, PermissionError):
            raise ConfigurationError(
                f"Port {port} may be used by root only: choose another with --port."
            ) from None
        raise ConfigurationError(
            f"Port {port} is taken by another program: end it, or choose another (--port {port + 1})."
        ) from None
    made.set_inheritable(True)
    return made


def serve(descriptor: int, settings: Settings) -> None:
    """Serve the app on a listening socket until SIGTERM; running requests may finish."""
    config = uvicorn.Config(
        "alongside.app:create_app",
        factory=True,
        loop="uvloop",
        http=limited_protocol(_pages()),
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=list(settings.trusted_proxy),
        timeout_graceful_shutdown=4,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


def _pages() -> dict[int, bytes]:
    """Return the error pages for requests that never reach the app."""
    environment = make_environment(bundled("templates"))
    return {status: plain_page(environment, f"errors/{status}.html") for status in STATUSES}


@contextmanager
def web_processes(
    descriptor: int, processes: int, environment: dict[str, str]
) -> Iterator[list[ManagedProcess]]:
    """Return that many web processes to supervise, with one listening socket and joint metrics, after the one of the
    sentence model, which they and the worker share: `environment` then names its socket.
    """
    with (
        tempfile.TemporaryDirectory(prefix="alongside-figures-") as figures,
        model_socket() as (path, listening),
    ):
        environment[SOCKET] = path
        with_metrics = environment | {"PROMETHEUS_MULTIPROC_DIR": figures}
        sentences = ManagedProcess("the sentence model", lambda: start_model(listening), optional=True)
        yield [
            *((sentences,) if can_read() else ()),
            *(_web_process(number, descriptor, with_metrics) for number in range(1, processes + 1)),
        ]


def _web_process(number: int, descriptor: int, environment: dict[str, str]) -> ManagedProcess:
    def start() -> subprocess.Popen[bytes]:
        if kept.process is not None:  # drop the metrics of the process that died
            mark_process_dead(kept.process.pid, environment["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
        return child(["web", "--descriptor", str(descriptor)], environment, descriptors=[descriptor])

    kept = ManagedProcess(f"web app {number}", start)
    return kept


def end_with_supervisor() -> None:
    """Have Linux end this process when its supervisor is killed; does nothing without a supervisor."""
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the call above
        raise SystemExit(1)
