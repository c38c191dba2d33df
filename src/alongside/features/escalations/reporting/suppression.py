"""Suppression of small numbers: they are hidden, with enough others that none can be calculated from the total."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from alongside.platform.web.formatting import format_number

FEWEST = 3
"""The smallest number of escalations that is shown. Source: promises G11."""

FEW = f"fewer than {FEWEST}"
WITHHELD = "not shown"


def shown_counts(counts: Mapping[str, int]) -> dict[str, str]:
    """The text to show for each group's count beside the total of all groups.

    1 and 2 become “fewer than 3”. If their values could be calculated from the total, the next smallest counts
    are hidden too, until each hidden count could have more than one value. If that is not possible, nothing is
    shown.
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
    """Whether the hidden counts could have different values with the same total.

    `small` counts are known to be 1 or 2, `withheld` counts to be 3 or more.
    """
    if withheld:
        return total >= FEWEST * withheld + small + 1
    return small < total < (FEWEST - 1) * small


def shown_total(counts: Mapping[str, int]) -> str:
    """The text of the total beside such counts."""
    total = sum(counts.values())
    if set(shown_counts(counts).values()) == {WITHHELD}:
        return FEW if total < FEWEST else WITHHELD
    return str(total)


def typical(values: Iterable[int]) -> str:
    """The median of these numbers of school days, if there are enough of them."""
    known: Sequence[int] = sorted(values)
    if not known:
        return "–"
    return FEW if len(known) < FEWEST else format_number(median(known))
