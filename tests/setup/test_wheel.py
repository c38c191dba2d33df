"""The wheel contains everything that the product needs at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project and unpacked into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.parametrize("beside_the_source", ["templates", "tenants", "migrations"])
def test_what_lies_beside_the_source_is_inside(unpacked: Path, beside_the_source: str) -> None:
    of_git = subprocess.run(
        ["git", "ls-files", beside_the_source], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert of_git
    lacking = [name for name in of_git if not (unpacked / "alongside" / "_bundled" / name).is_file()]
    assert not lacking


def test_the_assets_are_inside(unpacked: Path) -> None:
    assets = [path.name for path in (PROJECT / "src/alongside/platform/web/assets").iterdir()]
    assert assets
    assert sorted(assets) == sorted(
        path.name for path in (unpacked / "alongside/platform/web/assets").iterdir()
    )


def test_the_installed_product_finds_its_own_parts_from_an_empty_folder(
    unpacked: Path, tmp_path: Path
) -> None:
    asked = "from alongside.settings import bundled\nfor name in ('templates', 'tenants', 'migrations'): print(bundled(name))"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert all(line.startswith(str(unpacked)) for line in said.stdout.splitlines())
