"""Mutants of the product's Python code: a removed permission check, scope or filter."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import ROOT, Mutant

SOURCE = ROOT / "src/alongside"
STATEMENTS = ("require", "require_for_consortium", "_require_scope", "require_school")
"""Calls that raise outside a person's scope; the whole statement is removed."""

ANSWERS = {
    "may": "True",
    "may_for_consortium": "True",
    "may_escalation": "True",
    "has_permission": "True",
    "schools_within": "None",
    "scope_filter": "__import__('sqlalchemy').true()",
    "consortium_filter": "__import__('sqlalchemy').true()",
    "escalation_filter": "__import__('sqlalchemy').true()",
    "scope_condition": "__import__('sqlalchemy').true()",
}
"""Calls that return a scope, with the value that stands for no limit."""

NARROWED = ("filter_by_scope", "_seen")
"""Calls that narrow a query, their first argument; the query is used without them."""

REFUSALS = ("NotFound", "ActionRefused", "ValidationFailed", "EditConflict")
FILES = ("actions.py", "queries.py")
FIRST = (
    "platform/access/authorisation.py",
    "platform/workflow.py",
    "features/dashboards/consortium/queries.py",
    "features/escalations/access_policy.py",
)

TESTS = {
    "platform/access": ("tests/access/test_the_law_in_python_and_sql.py", "tests/access/test_every_row.py"),
    "platform/workflow.py": (
        "tests/workflow",
        "tests/features/needs",
        "tests/features/escalations/test_every_state_move_and_role.py",
    ),
    "features/dashboards": ("tests/access/test_every_row.py", "tests/features/dashboards"),
    "features/people": (
        "tests/access/test_every_row.py",
        "tests/features/people/roles",
        "tests/features/people/sign_in",
    ),
}
"""The tests of a package that are not in the folder of the same name."""


def python_mutants() -> list[Mutant]:
    """Every mutant of access, of transitions, and of the actions and queries of each feature."""
    files = [SOURCE / one for one in FIRST]
    files += sorted(one for one in SOURCE.rglob("*.py") if one.name in FILES and one not in files)
    return [mutant for file in files for mutant in mutants_of(file)]


def tests_for(file: Path) -> tuple[str, ...]:
    """The tests that should notice a change in a file of the product."""
    package = "/".join(file.relative_to(SOURCE).parts[:2])
    scoped = file.name in {"queries.py", "access_policy.py"}
    first = ("tests/access/test_every_row.py", "tests/access/test_every_route.py") if scoped else ()
    return TESTS.get(package, (*first, f"tests/{package}"))


def mutants_of(file: Path) -> Iterator[Mutant]:
    """The mutants of one file, by line."""
    text = file.read_text()
    path = str(file.relative_to(ROOT))
    tree = ast.parse(text)
    for node, words, instead in _removals(tree):
        yield Mutant(
            f"{path}:{node.lineno} in {_function_around(tree, node.lineno)}: {words}",
            "scope" if words.startswith(("answer", "query")) else "guard",
            tests_for(file),
            path=path,
            source=replaced(text, node, instead),
        )


def _removals(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, str | ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and (name := _called(node.value)) in STATEMENTS:
            yield node, f"statement {name}", "pass"
        elif isinstance(node, ast.Call) and (name := _called(node)) in ANSWERS:
            yield node, f"answer {name}", ANSWERS[name]
        elif isinstance(node, ast.Call) and (name := _called(node)) in NARROWED and node.args:
            yield node, f"query {name}", node.args[0]
        elif isinstance(node, ast.If) and _refuses(node):
            yield node.test, "refusal", "False"


def _function_around(tree: ast.Module, line: int) -> str:
    around = [
        one.name
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and one.lineno <= line <= (one.end_lineno or 0)
    ]
    return around[-1] if around else "the module"


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Call):
        function = node.func
        return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return ""


def _refuses(node: ast.If) -> bool:
    raised = [one.exc for one in node.body if isinstance(one, ast.Raise) and one.exc is not None]
    names = {_called(one) or getattr(one, "id", "") for one in raised}
    return bool(names & set(REFUSALS))


def replaced(text: str, node: ast.expr | ast.stmt, instead: str | ast.expr) -> str:
    """Replace a node in the text by other text or by another node."""
    wanted = ast.get_source_segment(text, instead) if isinstance(instead, ast.AST) else instead
    assert wanted is not None
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = text.encode().splitlines(keepends=True)
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :] + b"".join(lines[node.end_lineno :])
    return (
        (before + f"({wanted})".encode() + after).decode()
        if wanted != "pass"
        else (before + b"pass" + after).decode()
    )
