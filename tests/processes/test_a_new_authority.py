"""A new authority by the commands of README.md: from an empty database to a head's sign-in and a plan."""

import os
import re
from pathlib import Path

import pytest

from tests.new_authority.journey import Journey

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.slow
def test_from_nothing_to_the_first_plan(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With 78 schools; `make new-authority` does the same with 519 and prints the times."""
    folder = tmp_path_factory.mktemp("new")
    for one in (folder, *list(folder.parents)[:2]):
        os.chmod(one, 0o755)  # noqa: PTH101, S103  (PostgreSQL's user must be able to open it)
    journey = Journey(folder, schools=78)
    journey.run()
    done = {name for name, _ in journey.steps}
    readme = README.read_text(encoding="utf-8").partition("## Adding an authority")[2].partition("\n## ")[0]
    output = {" ".join(one) for one in re.findall(r"^(alongside) (\w+) (\w+)", readme, re.MULTILINE)}
    assert output - {"alongside directory import", "alongside performance import"} <= done
    assert {"the first head signs in", "a need, an offer, a plan"} <= done
    assert journey.total < 600, journey.steps
