"""Pages are read in a READ ONLY transaction: nothing that they call writes, or opens a savepoint.

PostgreSQL refuses a write there, but only on the path that a request takes. This follows each page's function through
the names that it uses, to functions, bound methods and statements of the product.
"""

import ast
import builtins
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from types import FunctionType, MethodType
from typing import Any, ClassVar

import pytest
import sqlalchemy
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from alongside.app import page_routes

OF_SESSION = {"add", "add_all", "delete", "flush", "merge", "begin_nested"}
CONSTRUCTORS = {sqlalchemy.insert, sqlalchemy.update, sqlalchemy.delete, postgresql.insert}
WRITE = re.compile(r"\b(INSERT INTO|DELETE FROM|UPDATE \w+ SET|FOR (NO KEY )?(UPDATE|SHARE)|SAVEPOINT)\b")
MISSING = object()


def pages() -> list[Any]:
    """Return the handler of each page that is declared READ ONLY."""
    handlers: list[HTTPRouteHandler] = page_routes()
    return [
        pytest.param(one, id=str(one.name))
        for one in handlers
        if "GET" in one.http_methods and "function" in one.opt
    ]


@cache
def tree_of(code: Any) -> ast.AST:
    """Return the syntax tree of a function."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(code)))
    except OSError:  # generated, as the methods of a dataclass
        return ast.parse("")
    except SyntaxError:  # a lambda within a longer expression: its names are those of its code
        return ast.parse("\n".join(name for name in code.co_names if name.isidentifier()))


def surroundings_of(function: FunctionType, itself: object) -> dict[str, Any]:
    """Return the values of the names that a function uses but does not define."""
    known = dict(vars(builtins)) | function.__globals__
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        known[name] = cell.cell_contents
    if itself is not None:
        known[function.__code__.co_varnames[0]] = itself
    return known


def value_of(node: ast.AST, known: Mapping[str, Any]) -> object:
    """Return the value of a name or of attributes of a name."""
    if isinstance(node, ast.Name):
        return known.get(node.id, MISSING)
    if isinstance(node, ast.Attribute):
        value = value_of(node.value, known)
        return MISSING if value is MISSING else getattr(value, node.attr, MISSING)
    return MISSING


def functions_in(value: object) -> Iterator[tuple[FunctionType, object]]:
    """Yield the functions of the product that a value stands for, each with the object that it is bound to."""
    while not isinstance(value, FunctionType) and hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    if isinstance(value, partial):
        for one in (value.func, *value.args, *value.keywords.values()):
            yield from functions_in(one)
    elif isinstance(value, MethodType):
        yield value.__func__, value.__self__  # type: ignore[misc]
    elif isinstance(value, FunctionType):
        yield value, None


def is_write(value: object) -> bool:
    """Return whether a value is a statement that writes, or makes one."""
    if isinstance(value, UpdateBase):
        return True
    if isinstance(value, TextClause | str):
        return WRITE.search(str(value)) is not None
    return isinstance(value, Callable) and value in CONSTRUCTORS  # type: ignore[arg-type]


def own_nodes(function: FunctionType, known: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a function itself writes."""
    for node in ast.walk(tree_of(function.__code__)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = ast.unparse(node.func.value)
            if node.func.attr in OF_SESSION and (of == "session" or of.endswith(".session")):
                yield ast.unparse(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITE.search(node.value):
            yield node.value
        if isinstance(node, ast.Name | ast.Attribute):
            try:
                found = is_write(value_of(node, known))
            except TypeError:  # not hashable
                found = False
            if found:
                yield ast.unparse(node)


class Followed:
    """What a function writes itself, and the functions that it uses, each with the object that it is bound to."""

    _all: ClassVar[dict[tuple[int, int], "Followed"]] = {}

    def __init__(self, function: FunctionType, itself: object) -> None:
        """Read a function, unless it is not ours or has a transaction of its own."""
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.kept = function, itself  # so that no other object gets their ids
        self.writes: list[str] = []
        self.uses: list[tuple[FunctionType, object]] = []
        tree = tree_of(function.__code__)
        if not function.__module__.startswith("alongside.") or opens_a_transaction(tree):
            return
        known = surroundings_of(function, itself)
        self.writes = list(own_nodes(function, known))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                self.uses += functions_in(value_of(node, known))

    @classmethod
    def of(cls, function: FunctionType, itself: object) -> "Followed":
        """Return what is known of a function, which is read once."""
        key = id(function), id(itself)
        if key not in cls._all:
            cls._all[key] = cls(function, itself)
        return cls._all[key]


def opens_a_transaction(tree: ast.AST) -> bool:
    """Return whether a function opens a transaction of its own."""
    return any(isinstance(one, ast.Attribute) and one.attr == "transaction" for one in ast.walk(tree))


def writes_below(page: FunctionType) -> list[str]:
    """Return what a page's function and the functions that it reaches write."""
    found, seen, to_do = [], set[int](), [(Followed.of(page, None), page.__qualname__)]
    while to_do:
        one, path = to_do.pop()
        if id(one) not in seen:
            seen.add(id(one))
            found += [f"{path}: {what}" for what in one.writes]
            nearest = [Followed.of(*used) for used in one.uses]
            to_do += [(used, f"{path} → {used.name}") for used in nearest]
    return found


@pytest.mark.parametrize("handler", pages())
def test_a_page_reaches_no_write(handler: HTTPRouteHandler) -> None:
    """Neither a statement, a row that is added to the session, a lock nor a savepoint."""
    for function, _ in functions_in(handler.opt["function"]):
        assert writes_below(function) == []


def test_the_writes_of_most_actions_are_found() -> None:
    """Otherwise the test above would say nothing."""
    actions = [one.opt["function"] for one in page_routes() if "POST" in one.http_methods]
    found = [any(writes_below(one) for one, _ in functions_in(function)) for function in actions]
    assert sum(found) > 0.9 * len(found)
