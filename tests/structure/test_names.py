"""Words that must not come back as names: private metaphors of an earlier version, each with its plain replacement."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from alongside.models_registry import Base
from alongside.platform.access.permissions import Permission
from tests.client import Client

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "migrations")
FORBIDDEN = {
    "anew": "again",
    "asker": "requester",
    "cast": "personas",
    "fate": "row result",
    "fence": "tenant context",
    "fenced": "transaction",
    "gate": "routing",
    "harvest": "suggested entries",
    "house": "app context",
    "keepsake": "attachment",
    "keepsakes": "attachments",
    "journal": "audit",
    "law": "role permissions",
    "letter": "email",
    "letters": "emails",
    "mending": "replacement",
    "partnership": "agreement",
    "partnerships": "agreements",
    "place": "assignment",
    "places": "assignments",
    "reach": "scope",
    "room": "feature",
    "rung": "level",
    "scene": "builders",
    "shelf": "index",
    "stage": "database server, step",
    "standing": "current, state",
    "story": "timeline",
    "unfit": "suspended",
    "untold": "deferred",
    "wish": "constraint",
    "wishes": "constraints",
    "clocks": "periods",
    "mend": "replace",
    "mended": "replaced",
    "told": "notified",
    "whoever": "anyone who",
}
FORBIDDEN_LOCALS = {"asker", "fence", "told"}
"""Words that must not come back as names of variables and parameters either."""

ALLOWED = {"key_stage", "key_stages", "KeyStage"}
"""Terms of the field that contain a forbidden word."""

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def forbidden_in(name: str) -> set[str]:
    """Return the forbidden words in a name."""
    for term in ALLOWED:
        name = name.replace(term, "")
    return {word.lower() for word in WORDS.findall(name)} & FORBIDDEN.keys()


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def defined_in(tree: ast.Module) -> Iterator[str]:
    """Yield the names of classes, functions and module constants."""
    for node in ast.walk(tree):
        if isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and not node.name.startswith("test_"):
            yield node.name
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def python_files() -> list[Path]:
    """Return all modules of the product, its tests and its migrations."""
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


def test_no_module_class_function_or_constant_has_a_forbidden_name() -> None:
    """Names of packages, modules, classes, functions and constants are plain terms."""
    found = []
    for path in python_files():
        shown = path.relative_to(ROOT)
        parts = [part for part in shown.with_suffix("").parts if not part.startswith("test_")]
        found += [f"{shown}: {name}" for name in (*parts, *defined_in(parsed(path))) if forbidden_in(name)]
    assert not found, "Use a plain term instead"


def test_no_variable_or_parameter_has_a_forbidden_name() -> None:
    """Names of variables and parameters avoid the words that once stood for several things."""
    found = []
    for path in python_files():
        nodes = list(ast.walk(parsed(path)))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        found += [f"{path.relative_to(ROOT)}: {name}" for name in names & FORBIDDEN_LOCALS]
    assert not found, "Use a plain term instead"


def test_no_table_or_column_has_a_forbidden_name() -> None:
    """Names of tables and columns are plain terms."""
    names = {
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    }
    assert not {name for name in names if forbidden_in(name)}


def test_no_permission_or_setting_has_a_forbidden_name() -> None:
    """Names of permissions and of an authority's settings are plain terms."""
    permissions = {permission.value for permission in Permission}
    settings = set(
        re.findall(r"^\[?([a-z_.]+)", (ROOT / "tenants" / "_defaults.toml").read_text(), re.MULTILINE)
    )
    assert not {name for name in permissions | settings if forbidden_in(name)}


async def test_no_address_of_a_page_has_a_forbidden_name(client: Client) -> None:
    """Addresses of pages are plain terms."""
    addresses = {route.path for route in client.app.routes}
    assert not {address for address in addresses if forbidden_in(address)}
