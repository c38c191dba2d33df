"""The import contracts of pyproject.toml, checked by import-linter; and slow libraries that no start imports."""

import subprocess
import sys

import pytest
from importlinter.cli import lint_imports

ONLY_WHERE_USED = {
    "numpy",
    "highspy",
    "ortools",
    "onnxruntime",
    "python_calamine",
    "xlsxwriter",
    "typst",
    "PIL",
    "pyproj",
}
"""Slow libraries that are needed by few requests or only by child processes."""

STARTS = {
    "alongside.app": "alongside.app.page_routes()",
    "alongside.worker.main": "alongside.worker.main.declared_handlers()",
    "alongside.cli": "",
}
"""Modules that start a process, and the call that loads what it needs beyond its imports."""


def test_every_contract_is_kept() -> None:
    """The order of the features and within them, pages imported by nothing, Litestar only in the web layer."""
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("start", STARTS)
def test_no_start_waits_for_libraries_that_few_ask_for(start: str) -> None:
    """Web app, worker and command line start without the solver, numpy, the embedding model and file libraries."""
    program = f"import sys, {start}\n{STARTS[start]}\nprint(*sorted(sys.modules))"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert start in output.stdout.split()
    assert ONLY_WHERE_USED & set(output.stdout.split()) == set()
