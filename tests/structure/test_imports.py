"""Who may import whom: the contracts of pyproject.toml, held by import-linter; and what no start waits for."""

import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

ONLY_WHERE_USED = {
    "numpy",
    "highspy",
    "onnxruntime",
    "python_calamine",
    "xlsxwriter",
    "typst",
    "PIL",
    "pyproj",
}
"""Libraries that take long to import, for what few ask for or what a child process does."""

STARTS = ("alongside.app", "alongside.worker", "alongside.cli")


def test_every_contract_is_kept() -> None:
    """The order of the rooms, the order inside a room, pages as nobody's library, Litestar at the edge."""
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("start", STARTS)
def test_no_start_waits_for_libraries_that_few_ask_for(start: str) -> None:
    """Web app, worker and command line start without the solver, numpy, the model of meaning and makers of files."""
    program = f"import sys, {start}; print(*sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert start in told.stdout.split()
    assert ONLY_WHERE_USED & set(told.stdout.split()) == set()
