"""Counts that single nobody out: small ones are hidden, and so many others that none follows from a total."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

FEWEST = 3
"""The smallest number of escalations that is shown. Source: promises G11."""

FEW = f"fewer than {FEWEST}"
WITHHELD = "not shown"


def shown_counts(counts: Mapping[str, int]) -> dict[str, str]:
    """What of each group may stand beside the total of all groups.

    Numbers from 1 up to two are “fewer than 3”. Where their values would follow from the total, the next smallest
    numbers are not shown either, until each hidden number could be one of several. Nothing is shown where even that
    does not help.
    """
    small = [key for key, count in counts.items() if 0 < count < FEWEST]
    if not small:
        return {key: str(count) for key, count in counts.items()}
    hidden = sum(counts[key] for key in small)
    withheld: list[str] = []
    for key in sorted((key for key, count in counts.items() if count >= FEWEST), key=lambda one: counts[one]):
        if _could_be_several(len(small), len(withheld), hidden):
            break
        withheld.append(key)
        hidden += counts[key]
    if not _could_be_several(len(small), len(withheld), hidden):
        return dict.fromkeys(counts, WITHHELD)
    return {
        key: FEW if key in small else WITHHELD if key in withheld else str(count)
        for key, count in counts.items()
    }


def _could_be_several(small: int, withheld: int, total: int) -> bool:
    """Whether numbers that are hidden could differ though their total is known.

    `small` of them are known to be 1 or 2, `withheld` to be 3 or more.
    """
    if withheld:
        return total >= FEWEST * withheld + small + 1
    return small < total < (FEWEST - 1) * small


def shown_total(counts: Mapping[str, int]) -> str:
    """The total beside such counts."""
    total = sum(counts.values())
    if set(shown_counts(counts).values()) == {WITHHELD}:
        return FEW if total < FEWEST else WITHHELD
    return str(total)


def typical(values: Iterable[int]) -> str:
    """The middle of some numbers of school days, where there are enough of them."""
    known: Sequence[int] = sorted(values)
    if not known:
        return "–"
    return FEW if len(known) < FEWEST else f"{median(known):g}"
