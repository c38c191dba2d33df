"""Measures how the code is built: `python -m tests.structure.measure [OTHER_CHECKOUT]` prints a table.

With another checkout, such as an earlier commit, its figures stand in a column beside this one's. Files and statements
of whole requests are measured by `tests.structure.measure_writes`, which needs a database.
"""

import ast
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.structure.test_names import forbidden_in

ROOT = Path(__file__).parents[2]
LONG_LINE = 200


def lines_of(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def spread(lengths: Sequence[int]) -> str:
    """Return median, 95th percentile and maximum."""
    ordered = sorted(lengths)
    return f"{statistics.median(ordered):.0f} / {ordered[int(len(ordered) * 0.95)]} / {ordered[-1]}"


def functions_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, methods and nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def names_in(path: Path) -> Iterator[str]:
    """Yield the names of a module, its classes, functions and constants."""
    yield path.stem
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id


def forbidden_names(files: Sequence[Path]) -> int:
    """Return how many names contain a word that `test_names` forbids."""
    return sum(bool(forbidden_in(name)) for path in files for name in names_in(path))


def figures(root: Path) -> dict[str, str]:
    """Return the figures of a checkout by name."""
    product = sorted((root / "src" / "alongside").rglob("*.py"))
    tests = [path for path in sorted((root / "tests").rglob("*.py")) if "node_modules" not in path.parts]
    templates = sorted((root / "templates").rglob("*.html"))
    sizes = [lines_of(path) for path in product]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1 for path in product for node in functions_in(path)
    ]
    routes = sum(
        len(re.findall(r"^@\w+\.(?:get|post)\(", path.read_text(encoding="utf-8"), re.MULTILINE))
        for path in product
    )
    return {
        "files of the product": f"{len(product):,}",
        "lines of the product": f"{sum(sizes):,}",
        "lines of a file, median / p95 / max": spread(sizes),
        "functions": f"{len(functions):,}",
        "lines of a function, median / p95 / max": spread(functions),
        "routes written by hand": f"{routes}",
        "templates": f"{len(templates)}",
        "lines of templates": f"{sum(map(lines_of, templates)):,}",
        f"lines of templates above {LONG_LINE} characters": str(
            sum(
                len(line) > LONG_LINE
                for path in templates
                for line in path.read_text(encoding="utf-8").splitlines()
            )
        ),
        "names with a forbidden word": f"{forbidden_names(product)}",
        "lines of tests": f"{sum(map(lines_of, tests)):,}",
    }


def main() -> None:
    """Print the table."""
    roots = [*map(Path, sys.argv[1:]), ROOT]
    columns = [figures(root) for root in roots]
    for name in columns[-1]:
        print(f"{name:45}", *(f"{column[name]:>18}" for column in columns))


if __name__ == "__main__":
    main()
