"""The sample of a run: the same for the same seed, another for another, and everything when asked for."""

import os
import subprocess
import sys

import pytest

ASK = "from tests.sampling import sampled, size; print(sampled(range(90), 1 / 3, 'x'), size(1, 5))"


def output(**environment: str) -> str:
    """Return what a fresh process draws."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    return subprocess.run(
        [sys.executable, "-c", ASK], env=kept | environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("seed", [{}, {"ALONGSIDE_SAMPLE_SEED": "7"}])
def test_the_same_seed_gives_the_same_sample(seed: dict[str, str]) -> None:
    assert output(**seed) == output(**seed)
    assert output(**seed).endswith(" 1\n")
    assert output(**seed).count(",") == 29


def test_another_seed_gives_another_sample_and_all_gives_all() -> None:
    assert output(ALONGSIDE_SAMPLE_SEED="7") != output(ALONGSIDE_SAMPLE_SEED="8")
    assert output(ALONGSIDE_SAMPLE="all") == f"{list(range(90))} 5\n"
