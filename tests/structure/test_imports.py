"""Who may import whom: the contracts of pyproject.toml, held by import-linter."""

from importlinter.cli import lint_imports


def test_every_contract_is_kept() -> None:
    """The order of the rooms, the order inside a room, pages as nobody's library, Litestar at the edge."""
    assert lint_imports(no_cache=True) == 0
