"""Loads modules of the product with a switch at each guard, so that one process can run any mutant."""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType

VARIABLE = "ALONGSIDE_TEST_MUTANT"
"""The environment variable with the name of a mutant that is active from the start of the process."""

SWITCH = "guard_is_removed"
"""The name of `is_removed` in the modules with switches."""

reached: set[str] = set()
"""The mutants whose guard has run, or has refused, since this was last cleared."""

_active = os.environ.get(VARIABLE, "")


def activate(name: str) -> None:
    """Remove the guard of this mutant from now on."""
    global _active
    _active = name


def is_active(name: str) -> bool:
    """Return whether this mutant is active in this process."""
    return name == _active


def is_removed(name: str) -> bool:
    """Return whether the guard of this mutant is removed; called in its place."""
    reached.add(name)
    return name == _active


def switch_of(name: str) -> ast.Call:
    """Return the expression that asks whether a guard is removed."""
    return ast.Call(ast.Name(SWITCH, ast.Load()), [ast.Constant(name)], [])


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module from its changed tree, never from compiled files."""

    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        """Compile the tree."""
        code: CodeType = compile(self.tree, self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Run the module with the switch as one of its names."""
        module.__dict__[SWITCH] = is_removed
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules with switches."""

    def __init__(self, trees: Mapping[Path, ast.Module]) -> None:
        self.trees = trees

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module's own spec with another loader; None for all other modules."""
        if not fullname.startswith("alongside."):
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        if found is None or found.origin is None or (tree := self.trees.get(Path(found.origin))) is None:
            return None
        loader = _Loader(fullname, found.origin, tree)
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=loader)


def install(trees: Mapping[Path, ast.Module]) -> None:
    """Load these files of the product from their changed trees. Call it before the product is imported."""
    imported = [one for one in sys.modules if one.startswith("alongside")]
    assert not imported, f"imported too early: {imported[:3]}"
    sys.meta_path.insert(0, _Finder(trees))
