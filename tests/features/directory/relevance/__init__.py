"""Searches judged by hand, and the entries they were judged with (README.md)."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alongside.dev import demo_data

HERE = Path(__file__).parent
INVENTED = Path(demo_data.__file__).with_name("practice.jsonl")
IMPACT = re.compile(r"^## Impact and outcomes\n.*?(?=\n## |\Z)", re.DOTALL)
AT = 10
"""Number of results that are scored."""


@dataclass(frozen=True)
class Judged:
    """One search: its kind, the text, and the grade of each entry that answers it."""

    kind: str
    typed: str
    grades: Mapping[str, int]


def searches(part: str) -> Iterator[Judged]:
    """The searches of one part: tuning or held_out."""
    for line in (HERE / f"{part}.txt").read_text(encoding="utf-8").splitlines():
        kind, typed, grades = line.split("|")
        pairs = (one.split(":") for one in grades.split())
        yield Judged(kind, typed, {name: int(grade) for name, grade in pairs})


def entries() -> list[dict[str, Any]]:
    """The columns of every entry, with its `reference`."""
    invented = [json.loads(line) for line in INVENTED.read_text(encoding="utf-8").splitlines()]
    published = [
        json.loads(line) for line in (HERE / "resources.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return invented + [_resource(one) for one in published]


def _resource(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reference": one["reference"],
        "title": one["title"],
        "what_we_did": IMPACT.sub("", one["body_markdown"]).strip(),
        "evidence": one.get("impact", ""),
    }


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten. Source: Järvelin and Kekäläinen (2002), gain 2^g - 1."""

    def gain(ranked: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(ranked[:AT]))

    best = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(name, 0) for name in found[:AT]]) / best


def recall(found: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """The share of entries of grade 2 or more that are among the first ten; None if there are none."""
    helps = {name for name, grade in grades.items() if grade >= 2}
    return len(helps & set(found[:AT])) / min(AT, len(helps)) if helps else None
