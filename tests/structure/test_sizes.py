"""Limits on the size of modules and functions, so that they are split early."""

import ast
from pathlib import Path
from statistics import median

SOURCE = Path(__file__).parents[2] / "src" / "alongside"
FILES = sorted(SOURCE.rglob("*.py"))


def test_no_file_is_a_drawer() -> None:
    """No module above 400 lines, few above 250, half of them below 100."""
    lengths = {path.relative_to(SOURCE): len(path.read_text().splitlines()) for path in FILES}
    assert not {path: length for path, length in lengths.items() if length > 400}
    assert sum(length > 250 for length in lengths.values()) <= len(lengths) * 0.08
    assert median(lengths.values()) <= 100


def test_no_function_needs_a_second_screen() -> None:
    """No function above 60 lines."""
    long = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert not long


def test_no_file_is_named_for_nothing() -> None:
    """Module names say what is inside."""
    assert not [
        path
        for path in FILES
        if path.stem in {"utils", "helpers", "common", "misc", "manager", "data", "info"}
    ]
