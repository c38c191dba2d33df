"""One mutant: the removed guard, the tests that should fail, and the run that checks it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SQL_VARIABLE = "ALONGSIDE_TEST_MUTANT"
"""The environment variable whose SQL `tests/databases.py` runs on the template database of a test run."""

LONGEST = 900
"""Seconds after which a run is stopped.

It then counts as noticed, because a hanging test run is noticed too.
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A removed guard: `sql` for the database, or new text for one source file of the product.

    `tests` are paths or node ids, with options, of the tests that should fail; `family` is the kind of guard.
    """

    name: str
    family: str
    tests: tuple[str, ...]
    sql: str = ""
    path: str = ""
    source: str = ""

    def is_noticed(self) -> bool:
        """Run the tests against the mutant. Returns whether one of them fails."""
        with self._project() as (folder, environment):
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-n0",
                "-q",
                "-x",
                "-p",
                "no:cacheprovider",
                *self.tests,
            ]
            try:
                done = subprocess.run(
                    command, cwd=folder, env=environment, capture_output=True, timeout=LONGEST, check=False
                )
            except subprocess.TimeoutExpired:
                return True
        if done.returncode not in (0, 1, 2):  # 2: the tests could not even be collected or were interrupted
            raise RuntimeError(f"{self.name}: no test was run\n{done.stdout.decode()[-2000:]}")
        return done.returncode != 0

    @contextmanager
    def _project(self) -> Iterator[tuple[Path, dict[str, str]]]:
        environment = {one: value for one, value in os.environ.items() if not one.startswith("ALONGSIDE_")}
        if self.sql:
            yield ROOT, environment | {SQL_VARIABLE: self.sql}
            return
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for one in ROOT.iterdir():
                if one.name not in ("src", ".git", ".venv"):
                    (folder / one.name).symlink_to(one)
            shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
            (folder / self.path).write_text(self.source)
            paths = os.pathsep.join((str(folder / "src"), str(folder)))
            yield folder, environment | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
