"""Which of many like cases a run of the tests takes: a seeded sample, or with ALONGSIDE_SAMPLE=all every one.

The seed is the commit, so that the same commit gives the same sample again; ALONGSIDE_SAMPLE_SEED sets another one.
"""

import os
import random
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def _commit() -> str:
    output = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return output.stdout.strip() or "0"


ALL = os.environ.get("ALONGSIDE_SAMPLE") == "all"
SEED = os.environ.get("ALONGSIDE_SAMPLE_SEED") or _commit()


def sampled(cases: Iterable[T], share: float, name: str) -> list[T]:
    """Return a share (0 to 1) of the cases in their order, at least one; all of them with ALONGSIDE_SAMPLE=all.

    `name` keeps the samples of two tests apart.
    """
    every = list(cases)
    if ALL:
        return every
    count = max(1, round(len(every) * share))
    chosen = sorted(random.Random(f"{SEED} {name}").sample(range(len(every)), count))
    return [every[place] for place in chosen]


def size(small: int, whole: int) -> int:
    """Return how many rounds or requests a load test makes: `small` in a sample, `whole` in a complete run."""
    return whole if ALL else small
