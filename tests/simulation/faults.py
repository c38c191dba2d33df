"""Faults found by the simulation, counted by kind, with the first examples of each."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

EXAMPLES = 3


@dataclass
class Faults:
    """All faults of one run."""

    today: date = date.min
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, kind: str, what: str) -> None:
        """Add a fault. The same fault is counted once, however many days it lasts."""
        if (kind, what) in self.seen:
            return
        self.seen.add((kind, what))
        self.counts[kind] += 1
        if len(self.examples[kind]) < EXAMPLES:
            self.examples[kind].append(f"{self.today}: {what}")

    def of(self, day: date) -> list[str]:
        """The examples that were found on a day, with their kind."""
        mark = f"{day}: "
        return [
            f"{kind}: {one.removeprefix(mark)}"
            for kind, some in self.examples.items()
            for one in some
            if one.startswith(mark)
        ]

    def lines(self) -> list[str]:
        """The report: each kind with its count and examples."""
        said = []
        for kind, count in self.counts.most_common():
            said.append(f"{kind}: {count}")
            said += [f"    {one}" for one in self.examples[kind]]
        return said
