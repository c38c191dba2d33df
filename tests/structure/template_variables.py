"""Which variables and attributes a template reads, compared with the types that its context declares.

`Reader` follows the templates that a template extends and includes. A variable is missing if it is neither declared,
set in the template, imported, nor known to every template. Where the type of a value is a class of ours, each attribute
that the template reads must exist: loops give the type of their element, calls the type that they return.
"""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Any, get_args, get_origin

import msgspec
from jinja2 import Environment, nodes

UNKNOWN: Any = object()
"""The type of a value of which nothing is known; nothing is reported about it."""

KEEP_TYPE = {"list", "sort", "reverse", "rejectattr", "selectattr", "reject", "select", "unique"}
TAKE_ONE = {"first", "last", "min", "max", "random"}
NONE = type(None)
Scope = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """A function of which the result is known, once it is called."""

    result: Any


@dataclass
class Reader:
    """Reads templates with the types of their variables; `faults` has what is missing, `used` every variable read."""

    environment: Environment
    faults: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    template: str = ""

    def read(self, template: str, scope: Scope) -> None:
        """Read a template, and those that it extends and includes, with these variables."""
        before, self.template = self.template, template
        source, *_ = self.environment.loader.get_source(self.environment, template)  # type: ignore[union-attr]
        self.body(self.environment.parse(source).body, scope)
        self.template = before

    def body(self, found: Iterable[nodes.Node], scope: Scope) -> None:
        """Read statements in their order; what they set stays in the scope."""
        for one in found:
            self.statement(one, scope)

    def statement(self, node: nodes.Node, scope: Scope) -> None:  # noqa: C901, PLR0912  (one case for each statement)
        """Read one statement."""
        match node:
            case nodes.Extends(template=nodes.Const(value=name)):
                above = dict(scope) | dict.fromkeys(("self", "super"), UNKNOWN)
                self.read(name, above)
                scope |= above  # the blocks of the child know what the parent imports
            case nodes.Include(template=nodes.Const(value=name)):
                self.read(name, dict(scope))
            case nodes.FromImport():
                scope |= {one[1] if isinstance(one, tuple) else one: UNKNOWN for one in node.names}
            case nodes.Import():
                scope[node.target] = UNKNOWN
            case nodes.For():
                self.loop(node, scope)
            case nodes.Assign():
                self.bind(node.target, self.kind(node.node, scope), scope)
            case nodes.AssignBlock():
                self.body(node.body, dict(scope))
                self.bind(node.target, str, scope)
            case nodes.With():
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    self.bind(target, self.kind(value, scope), inner)
                self.body(node.body, inner)
            case nodes.Macro():
                scope[node.name] = UNKNOWN
                self.macro(node, scope)
            case nodes.CallBlock():
                self.kind(node.call, scope)
                self.macro(node, scope)
            case nodes.If():
                self.kind(node.test, scope)
                for branch in (node.body, *(one.body for one in node.elif_), node.else_):
                    self.body(branch, scope)
                for one in node.elif_:
                    self.kind(one.test, scope)
            case nodes.Block():
                self.body(node.body, dict(scope) | {"super": UNKNOWN, "self": UNKNOWN})
            case _:
                for child in node.iter_child_nodes():
                    self.kind(child, scope) if isinstance(child, nodes.Expr) else self.statement(child, scope)

    def loop(self, node: nodes.For, scope: Scope) -> None:
        """Read a loop with the type of its element."""
        inner = dict(scope) | {"loop": UNKNOWN}
        self.bind(node.target, element(self.kind(node.iter, scope)), inner)
        if node.test is not None:
            self.kind(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, dict(scope))

    def macro(self, node: nodes.Macro | nodes.CallBlock, scope: Scope) -> None:
        """Read the body of a macro, whose arguments may be anything."""
        names = {one.name: UNKNOWN for one in node.args} | {
            "caller": UNKNOWN,
            "varargs": UNKNOWN,
            "kwargs": UNKNOWN,
        }
        for value in node.defaults:
            self.kind(value, scope)
        self.body(node.body, dict(scope) | names)

    def bind(self, target: nodes.Node, kind: Any, scope: Scope) -> None:
        """Set the names of a target."""
        if isinstance(target, nodes.Name):
            scope[target.name] = kind
        elif isinstance(target, nodes.Tuple):
            for number, one in enumerate(target.items):
                self.bind(one, item(kind, number), scope)

    def kind(self, node: nodes.Node, scope: Scope) -> Any:  # noqa: C901  (one case for each expression)
        """Return the type of an expression; report what does not exist."""
        match node:
            case nodes.Name():
                self.used.add(node.name)
                if node.name not in scope:
                    self.faults.add(f"{self.template}:{node.lineno} {node.name}")
                return scope.get(node.name, UNKNOWN)
            case nodes.Const():
                return type(node.value)
            case nodes.Test(name="defined", node=nodes.Name(name=name)):
                self.used.add(name)
                return bool
            case nodes.Getattr():
                return self.attribute(node, self.kind(node.node, scope))
            case nodes.Getitem():
                self.kind(node.arg, scope)
                number = node.arg.value if isinstance(node.arg, nodes.Const) else None
                return item(self.kind(node.node, scope), number)
            case nodes.CondExpr():
                kinds = [self.kind(one, scope) for one in (node.expr1, node.expr2) if one is not None]
                self.kind(node.test, scope)
                return kinds[0] if len(set(map(str, kinds))) == 1 else UNKNOWN
            case nodes.Filter():
                kinds = [self.kind(one, scope) for one in node.iter_child_nodes()]
                given = kinds[0] if node.node is not None and kinds else UNKNOWN
                return (
                    given if node.name in KEEP_TYPE else element(given) if node.name in TAKE_ONE else UNKNOWN
                )
            case nodes.Call():
                called, *_ = [self.kind(one, scope) for one in node.iter_child_nodes()]
                return called.result if isinstance(called, Method) else result_of(called)
            case _:
                for child in node.iter_child_nodes():
                    self.kind(child, scope)
                return UNKNOWN

    def attribute(self, node: nodes.Getattr, kind: Any) -> Any:
        """Return the type of an attribute; report one that a class of ours does not have."""
        found = [member(one, node.attr) for one in choices(kind)]
        if found and None in found:
            self.faults.add(f"{self.template}:{node.lineno} {name_of(kind)}.{node.attr}")
        return found[0] if len(found) == 1 and found[0] is not None else UNKNOWN


