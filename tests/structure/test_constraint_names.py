"""Every constraint and index that Python names exists: an error of a renamed one would reach nobody as a sentence."""

import re
from pathlib import Path

import pytest

from alongside.models_registry import Base

ROOT = Path(__file__).parents[2]
BASELINE = (ROOT / "migrations" / "versions" / "0001_baseline.sql").read_text(encoding="utf-8")
NAMED = re.compile(r"[\"'\s]((?:ck|uq|fk|ix|pk|ex)_[a-z_]{6,})")


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_every_constraint_named_in_python_is_in_the_schema(folder: str) -> None:
    """A sentence for a broken constraint is found by the constraint's name."""
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
        if name not in BASELINE
    }
    assert not unknown


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    """PostgreSQL cuts a name after 63 bytes; Python would then look for a constraint that has another name."""
    names = [
        str(one.name)
        for table in Base.metadata.sorted_tables
        for several in (table.constraints, table.indexes)
        for one in several
    ]
    assert len(names) > 300
    assert not [name for name in names if len(name.encode()) > 63]
