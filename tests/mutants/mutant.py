"""One mutant: a removed guard and the tests that should fail."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A removed guard: `sql` for the database, `change` for declared data, a switch with its name in Python.

    `tests` are paths of tests that should fail; `words`, if any, limits them to those whose id holds one of them.
    `family` is the kind of guard.
    """

    name: str
    family: str
    tests: tuple[str, ...]
    words: tuple[str, ...] = ()
    sql: str = ""
    change: Callable[[], None] | None = None

    @property
    def is_switch(self) -> bool:
        """Return whether the mutant is a switch in a module of the product."""
        return not self.sql and self.change is None

    def selects(self, test: str) -> bool:
        """Return whether a test, by its id, should be run."""
        inside = any(test == one or test.startswith((one + "/", one + "::")) for one in self.tests)
        return inside and (not self.words or any(word in test for word in self.words))