def choices(kind: Any) -> list[Any]:
    """Return the members of a union but None; a single type is a union of one."""
    if get_origin(kind) in (typing.Union, types.UnionType):
        return [one for one in get_args(kind) if one is not NONE]
    return [] if kind in (UNKNOWN, NONE) else [kind]


def element(kind: Any) -> Any:
    """Return the type of what a loop over a value gives."""
    found = [one for one in choices(kind) if inspect.isclass(get_origin(one) or one)]
    if len(found) != 1:
        return UNKNOWN
    base, arguments = get_origin(found[0]) or found[0], get_args(found[0])
    if issubclass(base, tuple):
        alike = (len(arguments) == 2 and arguments[1] is Ellipsis) or len(set(arguments)) == 1
        return arguments[0] if arguments and alike else UNKNOWN
    return arguments[0] if issubclass(base, Iterable) and arguments else UNKNOWN


def item(kind: Any, key: object) -> Any:
    """Return the type of a value under a key or number."""
    found = [one for one in choices(kind) if inspect.isclass(get_origin(one) or one)]
    if len(found) != 1:
        return UNKNOWN
    base, arguments = get_origin(found[0]) or found[0], get_args(found[0])
    if issubclass(base, Mapping):
        return arguments[1] if len(arguments) == 2 else UNKNOWN
    if (
        issubclass(base, tuple)
        and isinstance(key, int)
        and len(arguments) > key
        and arguments[-1] is not Ellipsis
    ):
        return arguments[key]
    return element(found[0])


def result_of(kind: Any) -> Any:
    """Return what a callable value returns."""
    if get_origin(kind) is Callable:
        return get_args(kind)[1]
    return UNKNOWN


def member(kind: Any, name: str) -> Any:
    """Return the type of an attribute of a class: UNKNOWN if it cannot be known, None if there is none."""
    base = get_origin(kind) or kind
    if (
        not inspect.isclass(base)
        or base is object
        or typing.is_typeddict(base)
        or hasattr(base, "__getattr__")
    ):
        return UNKNOWN
    if issubclass(base, Mapping) and not hasattr(base, name):
        return item(kind, name)
    given = dict(zip(getattr(base, "__parameters__", ()), get_args(kind), strict=False))
    if is_dataclass(base) or issubclass(base, msgspec.Struct) or getattr(base, "_is_protocol", False):
        hints = typing.get_type_hints(base)
        if name in hints:
            return given.get(hints[name], hints[name])
    found = inspect.getattr_static(base, name, None)
    match found:
        case property(fget=function) if function is not None:
            return typing.get_type_hints(function).get("return", UNKNOWN)
        case cached_property():
            return typing.get_type_hints(found.func).get("return", UNKNOWN)
        case types.FunctionType():
            return Method(typing.get_type_hints(found).get("return", UNKNOWN))
        case None:
            fixed = is_dataclass(base) or issubclass(base, msgspec.Struct) or base.__module__ == "builtins"
            return None if fixed else UNKNOWN
        case _:
            return UNKNOWN


def name_of(kind: Any) -> str:
    """Return the name of a type for a message."""
    return getattr(kind, "__name__", str(kind))


def all_subclasses(base: type) -> Iterator[type]:
    """Yield every class below a class."""
    below: list[type] = base.__subclasses__()
    for one in below:
        yield one
        yield from all_subclasses(one)
