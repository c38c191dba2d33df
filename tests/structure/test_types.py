"""`Any` is rare: it hides from mypy what a value is."""

import ast
from collections import Counter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "alongside"
MOST_ELSEWHERE = 40
"""Lines with `Any` outside of features, where a library, or a table named by its key, gives nothing better."""


def lines_with_any() -> Counter[str]:
    """Return the number of lines with `Any` of each feature; what is outside of features is under an empty name."""
    found: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        folder, _, rest = path.relative_to(SOURCE).as_posix().partition("/")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines = {
            one.lineno
            for one in ast.walk(tree)
            if (isinstance(one, ast.Name) and one.id == "Any")
            or (isinstance(one, ast.Attribute) and one.attr == "Any")
        }
        found[rest.partition("/")[0] if folder == "features" and "/" in rest else ""] += len(lines)
    return found


COUNTED = lines_with_any()


@pytest.mark.parametrize("feature", sorted(set(COUNTED) - {""}))
def test_a_feature_names_its_types(feature: str) -> None:
    assert COUNTED[feature] == 0


def test_any_is_rare_elsewhere() -> None:
    assert COUNTED[""] < MOST_ELSEWHERE
